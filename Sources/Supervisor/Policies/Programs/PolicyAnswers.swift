import SandboxPolicy
import WireProtocol

/// Where a policy's files decide about a call, and why: for whoever edits them after a child died.
struct PolicyAnswers: Sendable {
    private let path: String
    private let defaultPlace: PolicyDocument.Place
    private let rules: SeccompRules
    private let meaning: PolicyMeaning
    /// Where the files have limits that an image can meet, by key.
    private let limits: [(key: String, place: PolicyDocument.Place)]

    /// - Parameter rules: those that children get, of the document.
    init(_ rules: SeccompRules, of document: PolicyDocument) {
        path = document.path
        defaultPlace = document.defaultPlace
        self.rules = rules
        meaning = PolicyMeaning(rules, for: .native ?? .amd64)
        limits = ["memory", "cpu", "threads", "inputBytes", "outputBytes"].compactMap { key in
            document.places["x-glovebox.limits.\(key)"].map { (key, $0) }
        }
    }

    /// What decides about a call; nil for one of another architecture.
    func ruling(on denied: DeniedCall) -> CrashObservation.Call.Rule? {
        let decision = meaning.decision(on: SeccompCall(denied))
        if let rule = decision.rule {
            return CrashObservation.Call.Rule(
                file: rule.file ?? path, line: rule.position.line, action: rule.action.name,
                isDefault: false)
        }
        guard decision.action == rules.defaultAction else { return nil }
        return CrashObservation.Call.Rule(
            file: defaultPlace.file, line: defaultPlace.position.line,
            action: rules.defaultAction.name, isDefault: true)
    }

    /// "close(6), denied at /etc/policies/raster.yaml:83: the default action, since no rule is met".
    func denial(of denied: DeniedCall) -> String {
        let call = SeccompCall(denied)
        let text = Self.text(of: call)
        let decision = meaning.decision(on: call)
        if let rule = decision.rule {
            return "\(text), denied at \(place(of: rule)): \(rule.reason)"
        }
        if decision.action == rules.defaultAction {
            return "\(text), denied at \(place): the default action, since no rule is met"
        }
        return "\(text), a call of another architecture, which \(path) lets pass as little as "
            + "any policy"
    }

    /// Of a call that was ended at once, so that nobody was told which it was: what may have done it.
    var silentDenial: String {
        let ending = rules.rules.filter { Self.isSilent($0.action) }.map(place)
        let places = (Self.isSilent(rules.defaultAction) ? [place] : []) + ending.prefix(3)
        return "a call that was ended without a record of it, by what stands at "
            + (places.isEmpty ? place : places.joined(separator: " or "))
            + ": only SCMP_ACT_NOTIFY records calls"
    }

    /// Of a child that ended itself, or gave an image up, as libraries do for which a call must not
    /// fail: "no call was denied; rules that answer with an errno stand at raster.yaml:170, 203".
    var possibleCauses: String {
        var lines: [(file: String, numbers: [String])] = []
        for rule in rules.rules where rule.action.width == .answered {
            let file = rule.file ?? path
            if lines.last?.file != file { lines.append((file, [])) }
            lines[lines.count - 1].numbers.append("\(rule.position.line)")
        }
        let answered =
            lines.isEmpty
            ? "none is answered"
            : "rules that answer with an errno stand at "
                + lines.map { "\($0.file):\($0.numbers.joined(separator: ", "))" }
                .joined(separator: " and ")
        let places = limits.map { "\($0.place.file):\($0.place.position.line) (\($0.key))" }
        return "no call was denied; \(answered)"
            + (places.isEmpty ? "" : ", and limits at " + places.joined(separator: ", "))
    }

    /// Where a limit stands; nil where the files leave it at its default.
    func place(ofLimit key: String) -> String? {
        limits.first { $0.key == key }.map { "\($0.place.file):\($0.place.position.line)" }
    }

    /// Without the registers that the call does not use, which hold anything.
    private static func text(of call: SeccompCall) -> String {
        let architecture = SeccompArchitecture.allCases.first {
            $0.auditValue == call.architecture
        }
        let entry = architecture.flatMap { SyscallCatalogue.entry(number: call.number, on: $0) }
        guard let entry else { return call.text }
        return SeccompCall(
            architecture: call.architecture, number: call.number,
            arguments: Array(call.arguments.prefix(entry.arguments.count))
        ).text
    }

    private var place: String { "\(defaultPlace.file):\(defaultPlace.position.line)" }

    private func place(of rule: SyscallRule) -> String {
        "\(rule.file ?? path):\(rule.position.line)"
    }

    private static func isSilent(_ action: SeccompAction) -> Bool {
        [.killProcess, .killThread, .trap].contains(action)
    }
}

extension SeccompCall {
    fileprivate init(_ denied: DeniedCall) {
        self.init(
            architecture: denied.architecture, number: denied.number, arguments: denied.arguments,
            instructionPointer: denied.instructionPointer)
    }
}
