import Logging
import SandboxPolicy

/// Settings that belong together, as the documentation shows them.
struct SettingGroup: Sendable {
    let title: String
    let settings: [Setting]
}

/// Everything that can be set, one row for each setting. Parsing, help, `config show`,
/// `.env.example` and `docs/configuration.md` come from here.
enum SettingTable {
    static let groups = [
        listeners, keys, proxies, folders, signing, sources, buckets, work, limits, options,
        results, images, generations, connections, clients, crashes, auditLog, killers, running,
    ]

    static let all = groups.flatMap(\.settings)

    static func setting(_ key: String) -> Setting? { all.first { $0.key == key } }

    private static let listeners = SettingGroup(
        title: "Listeners",
        settings: [
            Setting(
                "listen", \.listen, .address,
                help: "Where images are served."),
            Setting(
                "admin_listen", \.adminListen, .optional(.address, word: "off", none: "off"),
                help: "Where operators' commands and metrics are served; off for nowhere."),
            Setting(
                "admin_key", \.adminKey, .optional(.secret(16...1_024), none: "none"),
                reloads: true, option: .none, isSecret: true,
                why: "a short key can be guessed, and a long one does not fit into a header",
                help: "The key that the admin listener asks for."),
            Setting(
                "ip_allow", \.ipAllow, .blocks(none: "any").asList(), reloads: true, option: .none,
                help: "Addresses of clients that images are served to. Others get 403 from "
                    + "everything but health checks."),
        ])

    private static let folders = SettingGroup(
        title: "Folders and programs",
        settings: [
            Setting(
                "state", \.state, .path("a folder"),
                standard: "/var/lib/glovebox for root, else $STATE_DIRECTORY, "
                    + "$XDG_STATE_HOME/glovebox or ~/.local/state/glovebox",
                isPath: true, help: "Folder for what outlives the service."),
            Setting(
                "images", \.images, .optional(.path("a folder"), none: "none"), isPath: true,
                help: "Folder whose images may be asked for by path."),
            Setting(
                "sources.strict_type", \.sources.strictType, .flag,
                option: .named("strict-type"),
                help: "Refuse files whose extension names another type than their bytes have."),
            Setting(
                "policies", \.policies, .path("a folder"),
                standard: "./policies, else /etc/glovebox/policies", isPath: true,
                help: "Folder of policy files; every *.yaml and *.json in it is one policy."),
            Setting(
                "formats", \.formats,
                .optional(.formats.asList(), word: "all", none: "all that the policies cover"),
                help: "Formats of images that are accepted; a policy none of whose formats is "
                    + "among them is not started."),
            Setting(
                "vips", \.vips, .optional(.path("a folder"), word: "system", none: "system"),
                standard: "the folder vips beside this program, else the system's",
                variable: "GLOVEBOX_VIPS_DIR", isPath: true, words: ["system"],
                help:
                    "Folder with the libvips to use, or 'system' for the system's. A policy with formats "
                    + "that the folder's cannot read gets the system's."),
            Setting(
                "sandbox", \.sandbox, .path("a program"), standard: "beside this program",
                isPath: true, help: "The program glovebox-sandbox."),
            Setting(
                "user", \.user, .account, standard: "glovebox, else nobody",
                help: "Account to work under when started as root."),
            Setting(
                "posture", \.posture, .choice(NamedPosture.allCases),
                help: "What is asked of the machine: container does without the namespaces that a "
                    + "container may refuse; audit records what a policy denies, and does not deny "
                    + "it."),
            Setting(
                "audit.listen", \.auditListen, .optional(.address, word: "none", none: "none"),
                help: "The address beyond loopback at which images may be served under the posture "
                    + "audit; the same as listen."),
        ])

    private static let work = SettingGroup(
        title: "Work",
        settings: [
            Setting(
                "workers", \.workers, .number(1...256),
                standard: "processors and one more, but no more than the memory carries",
                why: "each worker is a process with memory of its own",
                help: "Images in work at a time."),
            Setting(
                "queue", \.queue, .number(0...100_000), standard: "16 for each worker",
                why: "each image that waits holds its bytes in memory",
                help: "Images that may wait for a worker."),
            Setting(
                "warm", \.warm, .number(1...256), standard: "as many as workers",
                why: "each waiting child is a process, and without one nothing starts",
                help: "Children of each policy that are confined and wait for an image."),
            Setting(
                "jobs.coalesce", \.jobs.coalesce, .flag,
                help: "Let requests that want the same of the same image at the same time share "
                    + "one child."),
            Setting(
                "jobs.large_input", \.jobs.largeInput,
                .optional(.size(1...(1 << 40)), word: "off", none: "off"),
                why: "nothing is no image, and more is no limit",
                help: "Input above which an image is large: small ones go first, and one worker "
                    + "takes no large ones; off makes no difference between them."),
            Setting(
                "timeout", \.timeout, .time(.milliseconds(10)...(.seconds(3_600))),
                reloads: true,
                why: "no image is decoded in less, and a worker is not given away for longer",
                help: "Time one image may take."),
            Setting(
                "birth_timeout", \.birthTimeout, .time(.milliseconds(100)...(.seconds(300))),
                why: "a child needs some milliseconds, and a start that hangs has to be noticed",
                help: "Time a child may take until it is confined and waits."),
            Setting(
                "memory", \.memory, .size((1 << 20)...(1 << 40)),
                why: "less holds no photograph, and more is no limit",
                help: "Memory for inputs and results of all requests together."),
        ])

    private static let limits = SettingGroup(
        title: "Limits of an image",
        settings: [
            Setting(
                "max_input_bytes", \.limits.inputBytes,
                .optional(.size(1...(1 << 40)), none: "the policy's"), reloads: true,
                why: "nothing is no image, and more is no limit",
                help: "Largest input; at most the policy's."),
            Setting(
                "max_pixels", \.limits.pixels,
                .optional(.number(1...1_000_000_000_000), none: "the policy's"), reloads: true,
                why: "nothing is no image, and more is no limit",
                help: "Most pixels of an image, all frames together; at most the policy's."),
            Setting(
                "max_frames", \.limits.frames, .number(1...1_000_000), reloads: true,
                why: "an image has one frame, and more is no limit",
                help:
                    "Frames of an animation that are used; the others are left out. A source with "
                    + "more than the policy's limit is refused."),
            Setting(
                "max_frame_pixels", \.limits.framePixels,
                .optional(.number(1...1_000_000_000_000), none: "the policy's"), reloads: true,
                option: .none, why: "nothing is no image, and more is no limit",
                help: "Most pixels of one frame of an animation."),
            Setting(
                "max_result_side", \.limits.resultSide,
                .optional(.number(1...65_535), word: "any", none: "any"), reloads: true,
                option: .none, why: "nothing is no image, and no format of all has more",
                help:
                    "Largest side of a result in pixels; one that would be larger is made smaller."
            ),
        ])

    private static let generations = SettingGroup(
        title: "Generations of zygotes",
        settings: [
            Setting(
                "generation.forks", \.generation.forks, .number(1...1_000_000),
                why: "all children of one zygote share its address layout",
                help: "Children of one zygote before a new one takes its place."),
            Setting(
                "generation.age", \.generation.age, .time(.seconds(1)...(.seconds(604_800))),
                why: "a new zygote costs processor time, and an old one keeps its address layout",
                help: "Age of a zygote at which a new one takes its place."),
            Setting(
                "generation.interval", \.generation.interval,
                .time(.milliseconds(100)...(.seconds(3_600))),
                why: "without it a flood of bad images would cost a zygote each, and with too much "
                    + "an attacker tries again against the same address layout",
                help: "Least time between two zygotes that are replaced after crashes."),
        ])

    private static let connections = SettingGroup(
        title: "Connections",
        settings: [
            Setting(
                "http.connections", \.http.connections, .number(1...100_000),
                standard: "half of the descriptors that are left, at most 8192",
                why: "each connection holds a descriptor and buffers",
                help: "Open connections. Beyond that, those idle for longest are closed."),
            Setting(
                "http.connections_per_address", \.http.connectionsPerAddress,
                .number(1...100_000), standard: "256, at most http.connections",
                why: "each connection holds a descriptor and buffers",
                help: "Open connections of one client address."),
            Setting(
                "http.header_timeout", \.http.headerTimeout, perConnection, reloads: true,
                why: reasonOfTimes, help: "Time until the head of a request is complete."),
            Setting(
                "http.body_timeout", \.http.bodyTimeout, perConnection, reloads: true,
                why: reasonOfTimes, help: "Time from the head until the whole body is there."),
            Setting(
                "http.idle_timeout", \.http.idleTimeout, perConnection, reloads: true,
                why: reasonOfTimes, help: "Time a connection may be silent between requests."),
            Setting(
                "http.write_timeout", \.http.writeTimeout, perConnection, reloads: true,
                why: reasonOfTimes, help: "Time a client may take to accept a response."),
            Setting(
                "http.header_bytes", \.http.headerBytes, .size(1_024...(1 << 20)),
                why: "a browser's request needs a kilobyte, and every connection may hold as much",
                help: "Bytes of all header fields of a request together."),
        ])

    private static let crashes = SettingGroup(
        title: "Crash records",
        settings: [
            Setting(
                "crashes.max_size", \.crashes.maxSize, .size((1 << 20)...(1 << 40)),
                why: "less holds no day's records, and more is no limit",
                help: "Bytes of the crash log, all of its files together; the oldest go first."),
            Setting(
                "crashes.keep", \.crashes.keep, .time(.seconds(3_600)...(.seconds(315_360_000))),
                why: "a record is read by people, and ten years are no limit any more",
                help: "Time a crash record is kept."),
            Setting(
                "crashes.sync", \.crashes.sync, .choice(CrashSync.allCases),
                help: "When crash records are on the disk for good: after each, once a second, or "
                    + "when the kernel gets to it."),
            Setting(
                "crashes.full", \.crashes.full, .number(1...10_000),
                why: "each record takes kilobytes, and one flood is like another",
                help: "Crashes of one kind within a minute that get a record each; of those beyond "
                    + "there is a count."),
        ])

    private static let perConnection =
        ValueShape.time(.milliseconds(100)...(.seconds(3_600)))
    private static let reasonOfTimes =
        "slow networks need some time, and a connection is not held for ever"

    private static let running = SettingGroup(
        title: "Stopping and logging",
        settings: [
            Setting(
                "drain_timeout", \.drainTimeout, .time(.zero...(.seconds(3_600))),
                why: "whoever stops a service waits for it",
                help: "Time a stop waits for answers that are under way."),
            Setting(
                "log_level", \.logLevel,
                .choice([.debug, .info, .notice, .warning, .error, .critical]), reloads: true,
                help: "The least level that is logged. Commands other than serve take it from "
                    + "their option or its variable only and log warnings otherwise."),
            Setting(
                "log_format", \.logFormat, .choice(LogFormat.allCases), reloads: true,
                help: "How lines are logged; auto is text on a terminal, else json."),
        ])
}
