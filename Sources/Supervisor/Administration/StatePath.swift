/// Where the state directory is looked for: the folder in which the service keeps what outlives a
/// request, and through which operator commands find it.
struct StatePath: Equatable, Sendable {
    let path: String
    /// Whether the operator named it. Otherwise the service can do without.
    let isNamed: Bool

    /// The service's, when it was started as root.
    static let system = "/var/lib/glovebox"

    /// The folder of a service that was told nothing; nil for an account that has none.
    static func standard(isRoot: Bool, _ environment: (String) -> String?) -> String? {
        isRoot ? system : ofUser(environment)
    }

    /// The folders in which an operator command looks, in this order: one that was named, or the
    /// account's own and then the one of a service that root started.
    static func forOperator(
        named: String?, isRoot: Bool = Privileges.isRoot,
        _ environment: (String) -> String? = ProcessEnvironment.value
    ) -> [String] {
        if let named { return [named] }
        if isRoot { return [system] }
        return [ofUser(environment), system].compactMap { $0 }
    }

    /// systemd's (systemd.exec(5), StateDirectory=), else the one of the XDG base directory
    /// specification, in which relative paths count as none.
    private static func ofUser(_ environment: (String) -> String?) -> String? {
        if let given = environment("STATE_DIRECTORY")?.split(separator: ":").first {
            return String(given)
        }
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
            return state + "/glovebox"
        }
        if let home = environment("HOME"), home.hasPrefix("/") {
            return home + "/.local/state/glovebox"
        }
        return nil
    }
}
