import Glibc

/// Removing crashes and quarantined inputs where no service runs that could do it.
enum CrashRemoval {
    /// The state directory to work in, when there is one that no service uses.
    static func stateWithoutService(_ options: AdminOptions) -> String? {
        guard options.admin == nil else { return nil }
        for state in CrashAccess.folders(options) {
            // The path is read within the call.
            guard unsafe access("\(state)/\(CrashFolder.name)", F_OK) == 0 else { continue }
            return StateDirectory.isInUse(state) ? nil : state
        }
        return nil
    }

    /// - Parameter note: writes down what was removed, or that it has failed.
    static func remove(
        _ order: CrashPurge.Order, in state: String,
        note: (AuditAccess, [(name: String, value: JSONValue)]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> CrashPurge.Result {
        let audit = try AuditAccess(state: state)
        // What root would write anew would be root's.
        if let owner = StateDirectory.owner(of: state), owner.uid != 0 {
            try Privileges.drop(to: owner)
        }
        // Its lock is held until the end: no service can start meanwhile.
        let directory: StateDirectory
        do throws(StateDirectory.Failure) {
            directory = try StateDirectory(path: state, account: nil)
        } catch {
            switch error {
            case .unavailable(let why), .refused(let why): throw .failed(why)
            }
        }
        defer { withExtendedLifetime(directory) {} }
        // Nothing is removed that cannot be written down.
        if !order.isTrial { try audit.check() }
        let quarantine = try? QuarantineFolder(inState: state)
        var result: CrashPurge.Result
        do {
            var writer = CrashWriter(try CrashFolder(ofState: state), CrashWriter.Limits())
            // Only records tell which inputs are meant: those go last, so that what was broken off
            // can be done again.
            let hashes = order.isOfRequests ? try writer.purge(order.trial).hashes : []
            let inputs = try quarantine?.purge(order, hashes) ?? 0
            result = try writer.purge(order)
            result.inputs = inputs
        } catch {
            if !order.isTrial { try note(audit, CrashPurge.Result.failed) }
            throw .failed(
                "The crash log in \(state) cannot be changed (\(error)). Some may be removed "
                    + "already; run it again for the rest.")
        }
        if !order.isTrial { try note(audit, result.auditFields) }
        return result
    }
}
