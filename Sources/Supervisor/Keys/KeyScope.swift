/// What a key lets whoever has it do.
enum KeyScope: String, CaseIterable, Sendable {
    /// Images are processed, by any options.
    case process
    /// Facts about images are told.
    case info
    /// Images of other servers may be named as sources.
    case sources
    /// Images are processed by presets alone.
    case presets
    /// The admin listener's /metrics.
    case metrics
    /// What the admin listener only tells.
    case adminRead = "admin:read"
    /// Everything that the admin listener does.
    case admin
}
