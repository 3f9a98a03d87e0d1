import Foundation
import ImageVocabulary
import Testing

@testable import Supervisor

@Suite("What import-imgproxy prints")
struct ImgproxyReportTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    /// As an operator has it beside a container.
    private static let environment = """
        # imgproxy of the shop
        IMGPROXY_KEY=b7d04e19c25f8a63e1904c7db86f2a35d2c90f7be6148a53f07b1c9e4d5a8236
        IMGPROXY_SALT=4ce8017bd935af62f8b2e60d19c7453a8e1f0b6cd2947a53b6c0e9f1278d5a34
        IMGPROXY_BIND=:8080
        IMGPROXY_TTL=86400
        IMGPROXY_PATH_PREFIX=/img
        IMGPROXY_ALLOWED_SOURCES=https://cdn.example.com/,local://
        IMGPROXY_LOCAL_FILESYSTEM_ROOT=/srv/images
        IMGPROXY_AUTO_WEBP=true
        IMGPROXY_AUTO_AVIF=true
        IMGPROXY_QUALITY=82
        IMGPROXY_MAX_SRC_RESOLUTION=50
        IMGPROXY_PRESETS=default=rs:fit/el:0,thumb=rs:fill:200:200/g:sm
        IMGPROXY_WATERMARK_PATH=/srv/logo.png
        IMGPROXY_MAX_REDIRECTS=2
        IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES=false
        IMGPROXY_ALWAYS_RASTERIZE_SVG=true
        IMGPROXY_PROMETHEUS_BIND=127.0.0.1:9090
        IMGPROXY_SENTRY_DSN=https://k@sentry.example/1
        """

    private static func result(_ text: String = environment) -> ImgproxyImport {
        ImgproxyImport(ImportedVariables(bytes: Array(text.utf8)).values)
    }

    @Test("a usual environment becomes this file")
    func golden() {
        let expected = """
            # Made of imgproxy's variables by 'glovebox config import-imgproxy'.
            #
            # Secrets are not here. Set each of these variables to what imgproxy's has:
            #   GLOVEBOX_KEY   as IMGPROXY_KEY
            #   GLOVEBOX_SALT  as IMGPROXY_SALT
            # or name a file with the value: 'key_file' and the like.
            listen: "0.0.0.0:8080"
            admin_listen: "127.0.0.1:9090"
            images: /srv/images
            max_pixels: 50000000
            signed:
              prefix: /img
              max_age: 86400s
            sources:
              allowed: "https://cdn.example.com/,local:///"
              redirects: 2
              answer_timeout: 5s
            options:
              presets: "default=rs:fit/el:0,thumb=rs:fill:200:200/g:sm"
            result:
              quality: 82
              preferred: "jpeg,png,gif"
              auto: "avif,webp"
            watermark:
              path: /srv/logo.png

            """
        #expect(Self.result().yaml(showsSecrets: false) == expected)
    }

    @Test("the file is loaded, with its secrets in it or in the variables that it names")
    func loads() throws {
        let result = Self.result()
        let key = result.written["key"] ?? ""
        let salt = result.written["salt"] ?? ""
        try folder.write(result.yaml(showsSecrets: true), to: "glovebox.yaml")
        let admin = ["GLOVEBOX_ADMIN_KEY": "o0Vb-4mZq7-tXw2-Lc9r"]
        let whole = try folder.loader(variables: admin).load(for: .serving)
        try folder.write(result.yaml(showsSecrets: false), to: "glovebox.yaml")
        let variables = admin.merging(["GLOVEBOX_KEY": key, "GLOVEBOX_SALT": salt]) { $1 }
        let parted = try folder.loader(variables: variables).load(for: .serving)
        #expect(whole.signing == parted.signing && whole.results == parted.results)
        #expect(whole.signing.keys.values.count == 1 && whole.signing.prefix == "/img")
        #expect(whole.results.auto == [.avif, .webp] && whole.options.presets.count == 2)
        #expect(whole.sources.answerTimeout == .seconds(5))
        #expect(whole.sources.redirects == 2 && whole.limits.pixels == 50_000_000)
    }

    @Test("what every variable becomes is loaded together")
    func everything() throws {
        var variables = quietVariables
        for sample in ImgproxySample.all where !sample.name.hasSuffix("_DATA") {
            variables.merge(sample.beside) { $1 }
            variables[sample.name] = sample.value
        }
        variables["IMGPROXY_SALT"] = "01,02"
        let yaml = ImgproxyImport(variables).yaml(showsSecrets: true)
        try folder.write(yaml, to: "glovebox.yaml")
        #expect(folder.loader().problems(.command) == [])
    }

    @Test("texts that YAML would read otherwise stand in quotes and come back as they were")
    func quotes() throws {
        for text in ["a: b # c", "'x'", "\"x\"", "null", "~x", "*alias", "true", "é", "%1", "- x"] {
            var variables = quietVariables
            variables["IMGPROXY_LOCAL_FILESYSTEM_ROOT"] = "/" + text
            variables["IMGPROXY_WATERMARK_PATH"] = text
            let path = try folder.write(
                ImgproxyImport(variables).yaml(showsSecrets: true), to: "glovebox.yaml")
            let configuration = try folder.loader().load(for: .command)
            #expect(configuration.images == "/" + text)
            let base = path.dropLast("glovebox.yaml".count)
            #expect(configuration.watermark.path == base + text)
        }
    }

    @Test("secrets stand in the file only when they are asked for, and nowhere else")
    func secrets() {
        let result = Self.result()
        #expect(result.yaml(showsSecrets: true).contains("\nkey: b7d04e19"))
        for text in [result.yaml(showsSecrets: false), result.report(width: 80), result.json] {
            #expect(!text.contains("b7d04e19") && !text.contains("4ce8017b"))
            #expect(!text.contains("sentry.example"))
        }
        #expect(result.secrets.map(\.variable) == ["GLOVEBOX_KEY", "GLOVEBOX_SALT"])
    }

    @Test("the report has a row for each variable, those that matter last and in capitals")
    func report() {
        let result = Self.result(Self.environment + "\nIMGPROXY_IGNORE_SSL_VERIFICATION=1\n")
        let lines = result.report(width: nil).split(separator: "\n")
        #expect(lines.first?.hasPrefix("OUTCOME") == true)
        #expect(lines[lines.count - 2].hasPrefix("UNSUPPORTED  IMGPROXY_IGNORE"))
        #expect(lines.count { $0.contains("UNSUPPORTED") } == 1)
        // The variables that are set, and no others.
        #expect(lines.last == "16 taken, 1 changed, 2 unsupported.")
        #expect(lines.contains { $0.hasPrefix("default ") && $0.contains("IMGPROXY_MAX_SRC_FILE") })
    }

    @Test("JSON has an object for each variable, with the same five members")
    func json() throws {
        let result = Self.result()
        let lines = result.json.split(separator: "\n")
        #expect(lines.count == result.findings.count)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let names = (object as? [String: Any])?.keys.sorted()
            #expect(names == ["matters", "name", "outcome", "reason", "setting"])
        }
    }

    @Test("the page about moving has the table, and no variable that is not in it")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/migrate-from-imgproxy.md")
        let begin = "<!-- variables: begin -->\n"
        let end = "<!-- variables: end -->\n"
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        let first = try #require(text.firstRange(of: begin))
        let last = try #require(text.firstRange(of: end))
        let table = "\n\(ImgproxyImport.documentation)\n"
        if ProcessInfo.processInfo.environment["GLOVEBOX_WRITE_DOCS"] == "1" {
            let whole = text[..<first.upperBound] + table + text[last.lowerBound...]
            try Data(whole.utf8).write(to: page)
        }
        let written = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        #expect(
            written.contains(begin + table + end),
            "Write the table anew: GLOVEBOX_WRITE_DOCS=1 swift test --filter ImgproxyReportTests")
        for match in written.matches(of: /IMGPROXY_[A-Z0-9_]+/) {
            let name = String(match.output)
            let isKnown =
                ImgproxyVariables.all.contains { $0.covers(name) }
                || ImgproxyVariables.names.contains(name + "*")
            #expect(isKnown, "\(name)")
        }
    }
}
