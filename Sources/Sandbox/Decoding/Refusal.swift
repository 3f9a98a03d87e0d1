import ImageVocabulary

/// Why a child does not deliver a result: the verdict that the supervisor acts on, and a text for
/// the operator. The text may repeat bytes of the image: untrusted.
struct Refusal: Error, Equatable {
    var verdict: Verdict
    /// At most ``VipsFailure/largestText`` bytes.
    var text: [UInt8]

    init(_ verdict: Verdict, _ text: String) {
        self.init(verdict, VipsFailure(text))
    }

    /// A failure of libvips under the verdict that its place deserves. Memory that is not there is
    /// never the image's fault.
    init(_ verdict: Verdict, _ failure: VipsFailure) {
        self.verdict = failure.isOutOfMemory ? .processingFailed : verdict
        text = failure.text
    }
}

/// Why the image libraries cannot be used. The text is for the operator and says what to do.
struct LibraryFailure: Error, Equatable {
    var text: String

    init(_ text: String) { self.text = text }
}
