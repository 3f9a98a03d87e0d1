import Testing

@testable import RequestSyntax

/// The examples and rules of W3C Trace Context, level 1, section 3.2.
@Suite("Trace context")
struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test(
        "a valid traceparent's trace goes on",
        arguments: [
            "00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-00", "00-\(trace)-\(parent)-ff",
            // A version of the future, with no more fields than today, and with more.
            "cc-\(trace)-\(parent)-01", "cc-\(trace)-\(parent)-01-what-the-future-will-be-like",
            "01-\(trace)-\(parent)-01-",
        ])
    func valid(_ value: String) {
        let context = TraceContext(traceparent: value)
        #expect(context.traceID == Self.trace)
        #expect(context.spanID != Self.parent)
    }

    @Test(
        "what is not valid begins a new trace",
        arguments: [
            "", "00", "ff-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01-more",
            "00-\(trace)-\(parent)-01-", "cc-\(trace)-\(parent)-01.more", "00-\(trace)-\(parent)",
            "00-\(trace)-\(parent)-1", "00-\(trace)-\(parent)-0g", "0-\(trace)-\(parent)-01",
            "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-\(parent)-01", "0A-\(trace)-\(parent)-01",
            "00_\(trace)_\(parent)_01", " 00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01 ",
            "00-\(trace)-\(parent)-01, 00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-0\u{e9}",
            ".0-\(trace)-\(parent)-01", "00-\(trace.dropLast())-\(parent)-01",
        ])
    func invalid(_ value: String) {
        isNew(TraceContext(traceparent: value))
    }

    @Test("without a traceparent a trace begins")
    func absent() {
        isNew(TraceContext(traceparent: nil))
        #expect(TraceContext(traceparent: nil) != TraceContext(traceparent: nil))
    }

    private func isNew(_ context: TraceContext, sourceLocation: SourceLocation = #_sourceLocation) {
        let digits = "0123456789abcdef"
        #expect(context.traceID != Self.trace, sourceLocation: sourceLocation)
        #expect(context.traceID.utf8.count == 32, sourceLocation: sourceLocation)
        #expect(context.spanID.utf8.count == 16, sourceLocation: sourceLocation)
        #expect(
            (context.traceID + context.spanID).allSatisfy(digits.contains),
            sourceLocation: sourceLocation)
    }
}
