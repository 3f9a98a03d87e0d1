import TestSupport
import Testing

@Suite(
    "Names that lead into private networks", .ownProcess, .enabled(if: Identity.testsRunAsRoot),
    Fetching(
        .network,
        untouched: ["10.1.2.3", "127.0.0.1", "169.254.169.254", "100.64.0.7", "::1", "fd00::1"],
        "sources: {timeout: 3s, failure_cache: 0s, breaker_failures: 10000}"))
struct HostileNameTests {
    private static let loopback = Refusal.address("127.0.0.1", "loopback")
    private static let `private` = Refusal.address("10.1.2.3", "private")
    private static let metadata = Refusal.address("169.254.169.254", "link-local")
    private static let noAddress = Refusal.unreachable("the name has no address")

    static let names: [HostileSource] = [
        .init("http://private.test/", `private`), .init("http://PRIVATE.Test./", `private`),
        .init("http://both.test/good.png", `private`),
        .init("http://both-turned.test/good.png", `private`),
        .init("http://private-six.test/good.png", .address("fd00::1", "private")),
        .init("http://many.test/good.png", loopback), .init("http://loopback.test/", loopback),
        .init("http://metadata.test/latest/meta-data/", metadata),
        .init("http://provider.test/", .address("100.64.0.7", "shared by a provider")),
        .init("http://zero.test/", .address("0.0.0.0", "this network")),
        .init("http://broadcast.test/", .address("255.255.255.255", "reserved")),
        .init("http://six-loopback.test/", .address("::1", "loopback")),
        .init("http://mapped.test/", loopback), .init("http://compatible.test/", loopback),
        .init("http://translated.test/", metadata), .init("http://6to4.test/", `private`),
        .init("http://alias.test/", `private`), .init("http://alias-of-localhost.test/", loopback),
        .init("http://localhost/", loopback), .init("http://LOCALHOST./", loopback),
        .init("http://listed.test/", `private`), .init("http://10.1.2.3/", `private`),
        .init("http://[fd00::1]/", .address("fd00::1", "private")),
        .init("http://169.254.169.254/", metadata),
        .init("http://missing.test/", noAddress), .init("http://empty.test/", noAddress),
        .init("http://failing.test/", noAddress), .init("http://127.0.0.1e0/", noAddress),
        .init("http://0x7f.0.0.1.missing.test/", noAddress),
        .init("http://good.test/to?http%3A%2F%2Fprivate.test%2F", `private`),
        .init("http://good.test/to?http%3A%2F%2Fboth.test%2F", `private`),
        .init("http://good.test/to?http%3A%2F%2Flocalhost%2F", loopback),
        .init("http://good.test/to?http%3A%2F%2Fmissing.test%2F", noAddress),
        .init("http://good.test/to?http%3A%2F%2F169.254.169.254%2F", metadata),
        .init("http://turning.test/to?http%3A%2F%2Fturning.test%2Fgood.png", `private`),
    ]

    @Test("one address that may not be reached is enough", arguments: names)
    func namesRefused(_ source: HostileSource) async throws {
        try await Fetching.expect(source)
    }

    @Test("a name that leads elsewhere after it was vetted is asked for where it was")
    func rebinding() async throws {
        let origin = try Fetching.origin
        try await Fetching.expectImage("http://rebinding.test/good.png")
        // One look-up for vetting and connecting together.
        try await eventually("the request is counted") {
            origin.requests(of: "93.184.216.34").contains("/good.png")
        }
        #expect(origin.queries.filter { $0 == "rebinding.test" }.count == 1)
        try await Fetching.expect(
            HostileSource("http://rebinding.test/good.png", Self.loopback))
    }

    @Test("a look-up that nobody answers does not outlast the deadline")
    func silence() async throws {
        try await Fetching.expect(HostileSource("http://silent.test/", .tooLate))
        try await Fetching.expectImage("http://good.test/good.png")
    }

    @Test(
        "public names and addresses are reached",
        arguments: [
            "http://good.test/good.png", "http://GOOD.test./good.png", "http://six.test/good.png",
            "http://93.184.216.34/good.png", "http://[2606:4700::1111]/good.png",
            "http://[::ffff:93.184.216.34]/good.png",
            "http://good.test/to?http%3A%2F%2Fsix.test%2Fgood.png",
        ])
    func reached(_ address: String) async throws {
        try await Fetching.expectImage(address)
    }
}

@Suite(
    "Private addresses are opened by name, and no others", .ownProcess,
    .enabled(if: Identity.testsRunAsRoot),
    Fetching(
        .network, untouched: ["127.0.0.1", "169.254.169.254", "100.64.0.7", "::1", "fd00::1"],
        "sources: {addresses: 10.0.0.0/8, failure_cache: 0s, breaker_failures: 10000}"))
struct OpenedAddressTests {
    @Test(
        "what was opened is reached, by any of its names",
        arguments: [
            "http://10.1.2.3/good.png", "http://private.test/good.png", "http://both.test/good.png",
            "http://alias.test/good.png",
            "http://good.test/to?http%3A%2F%2Fprivate.test%2Fgood.png",
        ])
    func opened(_ address: String) async throws {
        try await Fetching.expectImage(address)
    }

    static let closed: [HostileSource] = [
        .init("http://loopback.test/", .address("127.0.0.1", "loopback")),
        .init("http://metadata.test/", .address("169.254.169.254", "link-local")),
        .init("http://provider.test/", .address("100.64.0.7", "shared by a provider")),
        .init("http://private-six.test/", .address("fd00::1", "private")),
        .init("http://10.1.2.3:8080/", .port(8080)),
    ]

    @Test("and the others are not", arguments: closed)
    func closedRefused(_ source: HostileSource) async throws {
        try await Fetching.expect(source)
    }
}
