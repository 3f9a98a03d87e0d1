import CLinux
import Descriptors
import ImageVocabulary
import SandboxPolicy

/// What comes before the privileges are dropped.
extension JobRunner {
    /// What was read and opened before the start.
    struct Prepared: ~Copyable, Sendable {
        let settings: Settings
        let files: ZygoteFiles
        let policies: [ServedPolicy]
        /// Those that are not started.
        let disabled: [ServedPolicy]

        /// The formats that are served.
        var formats: [ImageFormat] { policies.flatMap(\.formats) }
        /// The widest limits that any of the policies has.
        var limits: JobLimits { ServedPolicy.widestLimits(of: policies) }
        /// Those that are started, and those that are not. Out of line, as the next one is: inlined
        /// into a caller that consumes the value later, it ends Swift 6.3's optimiser.
        @inline(never)
        var known: PolicySet { PolicySet(served: policies, disabled: disabled) }
        /// The layers without which nothing starts.
        @inline(never)
        var requiredLayers: [Layer] {
            settings.posture.required(
                of: Layer.allCases.filter { layer in
                    policies.contains { $0.file.requiredLayers.contains(layer) }
                })
        }
        /// What the policies' authors should know although they are served.
        var policyWarnings: [PolicyDiagnostic] { policies.flatMap(\.file.warnings) }

        /// Without the policies that do not cover a format; nil when none covers it.
        ///
        /// - Parameter results: formats for which other policies that read it may be needed.
        consuming func covering(
            _ format: ImageFormat, toWrite results: [ImageFormat] = []
        ) -> Prepared? {
            let others = results.contains(.jxl)
            let covering = policies.filter {
                $0.formats.contains(format) || (others && $0.also.contains(format))
            }
            guard !covering.isEmpty else { return nil }
            return Prepared(settings: settings, files: files, policies: covering, disabled: [])
        }
    }

    /// Reads and compiles the policies, opens the program and the libraries' folder. Blocks.
    static func prepare(_ settings: Settings) throws(StartFailure) -> Prepared {
        // Connections, and eight descriptors for each child, are more than a usual soft limit.
        clinux_raise_descriptor_limit()
        let policies = try ServedPolicy.load(
            settings.policies, for: settings.formats, settings.heldCalls)
        let program = try open(settings.sandbox, as: .file) { .program($0) }
        let libraries: Descriptor? =
            if let directory = settings.vipsDirectory {
                try open(directory, as: .directory) { .libraries($0) }
            } else {
                nil
            }
        return Prepared(
            settings: settings,
            files: ZygoteFiles(
                program: program, libraries: libraries, folder: settings.vipsDirectory,
                posture: settings.posture),
            policies: policies.served, disabled: policies.disabled)
    }

    private static func open(
        _ path: String, as opening: Descriptor.Opening, otherwise: (String) -> StartFailure
    ) throws(StartFailure) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(opening: path, as: opening)
        } catch {
            throw otherwise("\(error)")
        }
    }
}
