/// What tells a policy from every other: its name, its files by their bytes, and what they were
/// compiled to.
struct PolicyIdentity: Hashable, Sendable {
    /// The file's name without its extension.
    var name: String
    /// SHA-256 of the policy file in lower-case hex.
    var sha256: String
    /// The same of the base; nil where the policy has none.
    var baseSHA256: String?
    /// The same of the encoded program that children install, as `glovebox policy show` has it.
    var programSHA256: String
}
