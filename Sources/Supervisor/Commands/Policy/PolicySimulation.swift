import SandboxPolicy

/// Decides calls as the kernel would: by the compiled program, held against the rules' own meaning
/// on every call that is asked for.
struct PolicySimulation {
    struct Decision: Equatable {
        enum Source: Equatable {
            case rule(SyscallRule)
            /// No rule's conditions are met, or none names the call.
            case standard
            /// The call is made as another architecture.
            case architecture
        }

        var action: SeccompAction
        var source: Source
    }

    let path: String
    let architecture: SeccompArchitecture
    let defaultPlace: PolicyDocument.Place
    private let filter: CompiledFilter
    private let meaning: PolicyMeaning

    init(_ input: PolicyInput, on architecture: SeccompArchitecture) throws(CommandFailure) {
        path = input.document.path
        self.architecture = architecture
        defaultPlace = input.document.defaultPlace
        filter = try input.program(for: architecture, orEnd: .failed)
        meaning = PolicyMeaning(input.document.rules(for: architecture), for: architecture)
    }

    /// - Throws: when the program does not do what the rules say.
    func decision(on call: SeccompCall) throws(CommandFailure) -> Decision {
        let wanted = meaning.decision(on: call)
        let answer = filter.answer(to: call)
        guard answer == wanted.action.returnValue else {
            let mismatch = ProgramCheck.Mismatch(call: call, expected: wanted, answer: answer)
            let problem = PolicyDiagnostic(
                .error, .programMismatch, file: wanted.rule?.file ?? path,
                at: wanted.rule?.position ?? .start, what: mismatch.description,
                hint: "report it with the file, and serve another policy until then")
            throw .failed(problem.description)
        }
        let isForeign =
            call.architecture != architecture.auditValue
            || architecture.isForeign(number: call.number)
        let source = wanted.rule.map { Decision.Source.rule($0) }
        return Decision(
            action: wanted.action, source: source ?? (isForeign ? .architecture : .standard))
    }

    /// The arguments that rules for a call compare.
    func compared(_ number: UInt32) -> Set<Int> {
        Set(meaning.rules(for: number).flatMap(\.conditions).map { Int($0.index) })
    }

    /// What could be decided about a call of which some arguments are not known; one element where
    /// they make no difference.
    ///
    /// - Parameter arguments: six, nil for those that are not known.
    func possible(
        _ number: UInt32, _ architecture: UInt32, _ arguments: [UInt64?]
    ) throws(CommandFailure) -> [Decision] {
        let call = SeccompCall(
            architecture: architecture, number: number, arguments: arguments.map { $0 ?? 0 })
        let unknown = compared(number).contains { arguments[$0] == nil }
        let decided = try decision(on: call)
        guard unknown, decided.source != .architecture else { return [decided] }
        var found: [Decision] = []
        var isDecided = false
        for rule in meaning.rules(for: number) {
            let outcomes = rule.conditions.map { condition in
                arguments[Int(condition.index)].map { condition.holds(for: $0) }
            }
            if outcomes.contains(false) { continue }
            found.append(Decision(action: rule.action, source: .rule(rule)))
            if !outcomes.contains(nil) { isDecided = true }
        }
        if !isDecided {
            found.append(
                Decision(action: meaning.defaultAction, source: .standard))
        }
        let actions = found.map(\.action)
        return actions.allSatisfy { $0 == actions[0] } && found.count > 0 ? [found[0]] : found
    }

    /// "policies/raster.yaml:103", the line of the rule or of the default.
    func location(_ source: Decision.Source) -> String {
        switch source {
        case .rule(let rule): "\(rule.file ?? path):\(rule.position.line)"
        case .standard: "\(defaultPlace.file):\(defaultPlace.position.line)"
        case .architecture: path
        }
    }

    func reason(_ source: Decision.Source) -> String {
        switch source {
        case .rule(let rule): rule.reason
        case .standard: "the default action, since no rule is met"
        case .architecture: "a call of another architecture, which no policy lets pass"
        }
    }
}

extension PolicySimulation.Decision.Source {
    /// In JSON.
    var name: String {
        switch self {
        case .rule: "rule"
        case .standard: "default"
        case .architecture: "architecture"
        }
    }

    var rule: SyscallRule? {
        if case .rule(let rule) = self { return rule }
        return nil
    }
}
