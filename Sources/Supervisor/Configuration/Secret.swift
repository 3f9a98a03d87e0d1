/// A text that is compared and sent, and never shown: wherever it is printed, `(set)` stands.
struct Secret: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The text itself, for the place that uses it.
    let text: String

    init(_ text: String) { self.text = text }

    var description: String { "(set)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
