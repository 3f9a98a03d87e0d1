internal import CLinux
internal import Descriptors
internal import Glibc
internal import SandboxPolicy
internal import WireProtocol

/// The way from a fresh fork to a process that can only compute and answer: one ordered list, each
/// step with the reason for its place. Every failure ends the child and names its step.
enum Confinement {
    /// - Parameters:
    ///   - descriptors: what becomes 0 to 5, in order.
    ///   - handover: the number over which a failure can be told; it changes on the way.
    /// - Returns: the layers in force, those the kernel lacks among them.
    static func enter(
        descriptors: [CInt], handover: inout CInt, zygote: borrowing PreparedZygote
    ) throws(SetupFailure) -> Posture {
        var steps = ConfinementSteps()

        // A session of its own first: no signal for the zygote's group reaches the child, and no
        // terminal can become its own. Then every descriptor but the six goes, before anything can
        // go wrong, so that a child that fails half-way holds nothing either.
        try steps.ownSession()
        try steps.keepOnly(descriptors)
        handover = Child.Number.handover
        steps.standardSignals()
        // After the signals' actions were reset, and before the filter, which leaves a child only
        // SIGABRT's action and no stack for handlers: a crash from here on says where it was.
        try steps.crashReports()

        // The user namespace comes before the limits, because the limit on processes counts a user
        // within a namespace: here it counts this child alone, and siblings cannot starve it.
        try steps.ownUserNamespace(zygote.named)
        // A new namespace gives all capabilities within it.
        try steps.noCapabilities(zygote.named)
        steps.reportGroups()
        // Where no PID namespace ends the child with its zygote, a signal does. Credentials change
        // no more from here on, which would clear it (prctl(2), PR_SET_PDEATHSIG).
        if let process = zygote.process { try steps.dieWithZygote(process) }

        // Limits before the filter, which closes prlimit for good. The one on descriptors comes from
        // the zygote: it would keep the filter's listener from being sent.
        try steps.limits(zygote.configuration, zygote.memory)

        // Before the filter too: seccomp(2) asks an unprivileged process for no_new_privs, and
        // prctl is closed but for thread names afterwards.
        try steps.noNewPrivileges()
        steps.denyWriteExecute()
        steps.controlSpeculation()
        try steps.notDumpable()

        // Landlock needs no_new_privs and its own system calls, which the filter does not allow. It
        // opens the folders that may be read, too, which by then cannot be replaced.
        try steps.landlock(zygote.configuration.root)

        // Last: from here on a call beyond the policy is held by the kernel until the zygote, which
        // gets the listener over descriptor 5, has recorded it and killed the child.
        try steps.filter(
            zygote.configuration.program, records: zygote.configuration.recording != nil)
        return steps.posture
    }
}

/// The steps of ``Confinement``, in order.
struct ConfinementSteps {
    private(set) var posture = Posture()

    func ownSession() throws(SetupFailure) {
        guard setsid() >= 0 else { throw Self.failure("session", errno) }
    }

    /// The sources are lifted above all targets first, or a copy could land on a descriptor that is
    /// still to be copied.
    func keepOnly(_ descriptors: [CInt]) throws(SetupFailure) {
        var lifted: [CInt] = []
        for number in descriptors {
            let copy = fcntl(number, F_DUPFD, 64)
            guard copy >= 0 else { throw Self.failure("descriptors", errno) }
            lifted.append(copy)
        }
        for (target, number) in lifted.enumerated() {
            try Self.check("descriptors", clinux_dup_to(number, CInt(target)))
        }
        try Self.check("descriptors", clinux_close_range(UInt32(descriptors.count), ~0))
    }

    func standardSignals() {
        clinux_reset_signals()
    }

    func crashReports() throws(SetupFailure) {
        try Self.check("crash reports", clinux_report_crashes())
    }

    mutating func ownUserNamespace(_ named: NamedPosture) throws(SetupFailure) {
        let result = clinux_unshare(clinux_ns_user)
        if result < 0, named.dispensable.contains(.childUserNamespace) {
            return note(.childUserNamespace, result)
        }
        try Self.check(Layer.childUserNamespace, result)
        posture.set(.childUserNamespace, .enforced)
    }

    mutating func noCapabilities(_ named: NamedPosture) throws(SetupFailure) {
        try Capabilities.giveUp(under: named)
        posture.set(.capabilities, .enforced)
    }

    func dieWithZygote(_ zygote: CInt) throws(SetupFailure) {
        try Self.check("parent-death signal", clinux_die_with_parent())
        // It may have died before.
        guard getppid() == zygote else { throw Self.failure("parent-death signal", ESRCH) }
    }

    /// Groups can be emptied only by root: the supervisor does it when it was started so. Otherwise
    /// they are inherited, and the posture says so.
    mutating func reportGroups() {
        let count = clinux_group_count()
        posture.set(.groups, count == 0 ? .enforced : .unsupported, detail: UInt32(max(0, count)))
    }

    mutating func limits(
        _ configuration: ZygoteConfiguration, _ resting: PreparedZygote.RestingMemory
    ) throws(SetupFailure) {
        let limits = ChildLimits(
            configuration, resting,
            countsAlone: posture[.childUserNamespace]?.state == .enforced)
        for limit in limits.own {
            let number = CInt(limit.kind.rawValue)
            try Self.check(limit.kind.name, clinux_set_limit(number, limit.soft, limit.hard))
        }
        posture.set(.resourceLimits, .enforced)
    }

    mutating func noNewPrivileges() throws(SetupFailure) {
        try Self.check(Layer.noNewPrivileges, clinux_no_new_privileges())
        posture.set(.noNewPrivileges, .enforced)
    }

    mutating func denyWriteExecute() {
        note(.memoryDenyWriteExecute, clinux_deny_write_execute())
    }

    mutating func controlSpeculation() {
        note(.speculationControl, clinux_control_speculation())
    }

    mutating func notDumpable() throws(SetupFailure) {
        try Self.check(Layer.notDumpable, clinux_not_dumpable())
        posture.set(.notDumpable, .enforced)
    }

    mutating func landlock(_ root: SandboxRoot) throws(SetupFailure) {
        let abi = clinux_landlock_abi()
        guard abi > 0 else {
            posture.set(.landlock, .unsupported, detail: UInt32(bitPattern: -abi))
            return
        }
        let number = clinux_landlock_deny_all(abi)
        try Self.check(Layer.landlock, number)
        let ruleset = Descriptor(taking: number)
        for path in root.folders {
            // One that is not there, nobody needs to be allowed to read.
            guard let folder = try? Descriptor(opening: path, as: .directory) else { continue }
            try Self.check(
                Layer.landlock, clinux_landlock_allow_reading(ruleset.number, folder.number))
        }
        try Self.check(Layer.landlock, clinux_landlock_restrict(ruleset.number))
        posture.set(.landlock, .enforced, detail: UInt32(abi))
    }

    /// Installs the program, hands its listener over, waits until the zygote has it, and closes
    /// both ways in. The program allows one kind of sendmsg: this one's descriptor, and that is
    /// closed afterwards.
    ///
    /// - Parameter records: whether calls are recorded instead of denied.
    mutating func filter(_ program: [UInt8], records: Bool) throws(SetupFailure) {
        posture.set(.seccomp, records ? .disabled : .enforced)
        let count = UInt16(program.count / 8)
        // The kernel copies `count` instructions of 8 bytes out of the array within the call.
        let listener = unsafe program.withUnsafeBytes { bytes in
            unsafe clinux_seccomp_install(bytes.baseAddress, count)
        }
        try Self.check(Layer.seccomp, listener)
        let handover = PacketSocket(taking: Descriptor(taking: Child.Number.handover))
        do throws(SystemError) {
            try handover.send([0], descriptors: [listener])
            let word = try handover.descriptor.read(atMost: 1)
            guard word == [1] else { throw SystemError("read", ECONNRESET) }
        } catch {
            // The filter is in force, so this is all that can still be said. Where the zygote is
            // gone, nobody hears it.
            let failure = Self.failure("seccomp handover", error.code)
            try? handover.send(ZygoteMessage.failed(child: 0, failure).encoded())
            _exit(1)
        }
        close(listener)
    }

    /// A layer that is used where the kernel has it.
    private mutating func note(_ layer: Layer, _ result: CInt) {
        posture.set(
            layer, result >= 0 ? .enforced : .unsupported,
            detail: UInt32(bitPattern: abs(result)))
    }

    private static func check(_ stage: String, _ result: CInt) throws(SetupFailure) {
        guard result < 0 else { return }
        throw failure(stage, -result)
    }

    private static func check(_ layer: Layer, _ result: CInt) throws(SetupFailure) {
        try check(layer.rawValue, result)
    }

    private static func failure(_ stage: String, _ code: CInt) -> SetupFailure {
        SetupFailure(stage: stage, code: code, detail: SystemError(stage, code).description)
    }
}
