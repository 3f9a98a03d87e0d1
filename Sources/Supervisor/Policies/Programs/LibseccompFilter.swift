import CLinux
import CSeccomp
import Descriptors
import Glibc
import SandboxPolicy

/// One libseccomp filter under construction, for one architecture.
///
/// Safe: the handle is made here, never leaves, and is released once, in `deinit`.
@safe struct LibseccompFilter: ~Copyable {
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
            case .program(.badLength(let count)):
                "\(count) instructions, and the kernel takes \(CompiledFilter.largestCount)"
            case .program(let error): "\(error)"
            }
        }

        var isTooLong: Bool {
            switch self {
            case .library(let code): code == EFBIG
            case .program(.badLength): true
            case .program: false
            }
        }
    }

    private init(defaultAction: SeccompAction) throws(Failure) {
        // What this kernel can do is for the child to find out, which names the layer: without a
        // level libseccomp asks the kernel and refuses to write down what it lacks. 5 has
        // SCMP_ACT_NOTIFY.
        guard seccomp_api_set(5) == 0 else { throw .library(errno: EOPNOTSUPP) }
        guard let handle = unsafe seccomp_init(defaultAction.returnValue) else {
            throw .library(errno: EINVAL)
        }
        unsafe self.handle = handle
    }

    /// A filter without rules.
    ///
    /// - Parameter architecture: That of the program, which need not be this machine's.
    static func empty(
        defaultAction: SeccompAction, for architecture: SeccompArchitecture
    ) throws(Failure) -> LibseccompFilter {
        let filter = try LibseccompFilter(defaultAction: defaultAction)
        try filter.configure(for: architecture)
        return filter
    }

    /// What every filter of ours has in common.
    private borrowing func configure(for architecture: SeccompArchitecture) throws(Failure) {
        // libseccomp names architectures by their AUDIT_ARCH values.
        let (native, wanted) = (seccomp_arch_native(), architecture.auditValue)
        if wanted != native {
            try Self.check(unsafe seccomp_arch_add(handle, wanted))
            try Self.check(unsafe seccomp_arch_remove(handle, native))
        }
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

    /// Adds a rule, by the number that the call has on this machine; libseccomp finds that of the
    /// filter's architecture by the name.
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
        let bytes = try export(asText: false)
        do {
            return try CompiledFilter(encoded: bytes.span)
        } catch {
            throw .program(error)
        }
    }

    /// The program in libseccomp's own pseudo code.
    borrowing func pseudoCode() throws(Failure) -> String {
        String(decoding: try export(asText: true), as: UTF8.self)
    }

    /// What libseccomp writes. Version 2.5 writes to a descriptor only: a memory file,
    /// which unlike a pipe takes any size from the thread that then reads it.
    private borrowing func export(asText: Bool) throws(Failure) -> [UInt8] {
        // The name is a constant with a NUL behind it, used within the call.
        let number = unsafe clinux_memfd("filter")
        try Self.check(number)
        let file = Descriptor(taking: number)
        // The descriptor is open as long as `file` lives.
        let status =
            unsafe asText
            ? seccomp_export_pfc(handle, file.number) : seccomp_export_bpf(handle, file.number)
        try Self.check(status)
        guard lseek(file.number, 0, SEEK_SET) == 0 else { throw .library(errno: errno) }
        do {
            // Room for more than the kernel takes, so that a longer program is refused as such.
            return try file.readToEnd(limit: 64 * CompiledFilter.largestCount)
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
