import ArgumentParser
import Descriptors
import FoundationEssentials
import Glibc

/// `glovebox sign PATH...`
struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs the paths of URLs, or makes a key and a salt.",
        usage: """
            glovebox sign <path>... [<options>]
            glovebox sign --expires <duration> <path>... [<options>]
            glovebox sign --verify <path>... [<options>]
            glovebox sign --new-pair
            """,
        discussion: """
            A path is what stands behind the signature in imgproxy's URLs, its leading slash \
            included; the path with the signature before it is printed, one in a line:

              glovebox sign /rs:fit:300:300/plain/https://example.com/a.jpg

            What serve could never answer is not signed: an option that there is not, a value \
            that is wrong, a source that is none. Nothing is printed unless all can be signed. \
            'glovebox url' puts a whole URL together.

            A path that begins with /v1/ is signed with its query, for a request without a key. \
            The time after which it is not answered and the signature are put at its end; whoever \
            has it can send it until then, with any image where it takes one:

              glovebox sign --expires 15m '/v1/process?rs=fill:300:200&f=webp'

            --new-pair prints two lines for a file of variables, 32 random bytes each. In the \
            shell that signs or serves:

              (umask 077; glovebox sign --new-pair > pair.env)
              set -a; . ./pair.env; set +a

            --verify prints right, wrong or expired before each path, and exits with 1 unless all \
            are right. --json prints one \
            object in one line for each path:
              path       with its signature; with --verify as it was given
              signature  alone; not with --verify
              source     the address of the image; of a signed URL only
              method     the method that was signed; with --expires only
              expires    the time in seconds since 1970; with --expires only
              valid      with --verify, whether the signature is right and its time is not over
              expired    with --verify, whether it is right and its time is over
            With --new-pair it is one with key and salt.

            \(SigningOptions.discussion)
            """)

    @Argument(help: "Paths; - reads them from standard input, one in each line.")
    var paths: [String] = []

    @Flag(help: "Say of paths that have a signature whether it is right.")
    var verify = false

    @Flag(name: .customLong("new-pair"), help: "Print a new key and salt.")
    var newPair = false

    @Option(
        help: .init(
            "How long a path that begins with /v1/ is answered, such as 15m or 1h.",
            valueName: "duration"))
    var expires: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var options: SigningOptions

    /// Most bytes of paths on standard input.
    private static let largestInput = 16 << 20

    func run() throws { try perform() }

    private func perform() throws(CommandFailure) {
        if newPair {
            guard paths.isEmpty, !verify, expires == nil else {
                throw .usage("--new-pair stands alone: it signs nothing.")
            }
            try PolicyOutput.print(KeyPair.random().text(json: json))
            return
        }
        guard !paths.isEmpty else {
            throw .usage(
                "Name a path such as /rs:fit:300:300/plain/https://example.com/a.jpg, or "
                    + "--new-pair.")
        }
        let now = Int64(Date().timeIntervalSince1970)
        let signer = try URLSigner(try options.configuration(), now: now)
        let paths = try given()
        if verify {
            try check(paths, signer)
        } else {
            let time = try Self.duration(expires, signer.signing.longest)
            var text = ""
            for path in paths { text += try sign(path, for: time, signer) + "\n" }
            try PolicyOutput.print(text)
        }
    }

    private static func duration(
        _ text: String?, _ longest: Duration
    ) throws(CommandFailure) -> Duration? {
        guard let text else { return nil }
        let shape = ValueShape<Duration>.time(.seconds(1)...longest)
        do throws(ValueError) {
            return try shape.parse(text)
        } catch {
            let why =
                (try? Time.parse(text)).map { $0 > longest } == true
                ? "is more than signed.longest, \(Time.text(longest))" : "cannot be used"
            throw .usage(
                "--expires is \(ConfigurationProblem.quoted(text)), which \(why). Write "
                    + "\(shape.expects).")
        }
    }

    private func sign(
        _ path: String, for time: Duration?, _ signer: URLSigner
    ) throws(CommandFailure) -> String {
        guard QuerySigner.takes(path) else {
            guard time == nil else {
                throw URLSigner.refused(
                    path,
                    path.hasPrefix("v1/")
                        ? "Begin with /v1/."
                        : "Paths of signed URLs name their time as the option exp.")
            }
            let signed = try signer.sign(path)
            return json ? signed.json.text : signed.path
        }
        guard let time else {
            throw URLSigner.refused(path, "Name the time that it holds with --expires.")
        }
        let signed = try QuerySigner(signer: signer).sign(path, for: time)
        return json ? signed.json.text : signed.target
    }

    private func check(_ paths: [String], _ signer: URLSigner) throws(CommandFailure) {
        var text = ""
        var areRight = true
        for path in paths {
            let verdict =
                QuerySigner.takes(path)
                ? try QuerySigner(signer: signer).verdict(path) : try signer.verdict(path)
            areRight = areRight && verdict == .right
            let value = JSONValue.object([
                ("path", .string(path)), ("valid", .bool(verdict == .right)),
                ("expired", .bool(verdict == .expired)),
            ])
            let line = "\(verdict.rawValue) \(UntrustedText.printable(path))"
            text += (json ? value.text : line) + "\n"
        }
        try PolicyOutput.print(text)
        if !areRight { throw CommandFailure(status: .failed, message: "") }
    }

    /// The paths, those of standard input among them.
    private func given() throws(CommandFailure) -> [String] {
        var given: [String] = []
        for path in paths {
            guard path == "-" else {
                given.append(path)
                continue
            }
            do throws(SystemError) {
                let bytes = try InputFile.standardInput().readToEnd(limit: Self.largestInput)
                let lines = String(decoding: bytes, as: UTF8.self).split(
                    whereSeparator: \.isNewline)
                given += lines.map { String($0) }
            } catch {
                throw Self.unreadable(error)
            }
        }
        return given
    }

    /// Why standard input gives no paths, and what to do.
    static func unreadable(_ error: SystemError) -> CommandFailure {
        let limit = Size.text(largestInput)
        guard error.code != EFBIG else {
            return .failed(
                "Standard input is larger than the limit of \(limit). Sign the paths in parts.")
        }
        return .failed(
            "Standard input cannot be read (\(error)). Pipe up to \(limit) of paths into it, one in "
                + "each line, or write the paths as arguments.")
    }
}

/// A key and a salt that nobody had before.
struct KeyPair {
    let key: [UInt8]
    let salt: [UInt8]

    /// 32 bytes each, the length of the digest (RFC 2104 section 3), of the kernel's random
    /// generator (getrandom(2)).
    static func random() -> KeyPair {
        var generator = SystemRandomNumberGenerator()
        func bytes() -> [UInt8] {
            (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        return KeyPair(key: bytes(), salt: bytes())
    }

    /// As a file of variables has it, or as JSON.
    func text(json: Bool) -> String {
        let (key, salt) = (Hexadecimal.text(key), Hexadecimal.text(salt))
        guard json else { return "GLOVEBOX_KEY=\(key)\nGLOVEBOX_SALT=\(salt)\n" }
        return JSONValue.object([("key", .string(key)), ("salt", .string(salt))]).text + "\n"
    }
}
