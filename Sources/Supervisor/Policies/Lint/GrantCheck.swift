import SandboxPolicy

/// Calls that give somebody who has taken a decoder over more than computing.
enum GrantCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        grants(of: subject).map { grant in
            let isExcused = !grant.breaksPromise && grant.rule.hasReason
            let needsReason = !grant.breaksPromise && !grant.rule.hasReason
            return subject.diagnostic(
                isExcused ? .warning : .error, .dangerousGrant, grant.rule, naming: grant.name,
                "\(grant.what): \(grant.risk)",
                needsReason
                    ? "\(grant.remedy); if it is needed, say in a comment what needs it"
                    : grant.remedy)
        }
    }

    /// A rule that allows a dangerous call.
    struct Grant {
        let rule: SyscallRule
        let name: String
        let what: String
        let risk: String
        /// Whether no reason helps it.
        let breaksPromise: Bool
        let remedy: String
    }

    /// Once for each rule and name.
    static func grants(of subject: LintSubject) -> [Grant] {
        let names = Set(subject.permittedNames().map(\.name.text))
        return names.sorted().flatMap { name -> [Grant] in
            if let byArgument = ArgumentGrant.all.first(where: { $0.name == name }) {
                return grants(byArgument, subject)
            }
            let promise = GrantTable.promise(brokenBy: name)
            guard let risk = promise ?? risk(of: name) else { return [] }
            return subject.carriedOut(name).map { witness in
                Grant(
                    rule: witness.rule, name: name, what: "'\(name)' is allowed", risk: risk,
                    breaksPromise: promise != nil,
                    remedy: "remove it, or answer it with SCMP_ACT_ERRNO")
            }
        }
    }

    /// What a call gives away that may have a reason; nil for harmless ones, and for those that
    /// checks of their own speak about.
    private static func risk(of name: String) -> String? {
        let others: Set<String> = ["fork", "vfork", "clone", "clone3", "personality", "shmat"]
        guard let entry = SyscallCatalogue.entry(name), entry.exposure == .dangerous,
            !others.contains(name), !FileAccessCheck.covers(name)
        else { return nil }
        return entry.risk ?? entry.purpose
    }

    private static func grants(_ grant: ArgumentGrant, _ subject: LintSubject) -> [Grant] {
        subject.carriedOut(grant.name, index: grant.index, where: grant.isSought).filter {
            grant.isDangerous($0.rule)
        }.map { witness in
            let value = String(
                UInt32(truncatingIfNeeded: witness.call.arguments[grant.index]), radix: 16)
            return Grant(
                rule: witness.rule, name: grant.name,
                what: "'\(grant.name)' is allowed with 0x\(value) as argument \(grant.index)",
                risk: grant.risk, breaksPromise: false,
                remedy: "compare argument \(grant.index) with the one value that is needed, under "
                    + "the mask 0xffffffff")
        }
    }
}

extension ArgumentGrant {
    /// Whether a value may be a dangerous one.
    fileprivate func isSought(_ value: UInt64) -> Bool {
        guard case .these(let harmless) = harmless else { return true }
        return !harmless.contains(UInt32(truncatingIfNeeded: value))
    }

    /// Whether a rule that lets a sought value through is dangerous by it.
    fileprivate func isDangerous(_ rule: SyscallRule) -> Bool {
        guard case .anyFixed(let refused) = harmless else { return true }
        return rule.fixedValue(of: index).map(refused.contains) ?? true
    }
}

extension SyscallRule {
    /// The one value that the lower half of an argument can have; nil where it can have several.
    fileprivate func fixedValue(of index: Int) -> UInt32? {
        for condition in conditions where Int(condition.index) == index {
            switch condition.comparison {
            case .equal: return UInt32(truncatingIfNeeded: condition.value)
            case .maskedEqual where condition.value & 0xffff_ffff == 0xffff_ffff:
                return UInt32(truncatingIfNeeded: condition.valueTwo)
            default: continue
            }
        }
        return nil
    }
}
