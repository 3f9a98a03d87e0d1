/// What a policy's children find where the host has its file system.
public enum SandboxRoot: UInt8, CaseIterable, Sendable {
    /// No file at all.
    case empty = 1
    /// Fonts, fontconfig's configuration and cache, and poppler's data: what text in a document is
    /// drawn with. Sealed: nothing in it can be written, executed or replaced.
    case documents = 2

    /// The name in policy files.
    public var name: String {
        switch self {
        case .empty: "empty"
        case .documents: "documents"
        }
    }

    /// The host's folders that are in it, by the paths at which they are in both. One that a host
    /// does not have is left out.
    public var folders: [String] {
        switch self {
        case .empty: []
        case .documents:
            [
                "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts",
                "/usr/share/fontconfig", "/var/cache/fontconfig", "/usr/share/poppler",
            ]
        }
    }
}
