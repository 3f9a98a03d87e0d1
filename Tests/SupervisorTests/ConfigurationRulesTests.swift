import Testing

@testable import Supervisor

@Suite("What settings have to be together")
struct ConfigurationRulesTests {
    private static let pair = [
        "key": "5f1c8e0b9d27a463e8b1f04c7a92d635", "salt": "c40e7b19f2a85d36918c0be47d5fa263",
    ]
    private static let key = [
        "GLOVEBOX_ADMIN_KEY": "o0Vb-4mZq7-tXw2-Lc9r",
        "GLOVEBOX_KEY": "5f1c8e0b9d27a463e8b1f04c7a92d635",
        "GLOVEBOX_SALT": "c40e7b19f2a85d36918c0be47d5fa263",
    ]
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test("without --dev an admin listener needs a key, and a service without a pair says so")
    func keys() {
        let problems = folder.loader(Self.pair).problems(.checking)
        #expect(folder.loader().problems(.serving) == problems)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("admin_key: there is none, ") == true)
        #expect(problems.first?.contains("head -c 32 /dev/urandom | base64") == true)
        #expect(folder.loader(dev: true).problems(.serving) == [])
        let off = Self.pair.merging(["admin_listen": "off"]) { $1 }
        #expect(folder.loader(off).problems(.checking) == [])
        #expect(folder.loader(Self.pair, variables: Self.key).problems(.checking) == [])
        #expect(folder.loader().problems(.command) == [])
    }

    @Test("a service that verifies no signature says what clients need")
    func unsigned() throws {
        let off = ["admin_listen": "off"]
        let warnings = try folder.loader(off).load(for: .serving).warnings
        #expect(
            warnings.first?.hasPrefix("key: there is none, so no signed URL is answered") == true)
        #expect(try folder.loader(off, dev: true).load(for: .serving).warnings == [])
        #expect(
            try folder.loader(off, variables: Self.key).load(for: .serving).warnings == [])
    }

    @Test(
        "keys and salts come in pairs, in hexadecimal",
        arguments: [
            ("aa", "", "salt: the numbers of keys and salts differ: 1 and 0. "),
            ("aa,bb", "cc", "--salt: the numbers of keys and salts differ: 2 and 1. "),
            ("", "cc", "key: the numbers of keys and salts differ: 0 and 1. "),
            ("a", "cc", "--key: the value has an odd number of hexadecimal digits. "),
            ("aa,bbb", "cc", "--key: the value has an entry that has an odd number of "),
            ("xy", "cc", "--key: the value is not hexadecimal. "),
            ("aa,,bb", "aa,bb,cc", "--key: the value has an entry that is not hexadecimal. "),
        ])
    func pairs(_ key: String, _ salt: String, _ says: String) {
        let values = ["key": key, "salt": salt, "admin_listen": "off"].filter { $1 != "" }
        let problems = folder.loader(values).problems(.serving)
        #expect(problems.contains { $0.hasPrefix(says) }, "\(problems)")
        // Secrets are in no message.
        #expect(problems.allSatisfy { !$0.contains("xy") })
    }

    @Test("--dev or its variable asks nobody for a key, and only on loopback")
    func development() {
        for key in ["listen", "admin_listen"] {
            let open = [key: "0.0.0.0:0"]
            let problems = folder.loader(open, dev: true).problems(.serving)
            #expect(problems.count == 1)
            #expect(
                problems.first?.contains("0.0.0.0:0 can be reached from other machines, and --dev")
                    == true)
            #expect(folder.loader(open, variables: Self.key).problems(.checking) == [])
        }
        #expect(folder.loader(variables: ["GLOVEBOX_DEV": "1"]).problems(.serving) == [])
        #expect(
            folder.loader(variables: ["GLOVEBOX_DEV": "yes"]).problems(.command) == [
                "GLOVEBOX_DEV: \"yes\" is neither true nor false. Write true or false."
            ])
    }

    @Test("an admin listener that other machines reach is a warning")
    func openAdministration() throws {
        let loader = folder.loader(["admin_listen": "0.0.0.0:8081"], variables: Self.key)
        let warnings = try loader.load(for: .checking).warnings
        #expect(warnings.count == 1 && warnings.first?.hasPrefix("--admin-listen: ") == true)
        #expect(try folder.loader(variables: Self.key).load(for: .checking).warnings == [])
    }

    /// Settings, and what the only warning about them begins with; nil for none.
    static let hardlyMeant: [([String: String], String?)] = [
        (
            ["sources.allowed": "https://a.example:8443/,http://b.example:8443/"],
            "--sources.allowed: \"https://a.example:8443/\" is never reached at port 8443. Add"
        ),
        (["sources.allowed": "https://a.example:8443/", "sources.ports": "8443"], nil),
        (["sources.allowed": "https://a.example:80/,http://a.example:443/,local:///a/"], nil),
        (
            ["sources.allowed": "local:///,s3://one/,s3://two/"],
            "--sources.allowed: \"s3://one/\" is never read without s3.access_key and "
        ),
        (["s3.endpoint": "https://s3.example:9000"], "--s3.endpoint: it is never asked without"),
        (
            [
                "sources.allowed": "s3://one/", "s3.endpoint": "https://s3.example:9000",
                "s3.access_key": "a", "s3.secret_key": "b",
            ], nil
        ),
    ]

    @Test("what serves and is hardly meant is a warning", arguments: hardlyMeant)
    func warnings(_ given: [String: String], _ says: String?) throws {
        let loader = folder.loader(given, variables: Self.key)
        let warnings = try loader.load(for: .checking).warnings
        #expect(warnings.count == (says == nil ? 0 : 1), "\(warnings)")
        if let says { #expect(warnings.first?.hasPrefix(says) == true, "\(warnings)") }
        #expect(try loader.load(for: .command).warnings == [])
    }

    @Test(
        "two listeners need two places",
        arguments: [
            ("127.0.0.1:8081", true), ("localhost:8081", true), ("0.0.0.0:8081", true),
            ("[::]:8081", true), ("127.0.0.1:8082", false), ("127.0.0.2:8081", false),
        ])
    func sameAddress(listen: String, isSame: Bool) {
        let problems = folder.loader(["listen": listen], variables: Self.key).problems(.checking)
        #expect(problems.contains { $0.contains("are one place") } == isSame)
        let chosen = folder.loader(
            ["listen": "127.0.0.1:0", "admin_listen": "127.0.0.1:0"], variables: Self.key)
        #expect(chosen.problems(.checking) == [])
    }

    @Test("a port that root gives up with its rights is refused, where root starts the service")
    func privilegedPorts() {
        func problems(_ port: Int, isRoot: Bool, first: Int) -> [String] {
            var machine = folder.machine
            machine.isRoot = isRoot
            machine.firstUnprivilegedPort = first
            return ConfigurationLoader(
                options: GivenOptions(values: ["listen": "127.0.0.1:\(port)"]),
                variables: Self.key, machine: machine
            ).problems(.checking)
        }
        #expect(
            problems(80, isRoot: true, first: 1_024) == [
                "--listen: port 80 is below 1024, which only root may listen on, and root's rights "
                    + "are given up before that. Choose a port from 1024, with a reverse proxy in "
                    + "front of it, or lower net.ipv4.ip_unprivileged_port_start."
            ])
        #expect(problems(80, isRoot: false, first: 1_024) == [])
        #expect(problems(80, isRoot: true, first: 0) == [])
        #expect(problems(1_024, isRoot: true, first: 1_024) == [])
        #expect(problems(0, isRoot: true, first: 1_024) == [])
    }

    @Test("limits that could never act are refused")
    func voidLimits() {
        var variables = Self.key
        variables["GLOVEBOX_HTTP_CONNECTIONS"] = "10"
        variables["GLOVEBOX_HTTP_CONNECTIONS_PER_ADDRESS"] = "11"
        variables["GLOVEBOX_MEMORY"] = "1MiB"
        variables["GLOVEBOX_MAX_INPUT_BYTES"] = "2MiB"
        let problems = folder.loader(variables: variables).problems(.checking)
        #expect(problems.count == 2)
        #expect(problems.contains { $0.hasPrefix("GLOVEBOX_HTTP_CONNECTIONS_PER_ADDRESS: 11 ") })
        #expect(problems.contains { $0.hasPrefix("GLOVEBOX_MEMORY: 1MiB for all requests ") })
    }

    @Test("nothing is concluded from a value that was refused, or a file that was not read")
    func noFollowUps() throws {
        let pair = Self.key.filter { $0.key != "GLOVEBOX_ADMIN_KEY" }
        var wrong = pair
        wrong["GLOVEBOX_ADMIN_KEY"] = "short"
        wrong["GLOVEBOX_LISTEN"] = "nowhere"
        #expect(folder.loader(variables: wrong).problems(.checking).count == 2)
        try folder.write("admin_key: [a]\n", to: "glovebox.yaml")
        #expect(folder.loader(variables: pair).problems(.checking).count == 1)
        try folder.write("admin_key: \"0123456789abcdef\nworkers: 1\n", to: "glovebox.yaml")
        #expect(folder.loader(variables: pair).problems(.checking).count == 1)
    }
}
