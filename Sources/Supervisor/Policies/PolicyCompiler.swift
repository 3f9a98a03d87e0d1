import CLinux
import CSeccomp
import Descriptors
import Glibc
import SandboxPolicy

/// Turns a policy into the program a child installs, for the architecture this runs on.
///
/// libseccomp writes the program; the sandbox never sees the library. Calls may block, keep
/// nothing, and may run on any thread.
enum PolicyCompiler {
    /// - Throws: ``PolicyError`` when the policy does not cover this architecture, or when
    ///   libseccomp or the kernel's rules refuse the program.
    static func compile(_ policy: PolicyFile) throws(PolicyError) -> CompiledFilter {
        guard let native = SeccompArchitecture.native else {
            throw refusal(policy.path, .start, "no policy covers this machine", "use another one")
        }
        return try compile(policy.seccomp, for: native, path: policy.path)
    }

    /// The program of rules that were decided for an architecture, which need not be this one.
    ///
    /// - Parameter path: The file that the rules are from, for diagnostics.
    /// - Throws: ``PolicyError`` as above.
    static func compile(
        _ rules: SeccompRules, for architecture: SeccompArchitecture, path: String
    ) throws(PolicyError) -> CompiledFilter {
        func refuse(_ position: SourcePosition, _ what: String, _ hint: String) -> PolicyError {
            refusal(path, position, what, hint)
        }
        guard rules.architectures.contains(architecture) else {
            throw refuse(
                .start, "the policy does not cover the architecture of this machine",
                "add \(architecture.rawValue) to linux.seccomp.architectures")
        }
        guard [.notify, .killProcess].contains(rules.defaultAction) else {
            throw refuse(
                .start, "what the policy does not name is not stopped",
                "write 'defaultAction: SCMP_ACT_NOTIFY' under linux.seccomp and allow by name")
        }
        do {
            let context = try FilterContext(defaultAction: rules.defaultAction)
            try context.configure()
            for rule in rules.rules where rule.action != rules.defaultAction {
                for name in rule.names {
                    // A call that this architecture lacks needs no rule here.
                    guard case .number(let number) = SyscallNames.lookup(name.text) else {
                        continue
                    }
                    do {
                        try context.add(rule.action, number, rule.conditions)
                    } catch {
                        throw refuse(
                            name.position,
                            "libseccomp refuses this rule for '\(name.text)': \(error)",
                            "compare it with the other rules for the same call")
                    }
                }
            }
            return try context.program()
        } catch let error as PolicyError {
            throw error
        } catch {
            throw refuse(
                .start, "no program could be made of this policy: \(error)",
                "make it smaller, or report it with the file")
        }
    }

    private static func refusal(
        _ path: String, _ position: SourcePosition, _ what: String, _ hint: String
    ) -> PolicyError {
        PolicyError(
            diagnostics: [PolicyDiagnostic(file: path, at: position, what: what, hint: hint)])
    }
}

/// One libseccomp filter under construction, for the native architecture alone.
///
/// Safe: the handle is made here, never leaves, and is released once, in `deinit`.
@safe private struct FilterContext: ~Copyable {
    private let handle: scmp_filter_ctx

    /// What went wrong in libseccomp or on the way back from it.
    enum Failure: Error, CustomStringConvertible {
        case library(errno: Int32)
        case program(CompiledFilterError)

        var description: String {
            switch self {
            case .library(let code):
                // strerror answers with a string of its own that stays valid until the next call.
                unsafe String(cString: strerror(code))
            case .program(let error): "\(error)"
            }
        }
    }

    init(defaultAction: SeccompAction) throws(Failure) {
        // What this kernel can do is for the child to find out, which names the layer: without a
        // level libseccomp asks the kernel and refuses to write down what it lacks. 5 has
        // SCMP_ACT_NOTIFY.
        guard seccomp_api_set(5) == 0 else { throw .library(errno: EOPNOTSUPP) }
        guard let handle = unsafe seccomp_init(defaultAction.returnValue) else {
            throw .library(errno: EINVAL)
        }
        unsafe self.handle = handle
    }

    /// What every filter of ours has in common.
    borrowing func configure() throws(Failure) {
        // Its own default is to kill the thread, which leaves a process of several hanging.
        try set(SCMP_FLTATR_ACT_BADARCH, SeccompAction.killProcess.returnValue)
        // Confinement sets no_new_privs itself, as a step with a name.
        try set(SCMP_FLTATR_CTL_NNP, 0)
        // 2: a binary tree over the numbers instead of one comparison after the other.
        try set(SCMP_FLTATR_CTL_OPTIMIZE, 2)
    }

    deinit { unsafe seccomp_release(handle) }

    private borrowing func set(_ attribute: scmp_filter_attr, _ value: UInt32) throws(Failure) {
        try Self.check(unsafe seccomp_attr_set(handle, attribute, value))
    }

    borrowing func add(
        _ action: SeccompAction, _ number: Int32, _ conditions: [ArgumentCondition]
    ) throws(Failure) {
        let comparisons = conditions.map { condition in
            scmp_arg_cmp(
                arg: UInt32(condition.index), op: condition.comparison.libraryValue,
                datum_a: condition.value, datum_b: condition.valueTwo)
        }
        // The array outlives the call, which copies from it.
        let status = unsafe seccomp_rule_add_array(
            handle, action.returnValue, number, UInt32(comparisons.count), comparisons)
        try Self.check(status)
    }

    /// The finished program.
    borrowing func program() throws(Failure) -> CompiledFilter {
        let bytes = try export()
        do {
            return try CompiledFilter(encoded: bytes.span)
        } catch {
            throw .program(error)
        }
    }

    /// The program as bytes. libseccomp 2.5 writes to a descriptor only: a memory file, which unlike
    /// a pipe takes a program of any size from the thread that then reads it.
    private borrowing func export() throws(Failure) -> [UInt8] {
        // The name is a constant with a NUL behind it, used within the call.
        let number = unsafe clinux_memfd("filter")
        try Self.check(number)
        let file = Descriptor(taking: number)
        // The descriptor is open as long as `file` lives.
        try Self.check(unsafe seccomp_export_bpf(handle, file.number))
        guard lseek(file.number, 0, SEEK_SET) == 0 else { throw .library(errno: errno) }
        do {
            // Room for more than the kernel takes, so that a longer program is refused as such.
            return try file.readToEnd(
                limit: 4 * CompiledFilter.largestCount * FilterInstruction.size)
        } catch {
            throw .library(errno: error.code)
        }
    }

    private static func check(_ status: Int32) throws(Failure) {
        guard status >= 0 else { throw .library(errno: -status) }
    }
}

extension ArgumentCondition.Comparison {
    fileprivate var libraryValue: scmp_compare {
        switch self {
        case .notEqual: SCMP_CMP_NE
        case .less: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .equal: SCMP_CMP_EQ
        case .greaterOrEqual: SCMP_CMP_GE
        case .greater: SCMP_CMP_GT
        case .maskedEqual: SCMP_CMP_MASKED_EQ
        }
    }
}
