import TestSupport
import Testing

@Suite(
    "Addresses that never reach the network", .ownProcess,
    Fetching(
        .loopback(["127.0.0.1", "127.0.0.2"]), untouched: ["127.0.0.1"],
        """
        sources: {ports: '{port}', addresses: 127.0.0.2/32, failure_cache: 0s, breaker_failures: 10000}
        """))
struct HostileAddressTests {
    private static let number = Refusal.malformed(
        "its host is a number, but no IPv4 address of four decimal parts")
    private static let loopback = Refusal.address("127.0.0.1", "loopback")
    private static let noIPv6 = Refusal.malformed("its host is no IPv6 address")

    static let numbers: [HostileSource] = [
        .init("http://127.0.0.1:{port}/good.png", loopback),
        .init("http://2130706433:{port}/", number),
        .init("http://017700000001:{port}/", number),
        .init("http://0x7f000001:{port}/", number),
        .init("http://0X7F000001:{port}/", number),
        .init("http://0177.0.0.1:{port}/", number),
        .init("http://0177.00.00.01:{port}/", number),
        .init("http://0x7f.0.0.1:{port}/", number),
        .init("http://0x7f.0x0.0x0.0x1:{port}/", number),
        .init("http://127.0x1:{port}/", number),
        .init("http://127.1:{port}/", number),
        .init("http://127.0.1:{port}/", number),
        .init("http://0:{port}/", number),
        .init("http://0x:{port}/", number),
        .init("http://00.0.0.0:{port}/", number),
        .init("http://127.0.0.01:{port}/", number),
        .init("http://127.0.0.1.:{port}/", loopback),
        .init("http://127.0.0.256:{port}/", number),
        .init("http://4294967297:{port}/", number),
        .init("http://6442450943:{port}/", number),
        .init("http://127.0.0.1.1:{port}/", number),
        .init("http://383.0.0.1:{port}/", number),
        .init("http://localhost.1:{port}/", number),
        .init("http://0.0.0.0:{port}/", .address("0.0.0.0", "this network")),
        .init("http://127.255.255.254:{port}/", .address("127.255.255.254", "loopback")),
        .init("http://10.0.0.1/", .address("10.0.0.1", "private")),
        .init("http://172.31.255.255/", .address("172.31.255.255", "private")),
        .init("http://192.168.0.1/", .address("192.168.0.1", "private")),
        .init(
            "http://169.254.169.254/latest/meta-data/", .address("169.254.169.254", "link-local")),
        .init("http://100.100.100.200/", .address("100.100.100.200", "shared by a provider")),
        .init(
            "http://168.63.129.16/", .address("168.63.129.16", "the host of a virtual machine")),
        .init("http://192.0.0.192/", .address("192.0.0.192", "protocol assignments")),
        .init("http://224.0.0.1/", .address("224.0.0.1", "multicast")),
        .init("http://255.255.255.255/", .address("255.255.255.255", "reserved")),
        .init("http://2852039166/", number), .init("http://0xa9fea9fe/", number),
        .init("http://0251.0376.0251.0376/", number), .init("http://169.254.43518/", number),
    ]

    static let colons: [HostileSource] = [
        .init("http://[::1]:{port}/", .address("::1", "loopback")),
        .init("http://[0:0:0:0:0:0:0:1]:{port}/", .address("::1", "loopback")),
        .init("http://[::]:{port}/", .address("::", "unspecified")),
        .init("http://[::ffff:127.0.0.1]:{port}/", loopback),
        .init("http://[::ffff:7f00:1]:{port}/", loopback),
        .init("http://[::FFFF:7F00:1]:{port}/", loopback),
        .init("http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", loopback),
        .init("http://[::127.0.0.1]:{port}/", loopback),
        .init("http://[::ffff:0:127.0.0.1]:{port}/", loopback),
        .init("http://[64:ff9b::127.0.0.1]:{port}/", loopback),
        .init("http://[64:ff9b:1::7f00:1]:{port}/", .address("64:ff9b:1::7f00:1", "translation")),
        .init("http://[2002:7f00:1::]:{port}/", loopback),
        .init("http://[2001:0:5ef5:79fd:0:0:80ff:fffe]:{port}/", loopback),
        .init("http://[2606:4700::5efe:127.0.0.1]:{port}/", loopback),
        .init("http://[2606:4700::200:5efe:10.0.0.1]/", .address("10.0.0.1", "private")),
        .init("http://[::ffff:169.254.169.254]/", .address("169.254.169.254", "link-local")),
        .init("http://[2002:7f00:1::5efe:5db8:d822]/", loopback),
        .init("http://[::2]/", .address("::2", "not assigned")),
        .init("http://[4000::1]/", .address("4000::1", "not assigned")),
        .init("http://[fd00:ec2::254]/", .address("fd00:ec2::254", "private")),
        .init("http://[fe80::1]/", .address("fe80::1", "link-local")),
        .init("http://[ff02::1]/", .address("ff02::1", "multicast")),
        .init("http://[fe80::1%lo]:{port}/", noIPv6), .init("http://[fe80::1%25lo]/", noIPv6),
        .init("http://[::1%1]:{port}/", noIPv6), .init("http://[::1%251]:{port}/", noIPv6),
        .init("http://[::127.1]:{port}/", noIPv6), .init("http://[::ffff:0177.0.0.1]/", noIPv6),
        .init("http://[::ffff:127.0.0.256]/", noIPv6), .init("http://[127.0.0.1]:{port}/", noIPv6),
        .init("http://[1::2::3]/", noIPv6), .init("http://[:::1]/", noIPv6),
        .init("http://[00001::]/", noIPv6), .init("http://[1:2:3:4:5:6:7:8:9]/", noIPv6),
        .init("http://[]/", noIPv6), .init("http://[v1.a]/", noIPv6),
        .init("http://[::1/", .malformed("its host is open")),
        .init("http://[::1]evil.example/", .malformed("its host is none")),
        .init("http://::1:{port}/", .malformed("its port is none")),
        .init("http://[localhost]/", noIPv6), .init("http://[\u{FF11}::]/", noIPv6),
    ]

    @Test("a number for a host, in every form that programs read as an address", arguments: numbers)
    func numbersRefused(_ source: HostileSource) async throws {
        for form in SourceForm.allCases { try await Fetching.expect(source, form) }
    }

    @Test("an IPv6 address, and an IPv4 one in every form inside it", arguments: colons)
    func colonsRefused(_ source: HostileSource) async throws {
        for form in SourceForm.allCases { try await Fetching.expect(source, form) }
    }

    @Test(
        "an address that was permitted is reached, in the forms that all programs read alike",
        arguments: [
            "http://127.0.0.2:{port}/good.png", "HTTP://127.0.0.2.:{port}/good.png#a",
            "http://[::ffff:127.0.0.2]:{port}/good.png?a=b", "local:///public/a.png",
        ])
    func reached(_ address: String) async throws {
        for form in SourceForm.allCases { try await Fetching.expectImage(address, form) }
    }
}

@Suite(
    "Addresses that programs read differently", .ownProcess,
    Fetching(
        .loopback(["127.0.0.1"]),
        """
        sources: {ports: '{port}', addresses: 127.0.0.0/8, failure_cache: 0s, breaker_failures: 10000}
        """))
struct AmbiguousAddressTests {
    private static let notASCII = Refusal.malformed("its host is not in its ASCII form (xn--)")
    private static let noName = Refusal.malformed("its host is no name")
    private static let noPort = Refusal.malformed("its port is none")
    private static let user = Refusal.malformed("it holds a user or a password")
    private static let backslash = Refusal.malformed("it holds a backslash")
    private static let control = Refusal.malformed("it holds a control character")
    private static let noScheme = Refusal.malformed("it has no scheme")
    private static let noFile = Refusal.malformed("it names no file below the image root")

    static let names: [HostileSource] = [
        .init("http://good.example@127.0.0.1:{port}/good.png", user),
        .init("http://good.example:80@127.0.0.1:{port}/good.png", user),
        .init("http://127.0.0.1:{port}@/good.png", user), .init("http://@127.0.0.1/", user),
        .init("http://127.0.0.1:{port}\\@good.example/", backslash),
        .init("http://127.0.0.1:{port}\\good.png", backslash),
        .init("http:\\\\127.0.0.1:{port}\\good.png", noScheme),
        .init("http://127.0.0.1\u{3002}:{port}/", notASCII),
        .init("http://127\u{3002}0\u{3002}0\u{3002}1:{port}/", notASCII),
        .init("http://\u{FF11}\u{FF12}\u{FF17}.0.0.1:{port}/", notASCII),
        .init("http://\u{2460}\u{2461}\u{2466}.0.0.1:{port}/", notASCII),
        .init("http://loc\u{AD}alhost:{port}/", notASCII),
        .init("http://local\u{200B}host:{port}/", notASCII),
        .init("http://\u{2113}ocalhost:{port}/", notASCII),
        .init("http://g\u{43E}\u{43E}d.example/", notASCII),
        .init("http://good.example\u{2044}.evil.example/", notASCII),
        .init("http://good.example\u{FF0F}.evil.example/", notASCII),
        .init("http://good.example\u{FF03}.evil.example/", notASCII),
        .init("http://\u{202E}elpmaxe.doog/", notASCII),
        .init("http://stra\u{DF}e.example/", notASCII),
        .init("http://127.0.0.1%00.good.example:{port}/", noName),
        .init("http://%31%32%37.0.0.1:{port}/", noName),
        .init("http://127.0.0.1%2fgood.example:{port}/", noName),
        .init("http://127%2e0%2e0%2e1:{port}/", noName),
        .init("http://127.0.0.1 .good.example/", noName), .init("http:// 127.0.0.1/", noName),
        .init("http://127.0.0.1..:{port}/", noName), .init("http://.127.0.0.1:{port}/", noName),
        .init("http://./", .malformed("it has no host")), .init("http://*/", noName),
        .init("http://-a.example/", noName),
        .init("http://a;b/", noName), .init("http://127.0.0.1,good.example/", noName),
        .init("http://127.0.0.1&good.example/", noName), .init("http://$IFS/", noName),
        .init("http:///127.0.0.1:{port}/", .malformed("it has no host")),
        .init("http://:{port}/", .malformed("it has no host")),
        .init("http://?127.0.0.1", .malformed("it has no host")),
        .init("http://#@127.0.0.1/", .malformed("it has no host")),
        .init("http://127.0.0.1:0/", noPort), .init("http://127.0.0.1:65536/", noPort),
        .init("http://127.0.0.1:65616/", noPort), .init("http://127.0.0.1:-80/", noPort),
        .init("http://127.0.0.1:+80/", noPort), .init("http://127.0.0.1: 80/", noPort),
        .init("http://127.0.0.1:80:{port}/", noPort), .init("http://127.0.0.1:http/", noPort),
        .init("http://127.0.0.1:\u{0661}/", noPort), .init("http://127.0.0.1:0x50/", noPort),
        .init("http://127.0.0.1:22/", .port(22)), .init("http://127.0.0.1:6379/", .port(6379)),
        .init("http://127.0.0.1:0025/", .port(25)), .init("https://127.0.0.1:8443/", .port(8443)),
    ]

    static let schemes: [HostileSource] = [
        .init("file:///etc/passwd", .scheme("file")), .init("FILE:///etc/passwd", .scheme("FILE")),
        .init("ftp://127.0.0.1/a", .scheme("ftp")),
        .init("gopher://127.0.0.1/_a", .scheme("gopher")),
        .init("dict://127.0.0.1:{port}/", .scheme("dict")), .init("jar://a!/b", .scheme("jar")),
        .init("unix:///run/docker.sock", .scheme("unix")),
        .init("http+unix://%2Frun%2Fdocker.sock/a", .scheme("http+unix")),
        .init("https+unix://%2Frun%2Fa/a", .scheme("https+unix")),
        .init("data://text/plain,a", .scheme("data")), .init("ws://127.0.0.1/", .scheme("ws")),
        .init("javascript://127.0.0.1/%0aalert(1)", .scheme("javascript")),
        .init("view-source:http://127.0.0.1/", .scheme("view-source")),
        .init("url:http://127.0.0.1/", .scheme("url")),
        .init(" http://127.0.0.1/", .scheme(" http")),
        .init("\u{FEFF}http://127.0.0.1/", .scheme("\u{FEFF}http")),
        .init("\u{FF48}ttp://127.0.0.1/", .scheme("\u{FF48}ttp")),
        .init("://127.0.0.1/", .scheme("")),
        .init("s3://bucket/key", .scheme("s3")), .init("gs://bucket/key", .scheme("gs")),
        .init("http:127.0.0.1:{port}/good.png", noScheme), .init("//127.0.0.1:{port}/", noScheme),
        .init("http:/127.0.0.1:{port}/good.png", noScheme), .init("/etc/passwd", noScheme),
        .init("data:image/png;base64,AAAA", noScheme), .init("javascript:alert(1)", noScheme),
        .init("127.0.0.1:{port}/good.png", noScheme), .init("..", noScheme),
        .init("local://private/a.png", .malformed("a local address begins with local:///")),
        .init("local:///public/../../../etc/passwd", noFile),
        .init("local:///public/%2e%2e/%2e%2e/etc/passwd", noFile),
        .init("local:///public/..%2f..%2fetc%2fpasswd", noFile),
        .init("local:///public/%252e%252e/a", noFile), .init("local:////etc/passwd", noFile),
        .init("local:///", noFile), .init("local:///public\\..\\a.png", noFile),
        .init("http://" + String(repeating: "a", count: 4_090), .malformed("it is too long")),
        .init("http://" + String(repeating: "a", count: 64) + "/", noName),
        .init(
            "http://" + String(repeating: "a.", count: 127) + "a/", .malformed("it has no host")),
    ]

    /// A path with these escaped is refused as one.
    static let controls: [HostileSource] = [
        .init("http://127.0.0.1:{port}/good.png\u{0}", control),
        .init("http://127.0.0.1\u{0}.good.example/", control),
        .init("http://127.0.0.1:{port}/\r\nHost: a", control),
        .init("http://127.0.0.1:{port}/ HTTP/1.1\r\nX: y\r\n\r\n", control),
        .init("h\nttp://127.0.0.1:{port}/good.png", control),
        .init("http://127.0\t.0.1:{port}/good.png", control),
        .init("\thttp://127.0.0.1:{port}/good.png", control),
        .init("http://127.0.0.1:{port}/good.png\n", control),
        .init("http://127.0.0.1:{port}/\u{7F}", control),
        .init("http://127.0.0.1:{port}/\u{85}", control),
    ]

    @Test("a host or a port with more than one reading", arguments: names)
    func namesRefused(_ source: HostileSource) async throws {
        for form in SourceForm.allCases { try await Fetching.expect(source, form) }
    }

    @Test("what is not fetched over the web, and what says not how", arguments: schemes)
    func schemesRefused(_ source: HostileSource) async throws {
        for form in SourceForm.allCases { try await Fetching.expect(source, form) }
    }

    @Test("a control character anywhere", arguments: controls)
    func controlsRefused(_ source: HostileSource) async throws {
        try await Fetching.expect(source)
        let plain = try await Fetching.fetch(source.address, .plain)
        #expect(plain.status == 404)
        if !source.address.contains("\u{85}") {
            #expect(plain.text == "Invalid URL")
            #expect(try await Fetching.lines(of: plain, "source not used").isEmpty)
        }
    }

    @Test("a path that holds what would end a request line is sent escaped")
    func escaped() async throws {
        try await Fetching.expectImage("http://127.0.0.1:{port}/a b\u{E9}\"<>/%0d%0a/good.png")
        let origin = try Fetching.origin
        try await eventually("the request is counted") {
            origin.requests(of: "127.0.0.1") == ["/a%20b%C3%A9%22%3C%3E/%0d%0a/good.png"]
        }
    }
}
