import RequestSyntax
import Testing

@testable import Supervisor

@Suite("imgproxy's lists of sources as patterns")
struct ImportedSourcesTests {
    private static func sources(
        _ list: String?, buckets: [String]? = nil, denied: [String] = []
    ) -> ImportedSources {
        ImportedSources(list: list, buckets: buckets, denied: denied)
    }

    @Test(
        "what means the same is taken as it is",
        arguments: [
            ("https://*.example.com/", ["https://*.example.com/"]),
            (
                "s3://,https://*.example.com/,local://",
                ["s3://*/", "https://*.example.com/", "local:///"]
            ),
            ("http://", ["http://*/"]), ("local:///photos/", ["local:///photos/"]),
            (" s3://b1/a/ , s3://b2/ ", ["s3://b1/a/", "s3://b2/"]),
            ("http*://a.example/", ["http://a.example/", "https://a.example/"]),
            ("https://a.example/,https://a.example/", ["https://a.example/"]),
        ])
    func same(_ list: String, _ patterns: [String]) {
        let sources = Self.sources(list)
        #expect(sources.patterns == patterns)
        #expect(sources.narrowed == [] && sources.omitted == [])
    }

    @Test(
        "a prefix without a slash admits its own host, path or bucket alone, and that is said",
        arguments: [
            ("https://good.example", "https://good.example/", "https://good.example@evil.example/"),
            ("https://a.example/photos", "https://a.example/photos", "what lies below it"),
            ("s3://bucket", "s3://bucket/", "every bucket whose name begins so"),
        ])
    func narrowed(_ list: String, _ pattern: String, _ words: String) {
        let sources = Self.sources(list)
        #expect(sources.patterns == [pattern] && sources.omitted == [])
        #expect(sources.narrowed.count == 1 && sources.narrowed[0].contains(words))
    }

    @Test("look-alikes that imgproxy's prefix admits are not admitted")
    func lookAlikes() throws {
        let patterns = Self.sources("https://good.example,https://a.example/photos").patterns
        let allowed = AllowedSources(patterns: try patterns.map { try #require(SourcePattern($0)) })
        #expect(allowed.contain(try SourceAddress("https://good.example/a.jpg")))
        #expect(allowed.contain(try SourceAddress("https://a.example/photos/a.jpg")))
        #expect(!allowed.contain(try SourceAddress("https://good.example.evil.example/a.jpg")))
        #expect(!allowed.contain(try SourceAddress("https://a.example/photos-of-others/a.jpg")))
    }

    @Test(
        "what cannot be said is left out",
        arguments: [
            "https://a.example/*/public/", "gs://bucket/", "https://u:p@a.example/", "a.example/",
            "https://a.example/x?y=", "https://a.example:*/", "s3://b/*/x/", "",
            "https://a.example:99999/",
        ])
    func omitted(_ prefix: String) {
        let sources = Self.sources("https://b.example/,\(prefix)")
        #expect(sources.patterns == ["https://b.example/"])
        #expect(sources.omitted.count == 1)
    }

    @Test("a list of which nothing is left admits nothing, not everything")
    func nothing() throws {
        let sources = Self.sources("gs://bucket/,")
        #expect(sources.patterns == ["https://nothing.invalid/"])
        guard case .unsupported(_, let written) = sources.translation() else {
            Issue.record("it is taken")
            return
        }
        #expect(written.map(\.key) == ["sources.allowed"])
    }

    @Test("a port that is named is opened")
    func ports() {
        let sources = Self.sources("https://a.example:8443/,http://b.example:80/")
        #expect(sources.ports == [8443])
        #expect(sources.patterns == ["https://a.example:8443/", "http://b.example:80/"])
    }

    @Test("a pattern that is left out opens no port and names no address")
    func portsOfOmitted() {
        let sources = Self.sources(
            "https://a.example:8443/*/x/,http://10.0.0.5:9000/?x=,http://b.example:8080/")
        #expect(sources.omitted.count == 2)
        #expect(sources.ports == [8080] && sources.addresses == [])
    }

    @Test("buckets are those that are allowed, without those that are denied")
    func buckets() {
        #expect(
            Self.sources("https://a.example/,s3://", buckets: ["one", "two"], denied: ["two"])
                .patterns == ["https://a.example/", "s3://one/"])
        #expect(
            Self.sources("s3://img-*/x/", buckets: ["img-a", "b"]).patterns == ["s3://img-a/x/"])
        #expect(
            Self.sources(nil, denied: ["secret"]).patterns
                == ["http://*/", "https://*/", "local:///"])
    }

    @Test(
        "prefixes with stars become regular expressions that replace the same",
        arguments: [
            // The first two are the examples of imgproxy's documentation.
            (
                "mys3://=s3://my_bucket/images/", "mys3://image01.jpg",
                "s3://my_bucket/images/image01.jpg"
            ),
            (
                "mys3://*/=s3://my_bucket/${1}/images/", "mys3://items/image01.jpg",
                "s3://my_bucket/items/images/image01.jpg"
            ),
            ("a.b://=c://", "axb://1", "axb://1"), ("x://=y://", "a/x://", "a/x://"),
            ("x://*=$1y", "x://k", ""), ("x://*=$1-$$", "x://k", "k-$"),
            ("x://*/*/=https://h/$2/$1/", "x://a/b/c.jpg", "https://h/b/a/c.jpg"),
            ("x://=y://;y://=z://", "x://1", "z://1"),
        ])
    func replacements(_ list: String, _ address: String, _ result: String) throws {
        let text = try #require(ImportedReplacements.text(list))
        let replacements = try ValueShape<[AddressReplacement]>.replacements.parse(text)
        #expect(replacements.applied(to: address) == result)
    }

    @Test("a pair without a sign of equality is none")
    func noPair() { #expect(ImportedReplacements.text("x://=y://;z") == nil) }

    @Test("presets that cannot be used are left out one by one, with those that name them")
    func presets() {
        let presets = ImportedPresets(
            [
                "thumb=rs:fill:100:100", "pro=unsharp_masking:auto", "both=pr:thumb:pro",
                "late=pr:thumb", "thumb=w:5",
            ],
            beside: ["old=w:1"], separator: ":")
        #expect(
            presets.presets == ["old=w:1", "late=pr:thumb", "thumb=w:5"]
                || presets.presets == ["old=w:1", "thumb=w:5", "late=pr:thumb"])
        #expect(presets.omitted.count == 2)
    }

    @Test("another separator becomes a colon")
    func separator() {
        let presets = ImportedPresets(["a=rs,fill,10,20/q,70"], beside: [], separator: ",")
        #expect(presets.presets == ["a=rs:fill:10:20/q:70"] && presets.omitted == [])
        #expect(ImportedPresets(["a=fn,x:y"], beside: [], separator: ",").omitted.count == 1)
    }

    @Test("many presets of which one is wrong are not tried against each other")
    func manyPresets() {
        let presets = ImportedPresets(
            (0..<2_000).map { "p\($0)=w:1" } + ["bad=nothing:1"], beside: [], separator: ":")
        #expect(presets.presets == [] && presets.omitted.count == 1)
    }
}
