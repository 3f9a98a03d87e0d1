import SandboxPolicy

/// Calls without which no child gets as far as its image: what `Confinement` does after the filter
/// is in force, what `Child` does up to decoding, and its end.
enum NeededCallCheck {
    /// A call by name and the arguments that it has, and what it is for.
    struct Need: Sendable {
        let name: String
        let arguments: CallSearch.Values
        let purpose: String
        /// The list that such a call is to be allowed by; nil for the call without conditions.
        var severity = PolicyDiagnostic.Severity.error
    }

    private static let minusOne: UInt64 = 0xffff_ffff

    static let needs: [Need] = [
        Need(
            name: "sendmsg", arguments: [0: 5],
            purpose: "hands the filter's listener to the zygote over descriptor 5"),
        Need(
            name: "read", arguments: [0: 5],
            purpose: "waits on descriptor 5 until the zygote has the listener"),
        Need(name: "close", arguments: [0: 5], purpose: "closes descriptor 5 before the image"),
        Need(
            name: "write", arguments: [0: 4],
            purpose: "says on descriptor 4 that the child is ready, and writes the result"),
        Need(name: "read", arguments: [0: 0], purpose: "reads the job on descriptor 0"),
        // PROT_READ, MAP_PRIVATE.
        Need(
            name: "mmap", arguments: [2: 1, 3: 2, 4: 3, 5: 0],
            purpose: "maps the input, descriptor 3, for reading"),
        // PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS.
        Need(
            name: "mmap", arguments: [2: 3, 3: 0x22, 4: minusOne, 5: 0],
            purpose: "takes memory for pixels"),
        Need(name: "munmap", arguments: [:], purpose: "gives memory back"),
        Need(name: "brk", arguments: [:], purpose: "grows the heap"),
        Need(name: "exit_group", arguments: [0: 0], purpose: "ends the child"),
        Need(
            name: "write", arguments: [0: 2],
            purpose: "writes a library's warning to descriptor 2", severity: .warning),
        Need(
            name: "write", arguments: [0: 1],
            purpose: "writes to descriptor 1 what a library prints", severity: .warning),
    ]

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        // A bare profile is for other programs, and an open default lets these calls pass.
        guard subject.document.glovebox != nil, !subject.defaultAction.permits else { return [] }
        return needs.compactMap { refusal(of: $0, subject) } + threads(subject)
    }

    private static func refusal(of need: Need, _ subject: LintSubject) -> PolicyDiagnostic? {
        for search in subject.searches
        where search.carriedOut(need.name, fixing: need.arguments).isEmpty {
            // An architecture without the call has another way.
            guard let decision = search.decision(on: need.name, need.arguments) else { continue }
            let what =
                "\(need.shown) is not allowed on \(search.architecture.rawValue), which "
                + need.purpose
            if let rule = decision.rule {
                return subject.diagnostic(
                    need.severity, .neededCall, rule, naming: need.name, what,
                    "write SCMP_ACT_ALLOW")
            }
            return subject.diagnostic(
                need.severity, .neededCall, at: subject.defaultPlace, what,
                "add a rule that allows it, as in policies/raster.yaml")
        }
        return nil
    }

    /// pthread_create of glibc 2.34 and newer tries clone3 first, and clone after ENOSYS alone.
    private static func threads(_ subject: LintSubject) -> [PolicyDiagnostic] {
        for search in subject.searches
        where !search.carriedOut("clone", fixing: [0: 0x3d_0f00]).isEmpty {
            guard let decision = search.decision(on: "clone3", [:]),
                decision.action != .errno(38), !decision.action.permits
            else { continue }
            let what = "clone3 is not answered with ENOSYS, so no child ever comes to clone"
            let hint = "answer clone3 with SCMP_ACT_ERRNO and errnoRet 38"
            let rule =
                decision.rule
                ?? search.carriedOut("clone", fixing: [0: 0x3d_0f00]).first?.rule
            guard let rule else { continue }
            let name = decision.rule == nil ? "clone" : "clone3"
            return [subject.diagnostic(.warning, .neededCall, rule, naming: name, what, hint)]
        }
        return []
    }
}

extension NeededCallCheck.Need {
    /// `read(0)`, `munmap`: the first argument where it is the one that counts.
    fileprivate var shown: String {
        guard arguments.count == 1, let first = arguments[0] else { return "'\(name)'" }
        return "'\(name)' of \(name == "exit_group" ? "status" : "descriptor") \(first)"
    }
}
