import SandboxPolicy
import Yams

/// An action, and the errno that stands beside it.
enum ActionSection {
    /// Where an action stands, which decides what it is called and where its errno is.
    struct Place {
        let what: String
        let errnoKey: String
        let errnoNameKey: String

        static let rule = Place(
            what: "the action", errnoKey: "errnoRet", errnoNameKey: "errno")
        static let standard = Place(
            what: "the default action", errnoKey: "defaultErrnoRet", errnoNameKey: "defaultErrno")
    }

    /// Every action of the OCI runtime specification, with the number it answers with.
    static func actions(errno: UInt16) -> [(name: String, value: SeccompAction)] {
        [
            ("SCMP_ACT_ALLOW", .allow), ("SCMP_ACT_ERRNO", .errno(errno)),
            ("SCMP_ACT_NOTIFY", .notify), ("SCMP_ACT_KILL_PROCESS", .killProcess),
            ("SCMP_ACT_KILL_THREAD", .killThread), ("SCMP_ACT_KILL", .killThread),
            ("SCMP_ACT_TRAP", .trap), ("SCMP_ACT_LOG", .log), ("SCMP_ACT_TRACE", .trace(errno)),
        ]
    }

    /// - Parameters:
    ///   - node: The action.
    ///   - fields: The mapping that the errno is in.
    static func read(
        _ node: Node, at place: Place, in fields: StrictValues.Fields,
        values: inout StrictValues
    ) -> SeccompAction? {
        let errno = readErrno(at: place, in: fields, values: &values)
        // 1 is EPERM, the specification's default.
        let actions = actions(errno: errno?.value ?? 1)
        guard let action = values.choice(node, named: place.what, among: actions) else {
            return nil
        }
        switch action {
        case .errno: break
        // As the default it is refused as every default is that lets the caller live.
        case .trace where place.errnoKey == Place.standard.errnoKey: break
        case .trace:
            values.error(
                .notHonoured, at: node.position, "SCMP_ACT_TRACE cannot be honoured",
                "write SCMP_ACT_NOTIFY, nothing traces a child")
        default:
            guard let errno, !errno.isRefused else { break }
            values.error(
                at: errno.position, "\(action.name) carries no errno",
                "remove \(errno.key), or write SCMP_ACT_ERRNO")
        }
        return action
    }

    private struct Errno {
        let value: UInt16
        let key: String
        let position: SourcePosition
        /// Whether it was told already that this place has none.
        let isRefused: Bool
    }

    /// The number under one key, or that of the name under the other.
    private static func readErrno(
        at place: Place, in fields: StrictValues.Fields, values: inout StrictValues
    ) -> Errno? {
        let number = fields[place.errnoKey].flatMap { node -> Errno? in
            let range = 0...UInt64(SeccompAction.largestErrno)
            return values.number(node, named: place.errnoKey, in: range).map {
                Errno(
                    value: UInt16($0), key: place.errnoKey, position: node.position,
                    isRefused: fields.isRefused(place.errnoKey))
            }
        }
        guard let node = fields[place.errnoNameKey],
            let text = values.text(node, named: place.errnoNameKey), !text.isEmpty
        else { return number }
        guard let value = ErrnoNames.number(of: text) else {
            values.error(
                at: node.position, "no errno is named '\(StrictValues.shown(text))'",
                StrictValues.suggestion(for: text, among: ErrnoNames.all, orElse: "write 'EPERM'"))
            return number
        }
        if let number, number.value != value {
            values.error(
                at: node.position,
                "\(text) is \(value), and \(place.errnoKey) says \(number.value)",
                "keep one of the two")
        }
        return Errno(
            value: value, key: place.errnoNameKey, position: node.position,
            isRefused: fields.isRefused(place.errnoNameKey))
    }
}
