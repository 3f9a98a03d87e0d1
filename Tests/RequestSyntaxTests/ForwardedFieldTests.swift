import RequestSyntax
import Testing

@Suite("What proxies say of a request")
struct ForwardedFieldTests {
    typealias Node = ForwardedField.Node

    @Test(
        "Forwarded is read as RFC 7239 writes it",
        arguments: [
            ("for=\"_gazonk\"", [Node.hidden]),
            ("For=\"[2001:db8:cafe::17]:4711\"", [.address("2001:db8:cafe::17")]),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", [.address("192.0.2.60")]),
            (
                "for=192.0.2.43, for=198.51.100.17",
                [.address("192.0.2.43"), .address("198.51.100.17")]
            ),
            ("for=192.0.2.43:47011", [.address("192.0.2.43")]), ("for=unknown", [.hidden]),
            ("proto=https", []), ("", []), ("for=\"192.0.2.1\" , ,by=a", [.address("192.0.2.1")]),
            ("for=\"\\[::1\\]\"", [.address("::1")]),
        ] as [(String, [Node])])
    func forwarded(field: String, nodes: [Node]) {
        #expect(ForwardedField.nodes(forwarded: field) == nodes)
    }

    @Test(
        "what has two readings is none",
        arguments: [
            "for=1.2.3.4;for=5.6.7.8", "for=", "for", "for=\"1.2.3.4", "for=1.2.3", "for=0x7f.1",
            "for=[::1", "for=\"[::1]x\"", "for=1.2.3.4:", "for=1.2.3.4:123456", "for=a b",
            "for=\"1.2.3.4\"x", String(repeating: "for=1.2.3.4,", count: 40),
        ])
    func broken(field: String) {
        #expect(ForwardedField.nodes(forwarded: field) == nil)
    }

    @Test(
        "X-Forwarded-For is a list of addresses, with ports or without",
        arguments: [
            ("203.0.113.7", [Node.address("203.0.113.7")]),
            (
                "203.0.113.7:80, [2001:db8::1]:443,2001:DB8::2",
                [
                    .address("203.0.113.7"), .address("2001:db8::1"), .address("2001:db8::2"),
                ]
            ),
            ("unknown, 10.0.0.1", [.hidden, .address("10.0.0.1")]), ("", []),
        ] as [(String, [Node])])
    func list(field: String, nodes: [Node]) {
        #expect(ForwardedField.nodes(xForwardedFor: field) == nodes)
    }

    @Test(
        "a list with anything else is none",
        arguments: ["1.2.3.4, evil", "1.2.3.4 5.6.7.8", "\"1.2.3.4\""])
    func noList(field: String) {
        #expect(ForwardedField.nodes(xForwardedFor: field) == nil)
    }

    @Test(
        "the last element is what a proxy has added, whatever a client has left open before it",
        arguments: [
            ("for=1.2.3.4", nil), ("a, for=1.2.3.4", " for=1.2.3.4"),
            ("for=\", for=1.2.3.4", " for=1.2.3.4"),
            ("x, for=\"[::1]:80\"", " for=\"[::1]:80\""),
            ("x, for=\"a,b\"", " for=\"a,b\""), ("x,for=\"a\\\",b\"", "for=\"a\\\",b\""),
            ("for=1.1.1.1,", ""),
        ] as [(String, String?)])
    func last(_ field: String, _ element: String?) {
        let comma = ForwardedField.lastComma(ofForwarded: field[...])
        #expect(comma.map { String(field[field.utf8.index(after: $0)...]) } == element)
    }
}
