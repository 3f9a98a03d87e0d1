/// The files that are made from ``SettingTable``: `docs/configuration.md` and `.env.example`.
enum SettingDocumentation {
    static var markdown: String {
        head + SettingTable.groups.map(section).joined(separator: "\n")
    }

    static var environmentExample: String {
        let rows = SettingTable.all.map { setting in
            var row = "\n# \(setting.help) Default: \(setting.standard).\n"
            if !setting.isSecret { row += "# Write \(setting.expects).\n" }
            row += "#\(setting.variable)=\n"
            if let file = setting.fileVariable { row += "#\(file)=\n" }
            return row
        }
        return """
            # Settings for development. Copy this to .env and take the # from what you set. It is
            # read from the working directory, with --dev or GLOVEBOX_DEV=1 only, and the environment
            # wins over it. Printed by 'glovebox config env'.

            """ + rows.joined()
    }

    private static let head = """
        # Configuration

        <!-- Printed by 'glovebox config docs'; a test holds this file to it. -->

        Nothing has to be set. A file that sets something looks like this:

        ```yaml
        # /etc/glovebox/glovebox.yaml
        images: /srv/images
        admin_key_file: admin.key
        timeout: 5s
        memory: 1GiB
        http:
          connections: 2048
          idle_timeout: 30s
        ```

            glovebox config check     # OK, or everything that is wrong
            glovebox config show      # every setting, its value, and where that comes from

        ## Where values come from

        The first of these that names a value wins:

        1. the option on the command line;
        2. the environment variable; an empty one counts as none;
        3. for a secret: the file that its option or its variable with `_FILE` names. One line feed \
        at its end is not part of the secret. A file that every account can read is used with a \
        warning;
        4. with `--dev` or `GLOVEBOX_DEV=1` only: `.env` in the working directory, lines of \
        `NAME=value` as in `.env.example`;
        5. the configuration file: the one that `--config` or `GLOVEBOX_CONFIG` names (`off` for \
        none), else `./glovebox.yaml` where it is there, else `/etc/glovebox/glovebox.yaml` where it \
        is there. In it a secret may be named by a file too, with `_file` behind its key.

        Whatever cannot be used refuses the start, with every reason at once: a value of the wrong \
        type or out of its range, a key that is there twice, a key or a variable `GLOVEBOX_…` that \
        does not exist. What Kubernetes sets for a Service called `glovebox` is let through, and so \
        is what the scripts use: \(KnownVariables.ofScripts.map { "`\($0)`" }
            .joined(separator: ", ")).

        `--dev` asks nobody for a key and works on loopback only. It is never in a file.

        A relative path in a configuration file counts from the folder of that file, any other one \
        from the working directory.

        Times are seconds (`10`, `2.5`) or have a unit (`500ms`, `10s`, `5m`, `1h`). Sizes are bytes \
        or have a unit (`64KiB`, `50MiB`, `50MB`).

        ## Reloading

        SIGHUP, `glovebox policy reload` and `POST /cmd/reload` read the files again. Either all \
        changes are applied or none: a mistake, or a change of a setting that needs a restart, leaves everything as it was and \
        is told. The files have to be readable for the account the service works under.

        Commands other than `serve` read the same sources for the settings they use.

        What has commas between its parts may be a list: `ports: [8080, 8443]`.

        ## Signed URLs

        `key` and `salt` are hexadecimal, as imgproxy's are; `glovebox sign --new-pair` makes a pair. \
        Several pairs stand side by side, so that a key can be changed: add the new pair, sign with \
        it, take the old one away when nothing uses it any more. Without a pair no \
        signed URL is answered; only with `--dev` any text stands for a signature then. What \
        answers clients with keys is in [access.md](access.md). How URLs are written is imgproxy's \
        contract; [what differs](migrate-from-imgproxy.md).

        ## Sources

        ```yaml
        sources:
          allowed: [https://*.example.com/photos/, s3://pictures/, local:///]
          addresses: [10.20.0.0/16]
          ports: [8443]
        ```

        Where no list is set, a signed URL may name any host with public addresses, and so may \
        anybody under `--dev`; requests that are not signed may name none. A pattern is compared with \
        the parts of an address, not with its text: the scheme, the host (a star stands for any part \
        of it), the port, and a path that ends where a segment does. `https://example.com/a` has \
        `/a` and `/a/b.jpg`, not `/ab.jpg`, and no path that climbs.

        All addresses of a name have to be public: not loopback, private, link-local, shared by a \
        provider, multicast, reserved or set apart for documentation, in IPv4 and in every way that \
        IPv6 carries it. `sources.addresses` permits blocks of others by name. The connection goes to \
        an address that was looked at, whatever the name leads to by then, and the certificate has to \
        be the name's. Redirects are looked at in the same way, never lead from https to http, and \
        are counted. Nothing is sent but the conditions of the client (ETag, Last-Modified) and what \
        every request needs: no cookies, no credentials.

        What was refused has a line `source not used` in the log with the address, the rule and the \
        setting that would permit it. A server that cannot be connected to, does not answer in time or \
        answers 5xx `sources.breaker_failures` times in a row is left alone for \
        `sources.breaker_time`; then one request tries.

        ## Policies and formats

        Each file in the folder of policies is one policy. It has a zygote, a second one that is \
        ready to take its place, and children that wait, all of its own. It is started when one of \
        its formats is enabled: `formats` names those that are accepted, and without it all are that \
        the policies cover. A policy none of whose formats is enabled costs nothing; a machine that \
        serves photographs alone starts faster and smaller with `formats: jpeg,png,webp`. Files of a \
        format that is not enabled are answered as those of any unknown format are, and the log \
        names the setting. Which formats results may have is for `result.formats` to say.

        `workers` and `queue` count over all policies, `warm` counts for each: with three policies \
        and two workers six children wait. That is kept on purpose: a waiting child takes no \
        processor time and shares nearly all of its memory with its zygote, and an image finds one \
        in every policy, also after a burst in another. What costs is the zygotes: all three \
        policies took 89 MiB and 0.6 s of processor time to start, JPEG, PNG and WebP alone 23 MiB \
        and 0.15 s; `warm: 1` in place of 2 made no difference to the memory (two processors, \
        libvips 8.18 for one policy, 8.14 for two). On a small machine name fewer formats.

        Without `workers` there is one for each processor, at least two, and no more than the memory \
        carries when each child uses all that it may: the machine's memory, or the least limit of the \
        control groups the service is in, without `memory` and without 256 MiB for the service, its \
        zygotes and the children that wait, has to hold 768 MiB for each, which is what the widest of \
        the shipped policies allows. There is always one. A machine of 2 GiB has one worker, one of \
        4 GiB four; images need far less as a rule, and whoever knows theirs sets `workers`. `config \
        show` says what decided.

        ## Large and small images

        An image whose input is above `jobs.large_input` is large. That is all that is known before a \
        confined child has read its header, so the bytes of the formats that pack more pixels into \
        them count for more: WebP twice, AVIF, HEIC and JPEG XL six times, SVG and PDF eight times. Large images never have all workers, where there are two or more: of two workers one \
        takes small images only. In the queue small images go first. A large one that has waited for \
        a second, or has let sixteen pass, goes before all that came after it. Facts \
        (`/v1/info`) are always small.

        ## Presets and the formats of results

        ```yaml
        options:
          only_presets: true
          presets: |
            thumb=rs:fill:200:200/q:70
            grey=pr:thumb/sa:0
        result:
          auto: avif,webp
        watermark:
          path: logo.png
          opacity: 0.6
        ```

        A request begins with the settings under `result`, then come the client's hints, then the \
        preset `default`, then its own options in their order; the later one wins. A preset that no \
        request could use refuses the start.

        Without an option `format` the result has the best of the formats in `result.auto` and \
        `result.enforce` that the client's Accept field names and that can show the source (of the \
        three WebP alone moves), else what `result.preferred` says. Ranges such as `image/*` name no \
        format. Answers carry `Vary` as soon as one of the two, or `result.client_hints`, is set.

        The watermark and the fallback image are read at the start and at each reload. An image and \
        its watermark are decoded by the same child: a policy has to cover both formats, and its \
        limit on bytes holds for both together.

        ## Equal requests

        Requests that come while an equal one is under way share its child, up to 128 of them: the \
        same bytes, announced as the same format, with the same plan and limits, under the same \
        policy. Each keeps its own deadline and may go away; the child is killed when the last one \
        has. One that joined takes no worker and no place in the queue. A request that still has time \
        when the deadline of the one it joined has passed is tried again. When the child dies there \
        is one record, with the id of the request that came first; the log has a line `shared child \
        ended` for each of the others, with `shared_with` and the record's id, and the input and the \
        first client are charged once. `jobs.coalesce: false` gives each request its own child.

        The libvips that `vips` names may be fast and read few formats. A policy with formats that \
        it cannot read gets the system's (package libvips42), which `status` and `doctor` show and \
        the log says once. When that one cannot read them either, the start is refused.


        """

    private static func section(_ group: SettingGroup) -> String {
        let rows = group.settings.map { setting in
            let names =
                [
                    "`\(setting.key)`", setting.option.map { "`--\($0)`" }, "`\(setting.variable)`",
                ].compactMap { $0 } + secretNames(setting)
            let why = setting.why.isEmpty ? "" : " (\(setting.why))"
            let cells = [
                names.joined(separator: "<br>"), setting.help, setting.expects + why,
                setting.standard, setting.reloads ? "yes" : "no",
            ]
            return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")
                + " |"
        }
        return """
            ## \(group.title)

            | names | what it is | what to write | default | reload |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }

    private static func secretNames(_ setting: Setting) -> [String] {
        [setting.fileKey, setting.fileOption.map { "--\($0)" }, setting.fileVariable]
            .compactMap { $0.map { "`\($0)`" } }
    }
}
