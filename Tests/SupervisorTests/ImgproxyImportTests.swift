import Foundation
import Testing

@testable import Supervisor

/// Variables that a test gives beside those it is about, so that nothing else is told.
let quietVariables = [
    "IMGPROXY_KEY": "aabb", "IMGPROXY_SALT": "ccdd", "IMGPROXY_BIND": "127.0.0.1:8080",
    "IMGPROXY_MAX_REDIRECTS": "3", "IMGPROXY_PREFERRED_FORMATS": "jpeg,png,gif",
    "IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES": "false", "IMGPROXY_ALWAYS_RASTERIZE_SVG": "true",
]

extension ImgproxyImport {
    func finding(_ name: String) -> Finding? { findings.first { $0.name == name } }
}

@Suite("imgproxy's variables as settings")
struct ImgproxyImportTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    /// Variables that a sample would only repeat, and that change what they say: told elsewhere.
    private static let others: Set = [
        "IMGPROXY_PRESETS_PATH", "IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES",
        "IMGPROXY_PNG_INTERLACED",
        "IMGPROXY_PNG_QUANTIZATION_COLORS", "IMGPROXY_PROMETHEUS_BIND",
        "IMGPROXY_S3_DENIED_BUCKETS",
    ]

    @Test("each variable that becomes a setting has a sample, and becomes it")
    func taken() {
        let samples = ImgproxySample.all
        for sample in samples {
            var variables = quietVariables.merging(sample.beside) { $1 }
            variables[sample.name] = sample.value
            let result = ImgproxyImport(variables)
            for (key, text) in sample.written {
                #expect(result.written[key] == text, "\(sample.name)")
            }
            let finding = result.finding(sample.name)
            #expect(finding?.outcome == .taken, "\(sample.name): \(finding?.reason ?? "-")")
            let settings = Set(finding?.settings ?? [])
            let isKnown = settings.isSubset(of: Set(sample.written.keys))
            #expect(isKnown, "\(sample.name): \(settings)")
        }
        let told = Set(samples.map(\.name)).union(Self.others)
        for row in ImgproxyVariables.all where !row.settings.isEmpty {
            let isTold = told.isSuperset(of: row.names)
            #expect(isTold, "\(row.names)")
            for sample in samples where row.names.contains(sample.name) {
                let isKnown = Set(sample.written.keys).isSubset(of: row.settings)
                #expect(isKnown, "\(sample.name)")
            }
        }
    }

    @Test("each variable that becomes no setting says why, or that it asks for nothing")
    func unsupported() {
        for row in ImgproxyVariables.all where row.settings.isEmpty {
            for name in row.names where name.hasPrefix("IMGPROXY_") {
                let name = name.replacing("*", with: "X")
                for value in ["true", "false", "something", "7"] {
                    let result = ImgproxyImport(quietVariables.merging([name: value]) { $1 })
                    guard let finding = result.finding(name) else {
                        Issue.record("nothing is said of \(name)")
                        continue
                    }
                    #expect(finding.settings == [] && !finding.reason.isEmpty, "\(name)=\(value)")
                    if finding.outcome == .unsupported {
                        #expect(finding.matters == (row.weight != .operation), "\(name)=\(value)")
                    }
                }
            }
        }
    }

    @Test("names stand in the table once, and a setting that it names is one")
    func table() {
        let names = ImgproxyVariables.names
        #expect(Set(names).count == names.count)
        for key in ImgproxyVariables.all.flatMap(\.settings) {
            #expect(SettingTable.setting(key) != nil, "\(key)")
        }
        #expect(names.count > 200)
    }

    @Test(
        "a value that its setting refuses is not written, and the setting's reason is told",
        arguments: [
            ("IMGPROXY_QUALITY", "101", "out of range"), ("IMGPROXY_TTL", "-1", "no number"),
            ("IMGPROXY_WORKERS", "1e3", "no number"),
            ("IMGPROXY_WORKERS", "100000", "out of range"),
            ("IMGPROXY_STRIP_METADATA", "yes", "neither true nor false"),
            ("IMGPROXY_MAX_SRC_RESOLUTION", "Inf", "no number"),
            ("IMGPROXY_MAX_SRC_RESOLUTION", "1e300", "no number"),
            ("IMGPROXY_WATERMARK_OPACITY", "NaN", "no number"),
            ("IMGPROXY_WATERMARK_OPACITY", "2", "out of range"),
            ("IMGPROXY_WATERMARK_DATA", "%%%", "not base64"),
            ("IMGPROXY_BIND", "imgproxy:8080", "no address and port"),
            ("IMGPROXY_ARGUMENTS_SEPARATOR", "::", "cannot stand between"),
            ("IMGPROXY_PATH_PREFIX", "//a", "no beginning of a path"),
            ("IMGPROXY_BASE_URL", "images/", "has no scheme"),
            ("IMGPROXY_BASE_URL", "https://u:p@h/", "user and a password"),
            ("IMGPROXY_LOG_LEVEL", "loud", "none of the words"),
            ("IMGPROXY_FALLBACK_IMAGE_HTTP_CODE", "204", "out of range"),
            ("IMGPROXY_TIMEOUT", "99999999999999999999", "no number"),
            ("IMGPROXY_MAX_SRC_FILE_SIZE", "104857600", "allow 50 MiB; raise it in the policy"),
            ("IMGPROXY_MAX_SRC_FILE_SIZE", "52428801", "allow 50 MiB; raise it in the policy"),
            ("IMGPROXY_MAX_SRC_FILE_SIZE", "0", "allow 50 MiB; raise it in the policy"),
            ("IMGPROXY_MAX_SRC_RESOLUTION", "100", "allow 50 megapixels; raise it in the policy"),
            ("IMGPROXY_MAX_SRC_RESOLUTION", "50.000001", "allow 50 megapixels"),
            ("IMGPROXY_NETWORK", "unix", "TCP"),
        ])
    func refused(_ name: String, _ value: String, _ words: String) {
        let result = ImgproxyImport(quietVariables.merging([name: value]) { $1 })
        let finding = result.finding(name)
        #expect(finding?.outcome == .unsupported && finding?.settings == [])
        #expect(finding?.reason.contains(words) == true, "\(finding?.reason ?? "-")")
    }

    @Test("keys without salts are refused, and their values never told")
    func secretsAreNotTold() throws {
        var variables = quietVariables
        variables["IMGPROXY_KEY"] = "feedfacefeedface,feedface"
        variables["IMGPROXY_SECRET"] = "feedface with a space"
        let result = ImgproxyImport(variables)
        #expect(result.finding("IMGPROXY_KEY")?.outcome == .unsupported)
        #expect(result.finding("IMGPROXY_SALT")?.outcome == .unsupported)
        #expect(result.written["key"] == nil && result.written["salt"] == nil)
        #expect(!result.report(width: nil).contains("feedface"))
        #expect(!result.json.contains("feedface"))
    }

    @Test("what imgproxy does without being told, and Glovebox does not, is told")
    func defaults() {
        let result = ImgproxyImport(["IMGPROXY_TTL": "5"])
        #expect(result.finding("IMGPROXY_KEY")?.matters == true)
        let addresses = result.finding("IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES")
        #expect(addresses?.outcome == .default && addresses?.matters == false)
        #expect(addresses?.reason.contains("sources.addresses") == true)
        #expect(result.written["sources.addresses"] == nil)
        for (name, key, text) in [
            ("IMGPROXY_MAX_REDIRECTS", "sources.redirects", "10"),
            ("IMGPROXY_DOWNLOAD_TIMEOUT", "sources.answer_timeout", "5s"),
        ] {
            #expect(result.finding(name)?.outcome == .default)
            #expect(result.finding(name)?.settings == [key] && result.written[key] == text)
        }
        let size = result.finding("IMGPROXY_MAX_SRC_FILE_SIZE")
        #expect(size?.outcome == .default && size?.reason.contains("50 MiB") == true)
        #expect(
            result.written["max_input_bytes"] == nil && result.written["sources.timeout"] == nil)
        // Only the key is a reason to exit with 1: without one nothing is served.
        #expect(result.findings.filter(\.matters).map(\.name) == ["IMGPROXY_KEY"])
        #expect(result.written["listen"] == "0.0.0.0:8080")
        #expect(result.written["result.preferred"] == "jpeg,png,gif")
        #expect(result.written["admin_listen"] == "off")
    }

    @Test(
        "private addresses that were permitted in so many words are named, link-local ones are not")
    func addresses() {
        let result = ImgproxyImport(
            quietVariables.merging([
                "IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES": "true",
                "IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES": "true",
                "IMGPROXY_ALLOW_LINK_LOCAL_SOURCE_ADDRESSES": "true",
            ]) { $1 })
        #expect(
            result.written["sources.addresses"]
                == "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,127.0.0.0/8,::1/128")
        #expect(result.finding("IMGPROXY_ALLOW_LINK_LOCAL_SOURCE_ADDRESSES")?.matters == true)
    }

    @Test("a value above a limit is told as lost, and the most there is is written")
    func lowered() {
        for (name, value, key, text) in [
            ("IMGPROXY_MAX_ANIMATION_FRAMES", "5000", "max_frames", "1000"),
            ("IMGPROXY_MAX_REDIRECTS", "20", "sources.redirects", "10"),
        ] {
            let result = ImgproxyImport(quietVariables.merging([name: value]) { $1 })
            #expect(result.finding(name)?.matters == true && result.written[key] == text)
        }
        let whole = ImgproxyImport(
            quietVariables.merging([
                "IMGPROXY_MAX_SRC_RESOLUTION": "50", "IMGPROXY_MAX_SRC_FILE_SIZE": "52428800",
                "IMGPROXY_MAX_ANIMATION_FRAMES": "1000",
            ]) { $1 })
        #expect(whole.findings.allSatisfy { !$0.matters })
        #expect(whole.written["max_input_bytes"] == "52428800")
    }

    @Test("the limits that the import knows are those of the shipped policy")
    func shippedLimits() throws {
        let path = ReadPolicy.repositoryFile("policies/raster.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for limit in [ShippedLimit.inputBytes, .pixels, .frames] {
            let line = text.split(separator: "\n").first { $0.contains(" \(limit.name): ") }
            let words = line?.split(separator: " ") ?? []
            #expect(words.starts(with: ["\(limit.name):", "\(limit.most)"]), "\(limit.name)")
        }
    }

    @Test("warnings alone would hide why a source is refused, so notices are logged")
    func logLevel() {
        let result = ImgproxyImport(quietVariables.merging(["IMGPROXY_LOG_LEVEL": "warn"]) { $1 })
        #expect(result.written["log_level"] == "notice")
        let finding = result.finding("IMGPROXY_LOG_LEVEL")
        #expect(finding?.outcome == .changed)
        #expect(finding?.reason.contains("'source not used'") == true)
    }

    @Test("an address in the list of sources that is not public is named, and not opened")
    func listedAddresses() {
        let list = [
            "IMGPROXY_ALLOWED_SOURCES":
                "http://10.0.0.5:8080/,https://[fd00::7]/,https://192.0.3.1/,http://[::ffff:10.1.1.1]/"
        ]
        let told = ImgproxyImport(quietVariables.merging(list) { $1 })
        let finding = told.finding("IMGPROXY_ALLOWED_SOURCES")
        #expect(finding?.outcome == .changed && told.written["sources.addresses"] == nil)
        for block in ["10.0.0.5/32", "fd00::7/128", "10.1.1.1/32"] {
            let sentence = "also write sources.addresses: \(block)."
            #expect(finding?.reason.contains(sentence) == true, "\(finding?.reason ?? "-")")
        }
        #expect(finding?.reason.contains("192.0.3.1") == false)
        var variables = quietVariables.merging(list) { $1 }
        variables["IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES"] = "true"
        #expect(ImgproxyImport(variables).finding("IMGPROXY_ALLOWED_SOURCES")?.outcome == .taken)
    }

    @Test("presets-only without a preset that can be used opens nothing")
    func closedPresets() throws {
        let result = ImgproxyImport(
            quietVariables.merging([
                "IMGPROXY_ONLY_PRESETS": "true", "IMGPROXY_PRESETS": "a=autoquality:dssim",
            ]) { $1 })
        #expect(result.written["options.only_presets"] == "true")
        #expect(result.finding("IMGPROXY_ONLY_PRESETS")?.matters == true)
        try folder.write(result.yaml(showsSecrets: true), to: "glovebox.yaml")
        #expect(folder.loader().problems(.command) == [])
    }

    @Test("options that are allowed and unknown here do not open all")
    func closedOptions() {
        let result = ImgproxyImport(
            quietVariables.merging(["IMGPROXY_ALLOWED_PROCESSING_OPTIONS": "autoquality,aq"]) { $1 }
        )
        #expect(result.written["options.allowed"] == "cachebuster")
    }

    @Test("presets come from the file too, whose definitions win")
    func presetsFile() throws {
        let path = try folder.write("# ours\na=w:1\n\nb=pr:c\n", to: "presets")
        let result = ImgproxyImport(
            quietVariables.merging([
                "IMGPROXY_PRESETS_PATH": path, "IMGPROXY_PRESETS": "a=w:9,c=h:2",
            ]) { $1 })
        #expect(result.written["options.presets"] == "c=h:2,a=w:1,b=pr:c")
        let missing = ImgproxyImport(
            quietVariables.merging(["IMGPROXY_PRESETS_PATH": path + "x"]) { $1 })
        #expect(missing.finding("IMGPROXY_PRESETS_PATH")?.matters == true)
    }

    @Test("an unknown name is said, with the nearest one there is")
    func unknown() {
        let result = ImgproxyImport(quietVariables.merging(["IMGPROXY_QUALTY": "7"]) { $1 })
        let finding = result.finding("IMGPROXY_QUALTY")
        #expect(finding?.outcome == .unsupported && finding?.matters == true)
        #expect(finding?.reason.contains("IMGPROXY_QUALITY") == true)
    }

    @Test("an empty variable counts as not set, and S3's are passed over unless S3 is on")
    func passedOver() {
        let result = ImgproxyImport(
            quietVariables.merging([
                "IMGPROXY_QUALITY": "", "AWS_ACCESS_KEY_ID": "a", "IMGPROXY_S3_REGION": "x",
                "AWS_SECRET_ACCESS_KEY": "b",
            ]) { $1 })
        #expect(result.finding("IMGPROXY_QUALITY")?.outcome == .taken)
        #expect(result.finding("AWS_ACCESS_KEY_ID") == nil)
        let isOff = result.written.keys.allSatisfy { !$0.hasPrefix("s3.") }
        let isQuiet = result.findings.allSatisfy { !$0.matters }
        #expect(isOff && isQuiet)
    }
}
