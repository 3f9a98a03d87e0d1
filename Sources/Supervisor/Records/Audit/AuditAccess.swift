import Descriptors
import FoundationEssentials
import Glibc

/// The audit log of a state directory, for commands that work without the service.
struct AuditAccess: Sendable {
    var state: String
    /// Whoever runs the command, also where it takes on the service's account.
    let actor = AuditEvent.Actor.account(getuid())
    private let configured: AuditKey?

    /// Make it before root is dropped: the configured key may be root's to read.
    ///
    /// - Parameter config: the file that `--config` names.
    /// - Throws: where the configuration cannot be read, which may have the key of a log that is there.
    init(state: String, config: String? = nil) throws(CommandFailure) {
        self.state = state
        let loader = ConfigurationLoader(options: GivenOptions(config: config))
        do throws(ConfigurationError) {
            configured = try loader.load(for: .command).auditLogKey.map { AuditKey($0.bytes) }
        } catch {
            guard !AuditFolder.hasHead(inState: state) else {
                throw .failed(
                    "The audit log in \(state)/\(AuditFolder.name) may need the key of the "
                        + "configuration, which cannot be read. Mend it, or name another with "
                        + "GLOVEBOX_CONFIG.\n\(error)")
            }
            configured = nil
        }
    }

    /// Whether a state directory has an audit log, whoever may read it.
    static func isThere(_ state: String) -> Bool {
        // The path is read within the call.
        unsafe access("\(state)/\(AuditFolder.name)", F_OK) == 0
    }

    /// The log and its key, for reading.
    func open() throws(CommandFailure) -> (AuditFolder, AuditKey) {
        let folder: AuditFolder
        do throws(SystemError) {
            folder = try AuditFolder(inState: state)
        } catch {
            throw .failed(
                "There is no audit log at \(state)/\(AuditFolder.name) that this account can read "
                    + "(\(error)). Name the state directory of the service with --state, and run "
                    + "this as its account.")
        }
        return (folder, try key(makes: false))
    }

    /// The configured key, else the one in the state directory.
    func key(makes: Bool) throws(CommandFailure) -> AuditKey {
        if let configured { return configured }
        let folder: Descriptor
        do throws(SystemError) {
            folder = try SecretFile.folder(state)
        } catch {
            throw .failed(
                "The state directory \(state) cannot be read (\(error)). Run this as the account of "
                    + "the service.")
        }
        if let key = try AuditSecret.key(in: folder, ofState: state, makes: makes) { return key }
        throw .failed(
            "There is no key of the audit log at \(state)/\(AuditSecret.name). Name its file with "
                + "GLOVEBOX_AUDIT_LOG_KEY_FILE.")
    }

    /// Finds out whether what is done next can be written down. Blocks.
    func check() throws(CommandFailure) {
        var writer = try writer()
        // One without a line yet is made by the first.
        guard AuditFolder.hasHead(inState: state) else { return }
        do throws(AuditWriter.Failure) {
            try writer.open(at: Date())
        } catch {
            throw Self.failure(error, writer.folder.path)
        }
    }

    /// Writes down what a command does; a service may run meanwhile. Blocks.
    func record(
        _ action: AuditEvent.Action, on subject: String? = nil,
        fields: [(name: String, value: JSONValue)] = []
    ) throws(CommandFailure) {
        try record(AuditEvent(action, by: actor, on: subject, fields: fields))
    }

    /// The same of an event that says who it was.
    func record(_ event: AuditEvent) throws(CommandFailure) {
        var writer = try writer()
        do throws(AuditWriter.Failure) {
            // What then is not on the disk is tried again at the end.
            try writer.append(event, at: Date(), now: Date())
            try writer.end(at: Date())
        } catch {
            throw Self.failure(error, writer.folder.path)
        }
    }

    private func writer() throws(CommandFailure) -> AuditWriter {
        let folder: AuditFolder
        do throws(SystemError) {
            folder = try AuditFolder.make(in: try SecretFile.folder(state), ofState: state)
        } catch {
            throw .failed(
                "The audit log in \(state) cannot be written (\(error)). Run "
                    + "this as the account of the service.")
        }
        return AuditWriter(folder, try key(makes: true))
    }

    static func failure(_ failure: AuditWriter.Failure, _ path: String) -> CommandFailure {
        switch failure {
        case .otherKey:
            .failed(
                "The audit log in \(path) was sealed with another key. Name that key's file with "
                    + "audit_log.key_file or GLOVEBOX_AUDIT_LOG_KEY_FILE, or move the folder away "
                    + "and keep it together with its key.")
        case .busy:
            .failed(
                "The audit log in \(path) cannot be written: \(failure). End that process, or let "
                    + "it go on, and run this again.")
        case .system(let error):
            .failed(
                "The audit log in \(path) cannot be written (\(error)). Let the service's account "
                    + "write it, or name another state directory with --state.")
        }
    }
}

/// Where a command that works without the service writes down what it has done.
struct CommandAudit: AuditTrail {
    var access: AuditAccess

    /// What cannot be written although ``AuditAccess/check()`` found that it can is said: it was done
    /// already.
    func record(_ event: AuditEvent) {
        do throws(CommandFailure) {
            try access.record(event)
        } catch {
            StandardStreams.writeError("warning: \(error.message)\n")
        }
    }
}

extension AuditFolder {
    /// Opens the one of a state directory, and makes it where there is none, for that one's owner.
    ///
    /// - Parameters:
    ///   - state: opened for reading.
    ///   - path: of the state directory, for messages.
    static func make(
        in state: borrowing Descriptor, ofState path: String
    ) throws(SystemError) -> AuditFolder {
        // A name is read within the call only.
        let isNew = unsafe mkdirat(state.number, name, 0o700) == 0
        guard isNew || errno == EEXIST else { throw SystemError("mkdir", errno) }
        let number = unsafe openat(
            state.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        let folder = Descriptor(taking: number)
        var status = stat()
        // fstat writes into the structure alone.
        if isNew, Privileges.isRoot, unsafe fstat(state.number, &status) == 0 {
            guard fchown(folder.number, status.st_uid, status.st_gid) == 0 else {
                throw SystemError("chown", errno)
            }
        }
        guard fchmod(folder.number, 0o700) == 0 else { throw SystemError("chmod", errno) }
        return AuditFolder(path: "\(path)/\(name)", folder)
    }
}
