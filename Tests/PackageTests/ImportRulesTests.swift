import Testing

/// Which side of the wall may build on what: the package description decides what can be linked, and
/// the sources are read as well, because a module that one target declares is visible to others.
@Suite("Import rules")
struct ImportRulesTests {
    let package: PackageGraph
    /// The modules that both sides may import.
    let shared: Set<String>

    /// What comes with the language and starts neither a thread nor Foundation.
    private static let language: Set<String> = ["Swift", "Glibc", "Synchronization"]

    init() throws {
        package = try PackageGraph.own.get()
        shared = Set(
            package.targets.filter { $0.folder.hasPrefix("Sources/Shared/") }.map(\.name))
    }

    @Test("the supervisor and its program have no image library under them")
    func supervisorHoldsNoImageLibrary() throws {
        let forbidden: Set<String> = ["CVips", "CMagic", "Sandbox", "HostileSandbox"]
        for name in ["Supervisor", "RequestSyntax", "glovebox"] {
            let target = try #require(package.target(name))
            #expect(package.targets(under: name).isDisjoint(with: forbidden), "\(name)")
            for file in try SourceText.files(under: target.folder) {
                #expect(forbidden.isDisjoint(with: file.imports), "\(file.path)")
            }
        }
    }

    @Test("the sandbox has no package, no libseccomp and nothing of the supervisor under it")
    func sandboxHoldsNoPackage() throws {
        let allowed = shared.union(["CLinux", "CVips", "CMagic"])
        _ = try #require(package.target("Sandbox"))
        #expect(package.products(under: "Sandbox") == [])
        #expect(package.targets(under: "Sandbox").isSubset(of: allowed))
        #expect(package.products(under: "glovebox-sandbox") == [])
        #expect(package.targets(under: "glovebox-sandbox").isSubset(of: allowed.union(["Sandbox"])))
    }

    @Test("the shared modules stand on nothing but each other and CLinux")
    func sharedModulesStandAlone() throws {
        try #require(!shared.isEmpty)
        for name in shared {
            #expect(package.products(under: name) == [], "\(name)")
            #expect(package.targets(under: name).isSubset(of: shared.union(["CLinux"])), "\(name)")
        }
    }

    @Test("the request parsers stand on shared modules alone")
    func requestSyntaxStandsAlone() throws {
        _ = try #require(package.target("RequestSyntax"))
        #expect(package.products(under: "RequestSyntax") == [])
        #expect(
            package.targets(under: "RequestSyntax").isSubset(of: shared.union(["CLinux"])))
    }

    @Test("a file that hostile bytes may reach imports only what its target names")
    func pureModulesImportOnlyWhatTheyDeclare() throws {
        for name in shared.union(["Sandbox", "glovebox-sandbox", "RequestSyntax"]) {
            let target = try #require(package.target(name))
            let allowed = Self.language.union(target.dependencies.map(\.name))
            for file in try SourceText.files(under: target.folder) {
                #expect(Set(file.imports).subtracting(allowed) == [], "\(file.path)")
            }
        }
    }

    @Test("the sandbox is written without concurrency, which would start threads before the fork")
    func sandboxIsSynchronous() throws {
        let concurrency: Set<String> = ["async", "await", "actor", "Task", "TaskGroup"]
        for name in shared.union(["Sandbox", "glovebox-sandbox"]) {
            let target = try #require(package.target(name))
            for file in try SourceText.files(under: target.folder) {
                #expect(file.words.intersection(concurrency) == [], "\(file.path)")
            }
        }
    }

    @Test("libseccomp is used by the supervisor alone")
    func onlyTheSupervisorUsesSeccomp() throws {
        for target in package.targets where target.type != "test" && target.type != "system" {
            let direct = target.dependencies.contains { $0.name == "CSeccomp" }
            #expect(direct == (target.name == "Supervisor"), "\(target.name)")
            guard target.name != "Supervisor" else { continue }
            for file in try SourceText.files(under: target.folder) {
                #expect(!file.imports.contains("CSeccomp"), "\(file.path)")
            }
        }
    }

    @Test("the two programs are the only products, and no test is in them")
    func onlyTheProgramsAreProducts() {
        #expect(Set(package.products.map(\.name)) == ["glovebox", "glovebox-sandbox"])
        let tests = Set(package.targets.filter { $0.folder.hasPrefix("Tests/") }.map(\.name))
        for name in package.products.flatMap(\.targets) {
            #expect(package.targets(under: name).union([name]).isDisjoint(with: tests), "\(name)")
        }
    }

    @Test("file names are unique within a module")
    func fileNamesAreUnique() throws {
        for target in package.targets where target.type != "system" {
            let files = try SourceText.files(under: target.folder)
            for (name, same) in Dictionary(grouping: files, by: \.fileName) where same.count > 1 {
                Issue.record("\(target.name) has \(name) more than once: \(same.map(\.path))")
            }
        }
    }

    @Test("no type is named like its module, whose name it would hide")
    func noTypeHidesItsModule() throws {
        for target in package.targets where target.type != "system" {
            for file in try SourceText.files(under: target.folder) {
                #expect(!file.types.contains(target.name), "\(file.path)")
            }
        }
    }
}
