extension SignedPath {
    /// A path as a log line may hold it: its options alone. The signature is a permit, and a source may
    /// hold a secret in whatever form it is written; options that name images are left out likewise.
    public static func forLog(
        _ path: String, prefix: String, _ grammar: SignedRequest.Grammar
    ) -> String {
        guard path.hasPrefix(prefix + "/") else { return "/-" }
        let segments = path.dropFirst(prefix.count + 1).split(
            separator: "/", omittingEmptySubsequences: false)
        let named = ["watermark_url", "wmu", "fallback_image_url", "fiu"]
        let options = segments.dropFirst().prefix { $0.contains(grammar.separator) }.map { option in
            let name = option.prefix { $0 != grammar.separator }
            return named.contains(String(name)) ? "\(name)\(grammar.separator)-" : String(option)
        }
        return ([prefix, "-"] + options + ["-"]).joined(separator: "/")
    }
}
