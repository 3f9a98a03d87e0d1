// swift-tools-version: 6.3
import PackageDescription

/// One set of strict settings for every Swift target of this package: Swift 6 language mode,
/// explicit `any`, explicit imports, every use of an unsafe construct marked, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "glovebox",
    products: [
        .executable(name: "glovebox", targets: ["glovebox"]),
        .executable(name: "glovebox-sandbox", targets: ["glovebox-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", exact: "1.4.0",
            traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        // Programs: thin entries, the code is in the libraries.
        .executableTarget(
            name: "glovebox", dependencies: ["Supervisor"],
            path: "Sources/Programs/glovebox", swiftSettings: strict),
        .executableTarget(
            name: "glovebox-sandbox", dependencies: ["Sandbox"],
            path: "Sources/Programs/glovebox-sandbox", swiftSettings: strict),

        // Outside the wall.
        .target(
            name: "Supervisor",
            dependencies: [
                "RequestSyntax", "ImageVocabulary", "WireProtocol", "SandboxPolicy", "Descriptors",
                "CLinux", "CSeccomp",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "RequestSyntax", dependencies: ["ImageVocabulary"], swiftSettings: strict),

        // Inside the wall: no NIO, no Foundation, no concurrency.
        .target(
            name: "Sandbox",
            dependencies: [
                "ImageVocabulary", "WireProtocol", "SandboxPolicy", "Descriptors",
                "CLinux", "CVips", "CMagic",
            ],
            swiftSettings: strict),

        // Shared by both sides.
        .target(
            name: "ImageVocabulary", path: "Sources/Shared/ImageVocabulary",
            swiftSettings: strict),
        .target(
            name: "WireProtocol", dependencies: ["ImageVocabulary", "SandboxPolicy"],
            path: "Sources/Shared/WireProtocol", exclude: ["WIRE.md"], swiftSettings: strict),
        .target(
            name: "SandboxPolicy", dependencies: ["ImageVocabulary"],
            path: "Sources/Shared/SandboxPolicy", swiftSettings: strict),
        .target(
            name: "Descriptors", dependencies: ["CLinux"], path: "Sources/Shared/Descriptors",
            swiftSettings: strict),

        // C: what the Glibc module lacks, and the system libraries.
        .target(
            name: "CLinux", path: "Sources/C/CLinux",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .systemLibrary(
            name: "CVips", path: "Sources/C/CVips", pkgConfig: "vips",
            providers: [.apt(["libvips-dev"])]),
        .systemLibrary(
            name: "CSeccomp", path: "Sources/C/CSeccomp", pkgConfig: "libseccomp",
            providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(
            name: "CMagic", path: "Sources/C/CMagic", pkgConfig: "libmagic",
            providers: [.apt(["libmagic-dev"])]),

        // Tests mirror the sources; PackageTests holds the package to its import rules.
        .testTarget(name: "PackageTests", swiftSettings: strict),
        .target(name: "Randomness", path: "Tests/Randomness", swiftSettings: strict),
        .testTarget(
            name: "ImageVocabularyTests", dependencies: ["ImageVocabulary"],
            path: "Tests/Shared/ImageVocabularyTests", swiftSettings: strict),
        .testTarget(
            name: "WireProtocolTests",
            dependencies: ["WireProtocol", "ImageVocabulary", "SandboxPolicy"],
            path: "Tests/Shared/WireProtocolTests", swiftSettings: strict),
        .testTarget(
            name: "SandboxPolicyTests", dependencies: ["SandboxPolicy"],
            path: "Tests/Shared/SandboxPolicyTests", swiftSettings: strict),
        .testTarget(
            name: "DescriptorsTests", dependencies: ["Descriptors", "CLinux"],
            path: "Tests/Shared/DescriptorsTests", swiftSettings: strict),
        .testTarget(
            name: "RequestSyntaxTests",
            dependencies: ["RequestSyntax", "ImageVocabulary", "Randomness"],
            swiftSettings: strict),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", "Randomness"], swiftSettings: strict),
        .target(
            name: "CConstants", path: "Tests/CConstants",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .testTarget(
            name: "SupervisorTests",
            dependencies: [
                "Supervisor", "SandboxPolicy", "RequestSyntax", "ImageVocabulary", "Descriptors",
                "WireProtocol", "CSeccomp", "CConstants", "Randomness", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),

        // On the real kernel, with real programs: containment, and HTTP in, pixels out.
        .target(
            name: "CHostile", path: "Tests/CHostile",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .executableTarget(
            name: "HostileSandbox",
            dependencies: ["Sandbox", "CHostile", "ImageVocabulary", "WireProtocol"],
            path: "Tests/HostileSandbox", swiftSettings: strict),
        .executableTarget(
            name: "FilterProbe", path: "Tests/FilterProbe",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "CReference", dependencies: ["CVips"], path: "Tests/CReference",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "TestSupport",
            dependencies: [
                "CLinux", "CReference", "Descriptors",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Support", swiftSettings: strict),
        .testTarget(
            name: "ContainmentTests",
            dependencies: [
                "TestSupport", "Randomness", "CHostile", "FilterProbe", "Supervisor",
                "SandboxPolicy", "WireProtocol", "Descriptors", "ImageVocabulary",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "ImageVocabulary", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
    ]
)

// Two switches for builds without the network and without the C image libraries: GLOVEBOX_CORE=1
// keeps what is pure (for `swift test --sanitize=address`), GLOVEBOX_FUZZ=1 adds the fuzzers to it.
let fuzzing = Context.environment["GLOVEBOX_FUZZ"] == "1"
if fuzzing || Context.environment["GLOVEBOX_CORE"] == "1" {
    let libraries = [
        "ImageVocabulary", "WireProtocol", "SandboxPolicy", "Descriptors", "RequestSyntax",
    ]
    let kept = libraries + libraries.map { $0 + "Tests" } + ["CLinux", "Randomness"]
    package.products = []
    package.dependencies = []
    package.targets.removeAll { !kept.contains($0.name) }
}
if fuzzing {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "FuzzFrames", dependencies: ["WireProtocol", "ImageVocabulary", "CFuzzer"],
            path: "Fuzz/FuzzFrames", swiftSettings: strict),
        .executableTarget(
            name: "FuzzRequests", dependencies: ["RequestSyntax", "ImageVocabulary", "CFuzzer"],
            path: "Fuzz/FuzzRequests", swiftSettings: strict),
    ]
}
