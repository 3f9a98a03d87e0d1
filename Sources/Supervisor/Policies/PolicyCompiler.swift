import SandboxPolicy

/// Turns a policy into the program a child installs.
///
/// libseccomp writes the program, and ``ProgramCheck`` holds it against the rules before anybody
/// uses it; the sandbox never sees the library. Calls may block, keep nothing, and may run on any
/// thread.
enum PolicyCompiler {
    /// The program for the architecture this runs on, of a policy that is to be served.
    ///
    /// - Parameter rules: other rules than the policy's own.
    /// - Throws: ``PolicyError`` when the policy does not cover this architecture or lets pass what
    ///   it does not name, when libseccomp or the kernel's rules refuse the program, or when the
    ///   program does not do what the policy says.
    static func compile(
        _ policy: PolicyFile, by rules: SeccompRules? = nil
    ) throws(PolicyError) -> CompiledFilter {
        let rules = rules ?? policy.seccomp
        let path = policy.path
        guard let native = SeccompArchitecture.native else {
            throw refusal(
                .architecture, path, .start, "no policy covers this machine", "use another one")
        }
        guard [.notify, .killProcess].contains(rules.defaultAction) else {
            throw refusal(
                .openDefault, path, .start, "what the policy does not name is not stopped",
                "write 'defaultAction: SCMP_ACT_NOTIFY' under linux.seccomp and allow by name")
        }
        return try compile(rules, for: native, path: path)
    }

    /// The program of rules that were decided for an architecture, on a machine of any.
    ///
    /// - Parameters:
    ///   - rules: With any default action: not every file that tools read is one to be served.
    ///   - path: The file that the rules are from, for diagnostics.
    /// - Throws: ``PolicyError`` as above, but for open defaults.
    static func compile(
        _ rules: SeccompRules, for architecture: SeccompArchitecture, path: String
    ) throws(PolicyError) -> CompiledFilter {
        let plan = try plan(rules, for: architecture, path: path)
        let library = try library(plan, rules, for: architecture, path: path)
        let filter: CompiledFilter
        do throws(LibseccompFilter.Failure) {
            filter = try joined(plan.prefix(for: architecture), try library.program())
        } catch {
            throw refusal(failure: error, path)
        }
        let meaning = PolicyMeaning(rules, for: architecture)
        do throws(ProgramCheck.Mismatch) {
            try ProgramCheck.check(filter, means: meaning, on: architecture)
        } catch {
            throw refusal(
                .programMismatch, error.expected.rule?.file ?? path,
                error.expected.rule?.position ?? .start, error.description,
                "write args of the rules for this call that exclude each other, or use libseccomp "
                    + "2.6.1 or newer")
        }
        return filter
    }

    /// The program in libseccomp's pseudo code, for readers. What is answered ahead of libseccomp's
    /// program stands above it as comments.
    static func pseudoCode(
        _ rules: SeccompRules, for architecture: SeccompArchitecture, path: String
    ) throws(PolicyError) -> String {
        let plan = try plan(rules, for: architecture, path: path)
        let library = try library(plan, rules, for: architecture, path: path)
        let ahead = plan.ahead.map { entry in
            "# ahead of the program: \(entry.name.text) (\(entry.number)): "
                + "\(entry.rule.action.text)\n"
        }
        do throws(LibseccompFilter.Failure) {
            return ahead.joined() + (try library.pseudoCode())
        } catch {
            throw refusal(failure: error, path)
        }
    }

    private static func plan(
        _ rules: SeccompRules, for architecture: SeccompArchitecture, path: String
    ) throws(PolicyError) -> FilterPlan {
        guard rules.architectures.contains(architecture) else {
            throw refusal(
                .architecture, path, .start,
                "the policy does not cover \(architecture.label)",
                "add \(architecture.rawValue) to linux.seccomp.architectures")
        }
        do throws(FilterPlan.Untranslatable) {
            return try FilterPlan(rules, for: architecture)
        } catch {
            throw refusal(
                .structure, path, error.name.position,
                "this machine's libseccomp does not know '\(error.name.text)', and cannot write "
                    + "a rule with args for it on \(architecture.label)",
                "leave the args out, or use a libseccomp that knows the call")
        }
    }

    private static func library(
        _ plan: FilterPlan, _ rules: SeccompRules, for architecture: SeccompArchitecture,
        path: String
    ) throws(PolicyError) -> LibseccompFilter {
        let library: LibseccompFilter
        do throws(LibseccompFilter.Failure) {
            library = try .empty(defaultAction: rules.defaultAction, for: architecture)
        } catch {
            throw refusal(failure: error, path)
        }
        for entry in plan.entries {
            guard let number = entry.libraryNumber else { continue }
            do throws(LibseccompFilter.Failure) {
                try library.add(entry.rule.action, number, entry.rule.conditions)
            } catch {
                throw refusal(
                    .contradiction, entry.rule.file ?? path, entry.name.position,
                    "libseccomp refuses this rule for '\(entry.name.text)': \(error)",
                    "compare it with the other rules for the same call")
            }
        }
        return library
    }

    private static func joined(
        _ prefix: [FilterInstruction], _ own: CompiledFilter
    ) throws(LibseccompFilter.Failure) -> CompiledFilter {
        if prefix.isEmpty { return own }
        do throws(CompiledFilterError) {
            return try CompiledFilter(prefix + own.instructions)
        } catch {
            throw .program(error)
        }
    }

    private static func refusal(
        failure: LibseccompFilter.Failure, _ path: String
    ) -> PolicyError {
        refusal(
            failure.isTooLong ? .programLength : .structure, path, .start,
            "no program could be made of this policy: \(failure)",
            "make it smaller, or report it with the file")
    }

    private static func refusal(
        _ check: PolicyCheck, _ path: String, _ position: SourcePosition, _ what: String,
        _ hint: String
    ) -> PolicyError {
        PolicyError(
            diagnostics: [
                PolicyDiagnostic(.error, check, file: path, at: position, what: what, hint: hint)
            ])
    }
}
