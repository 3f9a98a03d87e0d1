import ArgumentParser
import Glibc
import Logging
import SandboxPolicy

/// `glovebox doctor [--json]`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Starts the sandboxes, shows what holds them, and who could change the policies.",
        usage: "glovebox doctor [--json] [<options>]",
        discussion: """
            Exits with 3 when a layer that is required is not in force, and with 1 when a policy \
            cannot be served. That the service's own account could change a policy is a warning \
            and changes nothing of that.

            --json prints one object:
              posture   the posture that was asked for: strict, container or audit
              libvips   the version that was loaded, null when it did not come to that
              libmagic  its version as a number such as 546, or null
              account   the account under which the service works: --user for root,
                        else whoever calls
              policies  a list with one object for each policy:
                policy    its name
                path      its file
                base      the file of its base, or null
                sha256    of the file
                state     serving, disabled (none of its formats is enabled), failed
                problem   why it failed, or null
                formats   those that are served
                formats_disabled  those that the setting formats leaves out
                warnings  what its author should know
                libvips, libvips_from  the version, and its folder or system
                fonts     how many there are to draw text with, null where none is
                          drawn
                writable  whether the account could change the file, a folder or a
                          link on the way to it
                reason    why, or null
                remedy    the commands that mend it, or null
                exposures each such place: path, reason, remedy
            layers    a list with one object for each layer there is:
                layer     its name in policy files
                title     its name for people
                state     enforced, unsupported or disabled
                required  whether nothing starts without it: true or false
                reason    what it is there for
                remedy    what to do about it, null when it is enforced
                detail    a number, 0 where there is none: of an enforced layer what
                          there is of it, such as Landlock's ABI, of another the
                          kernel's errno, of groups how many are held
                note      what the number means, or null
                lost      what the posture costs by doing without the layer, or null
                policies  those that have it otherwise: policy, state, detail, note

            \(SandboxOptions.discussion)
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let configuration = try sandbox.configuration()
        let named = configuration.posture
        let oneShot = OneShot(configuration: configuration)
        let prepared = try oneShot.prepare()
        // Opened now, while it may still need root's rights: to look on where a start ends.
        let weaker = try oneShot.prepare(.container)
        let trails = PolicyTrails(
            folder: configuration.policies, paths: try oneShot.policies())
        let required = prepared.requiredLayers
        let known = prepared.known
        let machine = HostFacts.probe()
        try oneShot.giveUpRoot()

        let begun = await JobRunner.begin(
            prepared, metrics: NoMetrics(), logger: oneShot.logger)
        let pools = await begun.runner.status().pools
        await begun.runner.stop()
        var posture = pools.compactMap(\.posture).first ?? begun.refusal?.posture
        var libraries = Self.libraries(of: pools)
        if begun.refusal?.isPostureNotMet == true {
            posture = begun.refusal?.posture
            libraries = nil
            if named == .strict, let found = await lookOn(weaker) { (posture, libraries) = found }
        }
        guard let posture else {
            throw CommandFailure(begun.refusal ?? begun.failures.first?.reason ?? .noAnswer(""))
        }
        func policy(_ policy: ServedPolicy, isDisabled: Bool) -> DoctorPolicy {
            let bases = policy.base.map { [$0.path] } ?? []
            return DoctorPolicy(
                policy, pool: pools.first { $0.policy == policy.name },
                failure: begun.failures.first { $0.policy == policy.name }?.reason,
                isDisabled: isDisabled, exposures: trails.exposures(of: [policy.file.path] + bases))
        }
        try show(
            DoctorReport(
                named: named, posture: posture, required: required, libraries: libraries,
                machine: machine, account: AccountName.user(geteuid()),
                policies: known.served.map { policy($0, isDisabled: false) }
                    + known.disabled.map { policy($0, isDisabled: true) }))
        if let failure = begun.refusal ?? begun.failures.first?.reason {
            throw CommandFailure(failure, isDoctor: true)
        }
    }

    private typealias Libraries = (libvips: String, libmagic: UInt32)

    /// Those of the first policy that is served.
    private static func libraries(of pools: [PoolStatus]) -> Libraries? {
        pools.first { $0.libvips != nil }.flatMap { pool in
            pool.libvips.map { ($0, pool.libmagic ?? 0) }
        }
    }

    /// What a weaker posture finds where the one that was asked for ended at a layer.
    private func lookOn(
        _ prepared: consuming JobRunner.Prepared
    ) async -> (Posture?, Libraries?)? {
        guard let jobs = await quietStart(prepared) else { return nil }
        let pools = await jobs.status().pools
        await jobs.stop()
        return (pools.compactMap(\.posture).first, Self.libraries(of: pools))
    }

    /// A start whose failure is no news.
    private func quietStart(_ prepared: consuming JobRunner.Prepared) async -> JobRunner? {
        let quiet = LogOutput.standardError(level: .critical).logger
        return try? await JobRunner.start(
            prepared, metrics: NoMetrics(), logger: quiet)
    }

    private func show(_ report: DoctorReport) throws(CommandFailure) {
        let text = json ? report.json.text + "\n" : report.text
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }
}
