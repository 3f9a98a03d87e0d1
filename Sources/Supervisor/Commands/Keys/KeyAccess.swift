import Glibc
import NIOCore

/// Where a command finds keys: at the running service, or in the store of a state directory.
enum KeyAccess: Sendable {
    case service(AdminClient)
    /// nobody else uses the state directory as long as the value lives, unless it is nil.
    case desk(KeyDesk, StateDirectory?, AuditEvent.Actor)

    private static let time = TimeAmount.seconds(20)

    /// Finds out whom to ask.
    ///
    /// - Parameter makes: whether a store is made where there is none.
    init(_ options: KeyPlace, makes: Bool) throws(CommandFailure) {
        let folders = CrashAccess.folders(options.service)
        if options.service.admin != nil {
            self = .service(try AdminClient(options.service))
            return
        }
        for folder in folders {
            guard let owner = StateDirectory.owner(of: folder) else { continue }
            if StateDirectory.isInUse(folder), let client = try Self.client(folder, options) {
                self = .service(client)
            } else {
                self = try Self.open(folder, owner, options, makes: makes)
            }
            return
        }
        guard let folder = folders.first else {
            throw .failed("This account has no state directory. Name one with --state.")
        }
        self = try Self.open(folder, nil, options, makes: makes)
    }

    /// nil for a service without an admin listener.
    private static func client(
        _ folder: String, _ options: KeyPlace
    ) throws(CommandFailure) -> AdminClient? {
        do throws(AdminEntry.Failure) {
            _ = try AdminEntry.read(in: folder)
        } catch {
            switch error {
            case .missing: return nil
            case .denied(let why), .unreadable(let why): throw .failed(why)
            }
        }
        var service = options.service
        service.state = folder
        return try AdminClient(service)
    }

    private static func open(
        _ folder: String, _ owner: Account?, _ options: KeyPlace, makes: Bool
    ) throws(CommandFailure) -> KeyAccess {
        // The audit log's key may be root's to read.
        var audit = CommandAudit(
            access: try AuditAccess(state: folder, config: options.config))
        let given = GivenOptions(config: options.config)
        var rules = KeyDesk.Rules()
        var user = Account.standard
        do throws(ConfigurationError) {
            let configuration = try ConfigurationLoader(options: given).load(for: .command)
            rules = KeyDesk.Rules(configuration)
            user = configuration.user
        } catch {
            KeyOutput.warn(["The configuration is left out of account: \(error)"])
        }
        let account = owner ?? (Privileges.isRoot ? user : Account(uid: geteuid(), gid: getegid()))
        guard Privileges.isRoot || account.uid == geteuid() else {
            throw .failed(
                "The state directory \(folder) belongs to \(AccountName.user(account.uid)). Run "
                    + "this as that account, or as root.")
        }
        if owner == nil, !makes { return try unlocked(nil, rules, audit) }
        // A service without an admin listener has it already, and sees what is changed.
        let directory = StateDirectory.isInUse(folder) ? nil : try hold(folder, account)
        // What root would make would be root's.
        let entrance = StateEntrance(folder)
        if Privileges.isRoot, account.uid != 0 { try Privileges.drop(to: account) }
        audit.access.state = entrance.path
        // Nothing is changed that cannot be written down.
        if makes { try audit.access.check() }
        do throws(KeyStore.Failure) {
            return .desk(
                try KeyDesk(
                    try KeyStore(in: entrance.path, isReadOnly: !makes), rules: rules, audit: audit),
                directory, audit.access.actor)
        } catch {
            guard error == .missing, !makes else { throw .failed(error.text) }
            return try unlocked(directory, rules, audit)
        }
    }

    /// Without a store.
    private static func unlocked(
        _ directory: StateDirectory?, _ rules: KeyDesk.Rules, _ audit: CommandAudit
    ) throws(CommandFailure) -> KeyAccess {
        do throws(KeyStore.Failure) {
            return .desk(
                try KeyDesk(nil, rules: rules, audit: audit), directory, audit.access.actor)
        } catch {
            throw .failed(error.text)
        }
    }

    private static func hold(
        _ folder: String, _ account: Account
    ) throws(CommandFailure) -> StateDirectory {
        do throws(StateDirectory.Failure) {
            return try StateDirectory(
                path: folder, account: Privileges.isRoot ? account : nil)
        } catch {
            switch error {
            case .unavailable(let why), .refused(let why): throw .failed(why)
            }
        }
    }

    // MARK: Orders

    func carryOut(_ order: KeyOrder) async throws(CommandFailure) -> KeyAnswer {
        switch self {
        case .service(let client):
            let answer = try await client.post(
                order.action.path, sending: order.body.text, within: Self.time,
                expecting: [200])
            return try client.decode(answer.body)
        case .desk(let desk, let directory, let actor):
            let answer: KeyAnswer
            do throws(KeyDesk.Refusal) {
                answer = try desk.carryOut(order, by: actor, now: RequestPath.now)
            } catch {
                throw .failed(error.text)
            }
            // When the command is over, a service that looks for itself has seen what was done.
            if directory == nil { try? await Task.sleep(for: ServiceKeys.interval * 3) }
            return answer
        }
    }

    func list(_ reference: String?) async throws(CommandFailure) -> KeyAnswer {
        switch self {
        case .service(let client):
            let query = CrashAccess.query(reference.map { [("id", $0)] } ?? [])
            return try client.decode(try await client.get("/cmd/keys" + query))
        case .desk(let desk, _, _):
            do throws(KeyDesk.Refusal) {
                return try desk.list(reference, now: RequestPath.now)
            } catch {
                throw .failed(error.text)
            }
        }
    }
}
