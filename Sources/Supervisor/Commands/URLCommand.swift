import ArgumentParser
import FoundationEssentials
import RequestSyntax

/// `glovebox url SOURCE -O rs:fill:300:200 -O q:80`
struct URLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "url", abstract: "Makes the signed URL of a processed image.",
        usage: "glovebox url <source> [-O <name:value>]... [<options>]",
        discussion: """
            Options are written as for process: a name, a colon and a value; 'glovebox options' \
            lists them. They stand in the URL in the order given, and later ones win:

              glovebox url https://example.com/a.jpg -O rs:fill:300:200 -O q:80

            The source is an address at https, http, local (a file below the image root, as \
            local:///folder/a.jpg) or s3. It is given as it is, and escaped here where that is \
            needed. It stands plain in the URL unless --base64 is given, or clients would change \
            it there.

            What serve could never answer is refused. The URL leads to the address where serve \
            listens unless --base names another. --json prints one object:
              url        all of it
              path       without --base
              signature  alone
              source     as it was given

            \(SigningOptions.discussion)
            """)

    @Argument(help: "The address of the image.")
    var source: String

    @Option(
        name: [.customShort("O"), .customLong("option")],
        help: .init("A processing option; may be repeated.", valueName: "name:value"))
    var options: [String] = []

    @Option(help: .init("The format of the result; wins over options.", valueName: "name"))
    var format: String?

    @Flag(help: "Write the source as it is, with escapes.")
    var plain = false

    @Flag(help: "Write the source in URL-safe Base64.")
    var base64 = false

    @Option(
        help: .init(
            "What the URL begins with, such as https://images.example.com.", valueName: "url"))
    var base: String?

    @Option(
        help: .init("How long the URL is answered, such as 1h or 30d.", valueName: "duration"))
    var expires: String?

    @Flag(help: "Sign nothing: for serve --dev without a key.")
    var unsigned = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var signing: SigningOptions

    func run() throws { try perform() }

    private func perform() throws(CommandFailure) {
        guard !(plain && base64) else {
            throw .usage("A source is plain or in Base64. Leave out --plain or --base64.")
        }
        let configuration = try signing.configuration()
        let now = Int64(Date().timeIntervalSince1970)
        let signer = try URLSigner(configuration, isUnsigned: unsigned, now: now)
        let wish = URLWish(
            source: source, options: options + (try Self.expiry(expires, now: now)), format: format,
            isPlain: plain ? true : base64 ? false : nil)
        let signed = try wish.signed(by: signer)
        let url = try Self.base(base, configuration) + signed.path
        let value = JSONValue.object([
            ("url", .string(url)), ("path", .string(signed.path)),
            ("signature", .string(signed.signature)), ("source", .string(source)),
        ])
        try PolicyOutput.print((json ? value.text : url) + "\n")
    }

    /// The option that says when the URL ends.
    static func expiry(_ text: String?, now: Int64) throws(CommandFailure) -> [String] {
        try duration(text).map { ["exp:\(now + $0.components.seconds)"] } ?? []
    }

    /// What `--expires` says.
    static func duration(_ text: String?) throws(CommandFailure) -> Duration? {
        guard let text else { return nil }
        // Ten years are for ever.
        let shape = ValueShape<Duration>.time(.seconds(1)...(.seconds(315_360_000)))
        guard let time = try? shape.parse(text) else {
            throw .usage(
                "--expires is \(ConfigurationProblem.quoted(text)), which cannot be used. Write "
                    + "\(shape.expects).")
        }
        return time
    }

    /// What stands before the path.
    static func base(
        _ text: String?, _ configuration: ServiceConfiguration
    ) throws(CommandFailure) -> String {
        guard let text else { return ServiceURL(listener: configuration.listen).description }
        guard case .remote(let address)? = try? SourceAddress(text),
            address.target.utf8.allSatisfy({ URLText.travels($0) }), !text.contains("#")
        else {
            throw .usage(
                "--base is \(ConfigurationProblem.quoted(text)), which cannot be used. Write what "
                    + "URLs begin with, such as https://images.example.com.")
        }
        var base = address.text
        while base.last == "/" { base.removeLast() }
        return base
    }
}

/// What a URL is to say.
struct URLWish {
    /// The address of the image.
    var source: String
    /// Texts such as `rs:fill:300:200`, with a colon whatever the service's separator is.
    var options: [String] = []
    var format: String?
    /// Whether the source is written with escapes, and not in Base64; nil for either.
    var isPlain: Bool?

    /// Its path with the signature.
    ///
    /// - Throws: why there is none that the service would read as what is wished here.
    func signed(by signer: URLSigner) throws(CommandFailure) -> URLSigner.Signed {
        let segments = try written(signer) + [address()]
        return try signer.sign(segments.map { "/\($0)" }.joined())
    }

    /// The options as they stand in the path.
    private func written(
        _ signer: URLSigner
    ) throws(CommandFailure) -> [String] {
        do throws(OptionError) {
            var all: [WrittenOption] = []
            for text in options { all.append(try WrittenOption(text)) }
            let read = try OptionParser.options(
                all, startingAt: signer.start, under: signer.rules)
            if let format {
                let named = WrittenOption(name: "format", arguments: [format])
                _ = try OptionParser.applying(named, to: read)
            }
            let separator = signer.signing.separator
            var segments = all.map { ([$0.name] + $0.arguments).joined(separator: separator) }
            if signer.rules.onlyPresets {
                guard !all.isEmpty else {
                    throw OptionError(
                        option: "preset",
                        reason: "Only presets are allowed here. Name one with -O pr:NAME.")
                }
                segments = [all.flatMap(\.arguments).joined(separator: separator)]
            }
            for option in all { try Self.check(option, separator) }
            return segments
        } catch {
            throw .usage("The option \"\(error.option)\": \(error.reason)")
        }
    }

    /// What stands in the arguments of an option has to reach the service in one piece.
    private static func check(
        _ option: WrittenOption, _ separator: String
    ) throws(OptionError) {
        let text = option.arguments.joined()
        let advice =
            option.name == "filename" || option.name == "fn"
            ? "Write the name in URL-safe Base64, with :1 behind it." : "Write it without."
        if let byte = text.utf8.first(where: { $0 == 0x2F || !URLText.travels($0) }) {
            throw OptionError(
                option: option.name,
                reason: "\(URLText.named(byte)) cannot stand in an option of a URL. \(advice)")
        }
        if text.contains(separator) {
            throw OptionError(
                option: option.name,
                reason: "\(separator) stands between arguments here, as signed.separator says, and "
                    + "not in them. \(advice)")
        }
    }

    private func address() throws(CommandFailure) -> String {
        let isStable = URLText.isStable(source)
        guard isPlain != true || isStable else {
            throw .usage(
                "Clients leave segments of dots out of a plain source. Use --base64, or write the "
                    + "source without.")
        }
        guard isPlain ?? isStable else {
            return Base64URL.text(of: source) + (format.map { ".\($0)" } ?? "")
        }
        return "plain/\(URLText.plain(source))" + (format.map { "@\($0)" } ?? "")
    }
}
