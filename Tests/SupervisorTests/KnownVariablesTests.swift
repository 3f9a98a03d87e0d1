import Testing

@testable import Supervisor

@Suite("Variables that may be there")
struct KnownVariablesTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test("a variable that nothing reads is refused with the nearest name")
    func unknownVariables() {
        let variables = [
            "GLOVEBOX_TIMEOT": "1", "GLOVEBOX_VIPS": "x", "GLOVEBOX_PORT": "9000", "PATH": "/bin",
            "GLOVEBOX_SCRATCH": "/x", "GLOVEBOX_CORE": "1", "GLOVEBOX_FUZZ": "1",
            "GLOVEBOX_TEST_PYTHON": "/x",
            "GLOVEBOX_DEV": "0", "GLOVEBOX_CONFIG": "off",
        ]
        let problems = folder.loader(variables: variables).problems()
        #expect(problems.count == 3)
        #expect(
            problems.contains(
                "GLOVEBOX_TIMEOT: there is no such variable. Write GLOVEBOX_TIMEOUT, or unset it."))
        #expect(problems.contains { $0.contains("Write GLOVEBOX_VIPS_DIR") })
    }

    @Test("what Kubernetes sets for a Service called glovebox is let through")
    func serviceLinks() {
        let variables = [
            "GLOVEBOX_SERVICE_HOST": "10.0.0.11", "GLOVEBOX_SERVICE_PORT": "8080",
            "GLOVEBOX_SERVICE_PORT_HTTP": "8080", "GLOVEBOX_PORT": "tcp://10.0.0.11:8080",
            "GLOVEBOX_PORT_8080_TCP": "tcp://10.0.0.11:8080",
            "GLOVEBOX_PORT_8080_TCP_PROTO": "tcp", "GLOVEBOX_PORT_8080_TCP_PORT": "8080",
            "GLOVEBOX_PORT_8080_TCP_ADDR": "10.0.0.11",
            "GLOVEBOX_ADMIN_SERVICE_HOST": "10.0.0.12",
            "GLOVEBOX_ADMIN_PORT_8081_TCP_ADDR": "10.0.0.12",
        ]
        #expect(folder.loader(variables: variables).problems() == [])
    }
}
