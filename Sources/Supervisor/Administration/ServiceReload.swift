import ImageVocabulary
import Logging
import NIOPosix
import SandboxPolicy
import Synchronization

/// Reads configuration and policies anew and puts them in force: all of it, or nothing.
///
/// ``Reloader`` sees to it that one runs at a time.
final class ServiceReload: Sendable {
    private let current: Mutex<ServiceConfiguration>
    private let loader: ConfigurationLoader
    private let jobs: JobRunner
    private let settings: LiveSettings
    private let keys: AdminKeys
    private let apiKeys: ServiceKeys
    private let log: LogOutput

    init(
        _ configuration: ServiceConfiguration, loader: ConfigurationLoader, jobs: JobRunner,
        settings: LiveSettings, keys: AdminKeys, apiKeys: ServiceKeys,
        log: LogOutput
    ) {
        current = Mutex(configuration)
        self.loader = loader
        self.jobs = jobs
        self.settings = settings
        self.keys = keys
        self.apiKeys = apiKeys
        self.log = log
    }

    func run() async -> ReloadOutcome {
        do {
            return .applied(changed: try await apply())
        } catch let error as ConfigurationError {
            return .refused(error.problems.map(\.description))
        } catch StartFailure.configuration(let error) {
            return .refused(error.problems.map(\.description))
        } catch StartFailure.policy(let error) {
            return .refused(
                error.diagnostics.filter { $0.severity == .error }.map(\.description))
        } catch let failure as KeyStore.Failure {
            return .refused([failure.text])
        } catch let refusal as JobDispatch.Refusal {
            return .refused(refusal.failures.map(\.description))
        } catch {
            return .refused(["\(error)"])
        }
    }

    private func apply() async throws -> [String] {
        let old = current.withLock { $0 }
        let (new, paths) = try await NIOThreadPool.singleton.runIfActive { [loader, apiKeys] in
            let new = try loader.load(for: .serving)
            try apiKeys.check(new)
            return (new, try new.policyFiles())
        }
        let changed = try old.change(to: new).get()
        let candidates = try await jobs.read(policies: paths)
        let values = try await NIOThreadPool.singleton.runIfActive {
            try LiveSettings.Values(
                new, within: candidates.limits, formats: candidates.formats)
        }
        for warning in new.warnings { log.logger.warning("\(warning)") }
        log.logger.warn(of: candidates.warnings)
        // Nothing below can fail but the policies, and they come first.
        let policies = try await jobs.serve(candidates, trying: values.jobTime) { [self] in
            settings.current = values
            keys.replace(configured: new.adminKey.map { [$0.text] } ?? [])
            apiKeys.change(new)
            // A level that was changed by hand stays, unless the configuration's is another one.
            if new.logLevel != old.logLevel { log.level = new.logLevel }
            log.format = new.logFormat
            current.withLock { $0 = new }
        }
        return changed + policies.map { "policy \($0)" }
    }
}

extension ReloadOutcome {
    /// In one line, for a service manager.
    var summary: String {
        switch self {
        case .applied(let changed) where changed.isEmpty: "Reloaded; nothing has changed"
        case .applied(let changed): "Reloaded: \(changed.joined(separator: ", "))"
        case .refused(let reasons):
            "Reload refused, everything stays as it was: \(reasons.joined(separator: " "))"
        }
    }
}
