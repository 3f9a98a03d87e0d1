import SandboxPolicy

/// A policy on its way from one or two files to a document.
struct PolicyDraft {
    private var parts: PolicyParts
    private let path: String
    private var base: PolicyDocument.Base?
    private var diagnostics: [PolicyDiagnostic]
    private var places: [String: PolicyDocument.Place]

    init(_ parts: PolicyParts, path: String, _ values: StrictValues) {
        self.parts = parts
        self.path = path
        diagnostics = values.inOrder
        places = values.places
    }

    /// Reads the base and takes from it what the file leaves open.
    ///
    /// What is wrong with the base is wrong with the policy, and is told with the base's file.
    mutating func complete(by named: GloveboxSection.Base) {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let basePath = "\(folder)\(named.fileName)"
        func refuse(_ what: String, _ hint: String) -> PolicyDiagnostic {
            PolicyDiagnostic(file: path, at: named.position, what: what, hint: hint)
        }
        guard basePath != path else {
            diagnostics.append(
                refuse("a policy is no base of itself", "name another file, or leave it out"))
            return
        }
        do throws(PolicyError) {
            let bytes = try PolicyReader.bytes(path: basePath)
            var values = StrictValues(file: basePath)
            let below = PolicyParts.read(
                try PolicyText.root(of: bytes, file: basePath), values: &values)
            diagnostics += values.inOrder
            base = PolicyDocument.Base(path: basePath, bytes: bytes)
            if below.glovebox?.base != nil {
                diagnostics.append(
                    refuse(
                        "\(named.fileName) has a base itself, and only one level is read",
                        "name the base that says everything"))
            }
            take(from: below, file: basePath)
            places.merge(values.places) { own, _ in own }
        } catch {
            diagnostics.append(
                refuse(
                    "the base \(named.fileName) cannot be read",
                    "name a policy in the same folder"))
            diagnostics += error.diagnostics
        }
    }

    /// The rules for each call that the file names are the file's alone; every other call is decided
    /// as in the base. Formats and the root are never taken from it.
    private mutating func take(from base: PolicyParts, file: String) {
        if let below = base.seccomp {
            var seccomp = parts.seccomp ?? SeccompSection(defaultPosition: .start)
            if seccomp.defaultAction == nil {
                seccomp.defaultAction = below.defaultAction
                seccomp.defaultPosition = below.defaultPosition
            }
            seccomp.architectures = seccomp.architectures ?? below.architectures
            let own = Set(seccomp.rules.flatMap { $0.rule.names.map(\.text) })
            let inherited = below.rules.compactMap { entry -> SeccompProfile.Rule? in
                var entry = entry
                entry.rule.names.removeAll { own.contains($0.text) }
                entry.rule.file = file
                return entry.rule.names.isEmpty ? nil : entry
            }
            seccomp.rules = inherited + seccomp.rules
            parts.seccomp = seccomp
        }
        let kinds = parts.resourceLimits.map(\.kind)
        parts.resourceLimits =
            base.resourceLimits.filter { !kinds.contains($0.kind) } + parts.resourceLimits
        if let below = base.glovebox, var own = parts.glovebox {
            own.writtenLimits = own.writtenLimits.completed(by: below.writtenLimits)
            own.add(below.requiredLayers)
            parts.glovebox = own
        }
    }

    /// - Throws: ``PolicyError`` where no default action is known, without which there is no policy.
    func document(name: String) throws(PolicyError) -> PolicyDocument {
        guard let seccomp = parts.seccomp, let defaultAction = seccomp.defaultAction else {
            throw PolicyError(diagnostics: diagnostics)
        }
        let native = SeccompArchitecture.native.map { [$0] } ?? []
        return PolicyDocument(
            name: name, path: path, base: base,
            profile: SeccompProfile(
                defaultAction: defaultAction, defaultPosition: seccomp.defaultPosition,
                architectures: seccomp.architectures ?? native, rules: seccomp.rules),
            glovebox: parts.glovebox, resourceLimits: parts.resourceLimits,
            diagnostics: diagnostics, places: places)
    }
}
