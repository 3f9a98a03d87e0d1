import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Addresses that images may be fetched from")
struct AddressRulesTests {
    static let refused: [(String, String)] = [
        ("127.0.0.1", "loopback"), ("127.255.255.254", "loopback"), ("0.0.0.0", "this network"),
        ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"),
        ("192.168.1.1", "private"), ("169.254.169.254", "link-local"),
        ("100.64.0.1", "shared by a provider"), ("100.100.100.200", "shared by a provider"),
        ("192.0.0.192", "protocol assignments"), ("198.18.0.1", "benchmarking"),
        ("203.0.113.7", "documentation"), ("224.0.0.1", "multicast"), ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"), ("168.63.129.16", "the host of a virtual machine"),
        ("::", "unspecified"), ("::1", "loopback"), ("fe80::1", "link-local"),
        ("fec0::1", "site-local"), ("fd00:ec2::254", "private"), ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"), ("100::1", "discard-only"), ("3fff::1", "documentation"),
        // An IPv4 address inside an IPv6 one: mapped, compatible, stateless, NAT64, 6to4, Teredo.
        ("::ffff:127.0.0.1", "loopback"), ("::ffff:169.254.169.254", "link-local"),
        ("::127.0.0.1", "loopback"), ("::ffff:0:10.0.0.1", "private"),
        ("64:ff9b::7f00:1", "loopback"), ("64:ff9b:1::1", "translation"),
        ("2002:7f00:1::", "loopback"), ("2001:0:5ef5:79fd:0:0:80ff:fffe", "loopback"),
        // ISATAP, and two at once: where the packets go from here counts.
        ("2002:7f00:1::5efe:5db8:d822", "loopback"),
        ("2600::5efe:10.0.0.1", "private"), ("2600::200:5efe:127.0.0.1", "loopback"),
        ("::2", "not assigned"), ("4000::1", "not assigned"),
    ]

    @Test(
        "loopback, private, link-local and every other special address is refused",
        arguments: refused)
    func refuses(text: String, kind: String) throws {
        let address = try #require(NetworkAddress(text))
        let refusal = try #require(throws: AddressRules.Refusal.self) {
            try AddressRules().check(address)
        }
        #expect(refusal.kind == kind)
    }

    @Test(
        "public addresses are reached, and those beside the special ones",
        arguments: [
            "93.184.216.34", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255",
            "100.128.0.1", "192.167.255.255", "169.253.0.1", "223.255.255.255", "9.255.255.255",
            "2606:4700::1111", "2a00:1450:4001::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822",
            "2002:5db8:d822::1", "2606:4700::5efe:5db8:d822", "2606:4700::400:5efe:a00:1",
        ])
    func reaches(text: String) throws {
        try AddressRules().check(try #require(NetworkAddress(text)))
    }

    @Test("a block that is named is reached, in whatever form its addresses come, and no other")
    func permitted() throws {
        let rules = AddressRules(permitted: [try #require(NetworkBlock("10.0.0.0/8"))])
        try rules.check(try #require(NetworkAddress("10.9.8.7")))
        try rules.check(try #require(NetworkAddress("::ffff:10.9.8.7")))
        for text in ["127.0.0.1", "172.16.0.1", "fd00::1"] {
            let address = try #require(NetworkAddress(text))
            #expect(throws: AddressRules.Refusal.self) { try rules.check(address) }
        }
    }

    @Test(
        "an address in an old or a short form is none",
        arguments: [
            "127.1", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5", "", "::1%lo", "1::2::3",
            "localhost", " 127.0.0.1",
        ])
    func strict(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test(
        "a block with bits behind its prefix, or too long a prefix, is none",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10/8", "/8",
        ])
    func blocks(text: String) {
        #expect(NetworkBlock(text) == nil)
    }

    static let allowed: [(String, String, Bool)] = [
        ("https://images.example.com/", "https://images.example.com/a.jpg", true),
        ("https://images.example.com", "https://images.example.com/a.jpg", true),
        ("https://images.example.com/", "http://images.example.com/a.jpg", false),
        ("https://images.example.com/", "https://images.example.com:8443/a.jpg", false),
        ("https://images.example.com:8443/", "https://images.example.com:8443/a.jpg", true),
        ("http://good.example", "http://good.example.evil.example/a.jpg", false),
        ("https://*.example.com/", "https://a.b.example.com/x", true),
        ("https://*.example.com/", "https://example.com/x", false),
        ("https://*.example.com/", "https://evil-example.com/x", false),
        ("https://img*.example.com/", "https://img7.example.com/x", true),
        ("https://a.example/photos", "https://a.example/photos/x.jpg", true),
        ("https://a.example/photos", "https://a.example/photos-of-others/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/../secret/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/%2e%2E/secret/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/..%2Fsecret/x.jpg", false),
        // What some servers decode twice, or read as a segment with parameters.
        ("https://a.example/photos/", "https://a.example/photos/%252e%252e/secret/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/%25252e./secret/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/..;/secret/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/%2e%2e%3ba/secret/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/a%2500/x.jpg", false),
        ("https://a.example/photos/", "https://a.example/photos/a..b;c/100%25/x.jpg", true),
        ("https://a.example/photos/", "https://a.example/photos/%2e.%3bv=1/x.jpg", false),
        ("local:///public/", "local:///public/a.jpg", true),
        ("local:///public/", "local:///private/a.jpg", false),
        ("s3://bucket/", "s3://bucket/a.jpg", true),
        ("s3://bucket/", "s3://bucket2/a.jpg", false),
        ("s3://bucket/", "https://bucket/a.jpg", false),
        ("s3://Bucket/", "s3://Bucket/a.jpg", true),
        ("s3://Bucket/", "s3://bucket/a.jpg", false),
    ]

    @Test("a pattern holds for parts of an address, never for its text", arguments: allowed)
    func patterns(pattern: String, address: String, isAllowed: Bool) throws {
        let sources = AllowedSources(patterns: [try #require(SourcePattern(pattern))])
        #expect(sources.contain(try SourceAddress(address)) == isAllowed)
    }

    @Test("a path of escapes that were escaped again and again is read in one go")
    func escapes() throws {
        let pattern = try #require(SourcePattern("https://a.example/photos/"))
        let deep = String(repeating: "25", count: 1_900)
        for (end, isAllowed) in [("2e%2e/x", false), ("20/x", true)] {
            let address = try SourceAddress("https://a.example/photos/%\(deep)\(end)")
            #expect(pattern.matches(address) == isAllowed, "\(end)")
        }
    }

    @Test(
        "what is no pattern is refused",
        arguments: [
            "example.com", "*", "ftp://a/", "http:///x", "http://a b/", "https://u@h/",
            "https://a.example/*/photos/", "https://a.example/?a", "https://a.example/#a",
        ])
    func noPattern(text: String) {
        #expect(SourcePattern(text) == nil)
    }
}
