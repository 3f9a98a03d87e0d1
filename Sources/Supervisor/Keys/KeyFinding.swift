import RequestSyntax

/// What comes of looking for the key that somebody has sent: whose it is, or why it is nobody's.
/// Clients hear nothing of the difference, but for ``mistyped``.
enum KeyFinding: Equatable, Sendable {
    case key(APIKey)
    /// None was sent.
    case none
    /// It begins as a key does, and its checksum is wrong.
    case mistyped
    /// It is no key, or none of the ring.
    case unknown
    /// It is revoked; with the key's id.
    case revoked(String)
    /// Another has taken its place, and its time of grace is over; with the key's id.
    case replaced(String)

    /// For logs; nil for a key.
    var reason: String? {
        switch self {
        case .key: nil
        case .none: "none"
        case .mistyped: "mistyped"
        case .unknown: "unknown"
        case .revoked: "revoked"
        case .replaced: "replaced"
        }
    }

    /// The id of the key, where it is known.
    var id: String? {
        switch self {
        case .key(let key): key.id
        case .revoked(let id), .replaced(let id): id
        case .none, .mistyped, .unknown: nil
        }
    }
}

extension KeyRing {
    /// Looks for the key that was sent, which takes as long whatever it is.
    ///
    /// - Parameter now: seconds since 1970.
    func find(_ sent: String?, now: Int64) -> KeyFinding {
        guard let sent else {
            pretend()
            return .none
        }
        do throws(APIKeyText.Failure) {
            return find(try APIKeyText(sent), now: now)
        } catch {
            pretend()
            return error == .typo ? .mistyped : .unknown
        }
    }
}
