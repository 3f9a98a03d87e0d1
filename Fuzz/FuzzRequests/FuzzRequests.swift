import CFuzzer
import ImageVocabulary
import RequestSyntax

/// Every pure parser of the supervisor, over bytes that nobody vouches for: none traps, and what
/// one accepts has the properties that its type promises.
@main
enum FuzzRequests {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            unsafe CommandLine.unsafeArgv
        // libFuzzer parses the process's own argument vector, which lives until the process ends.
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments, fuzzRequests)
        precondition(status == 0, "the fuzzer could not run")
    }

    /// The low four bits of the first byte choose the parser; the letters differ in them.
    static func check(_ input: [UInt8]) {
        guard let choice = input.first else { return }
        let rest = Array(input.dropFirst())
        let text = String(decoding: rest, as: UTF8.self)
        switch choice & 15 {
        case UInt8(ascii: "p") & 15: checkPath(text)
        case UInt8(ascii: "q") & 15: checkQuery(text)
        case UInt8(ascii: "b") & 15: checkBoundary(text)
        case UInt8(ascii: "c") & 15: checkAnnounced(text)
        case UInt8(ascii: "m") & 15: checkForm(rest)
        case UInt8(ascii: "t") & 15: checkTarget(text)
        case UInt8(ascii: "w") & 15: checkTrace(text)
        case UInt8(ascii: "u") & 15: checkSignedURL(text)
        case UInt8(ascii: "h") & 15: checkSource(text)
        default: checkHeader(rest)
        }
    }

    static let rules: OptionRules = {
        var rules = OptionRules()
        rules.permitsLimits = true
        rules.presets = ["a": [WrittenOption(name: "w", arguments: ["5"])]]
        return rules
    }()

    private static func checkQuery(_ text: String) {
        do throws(OptionError) {
            check(try OptionParser.options(query: text, under: rules))
        } catch {
            check(error)
        }
        do throws(OptionError) {
            let sets = try OptionSets.read(query: text, under: rules)
            precondition((1...OptionSets.most).contains(sets.count))
            for options in sets { check(options) }
        } catch {
            check(error)
        }
        _ = try? OptionParser.options([text])
    }

    static func check(_ options: RequestOptions) {
        let plan = options.plan
        precondition(max(plan.width, plan.height) <= Plan.largestRequestedSide)
        precondition(plan.quality <= 100)
        precondition(plan.gravity.x.isFinite && plan.gravity.y.isFinite)
        let written = options.query
        guard written.utf8.count <= OptionParser.longestQuery else { return }
        let read = try? OptionParser.options(query: written, under: rules)
        precondition(read == options, "what is written is read as something else")
    }

    private static func check(_ error: OptionError) {
        precondition(error.option.utf8.count <= 64 && isPrintable(error.option))
        precondition(isPrintable(error.reason))
    }

    private static func checkPath(_ text: String) {
        guard let path = try? ImagePath(percentEncoded: text) else { return }
        let segments = path.text.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in segments {
            precondition(!segment.isEmpty && String(segment) != "." && String(segment) != "..")
            precondition(segment.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C })
        }
        precondition(path.text.utf8.count <= ImagePath.longest)
        precondition(path.fileName.utf8.elementsEqual(segments[segments.count - 1]))
    }

    /// The boundary `B1`, or for every other input one of seventy dashes, which matches itself.
    private static func checkForm(_ body: [UInt8]) {
        let text = body.count.isMultiple(of: 2) ? "B1" : String(repeating: "-", count: 70)
        let field = "multipart/form-data; boundary=\(text)"
        guard let boundary = try? MultipartBoundary(contentType: field),
            let file = try? MultipartParser.file(in: body.span, boundary: boundary)
        else { return }
        let delimiter = Array("\r\n--\(text)".utf8)
        precondition(body[..<file.body.lowerBound].suffix(4).elementsEqual("\r\n\r\n".utf8))
        // The plain search of the standard library is the reference.
        let next = body[file.body.lowerBound...].firstRange(of: delimiter)
        precondition(next?.lowerBound == file.body.upperBound)
    }

    private static func checkBoundary(_ text: String) {
        _ = try? MultipartBoundary(contentType: text)
        _ = try? MultipartBoundary(contentType: "multipart/form-data;" + text)
        if let id = RequestID(incoming: text) { precondition(isPrintable(id.text)) }
    }

    private static func checkAnnounced(_ text: String) {
        switch AnnouncedType(contentType: text) {
        case .unsupported(let name), .unsupportedImage(let name):
            precondition(name.utf8.count <= 64 && isPrintable(name))
        default: break
        }
        _ = AnnouncedType(fileName: text)
        _ = AcceptField(text)
        var options = RequestOptions()
        ClientHints { _ in text }.apply(to: &options)
        precondition(options.plan.dpr > 0 && options.plan.dpr <= ClientHints.largestDPR)
        precondition(options.plan.width <= Plan.largestRequestedSide)
        let field = ContentDisposition.field(
            isAttachment: true, stem: text, fileExtension: "png")
        precondition(isPrintable(field) && field.utf8.count { $0 == UInt8(ascii: "\"") } == 2)
        precondition(!field.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0x5C })
    }

    private static func checkTarget(_ text: String) {
        if case .origin(let path)? = RequestTarget(text) {
            precondition(path.utf8.first == UInt8(ascii: "/"))
            precondition(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            // What was reduced once is in its shortest form.
            precondition(RequestTarget(path) == .origin(path))
        }
        if HostField.isValid(text) {
            precondition(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            precondition(!text.utf8.contains { "/@?#\\".utf8.contains($0) })
        }
    }

    private static func checkTrace(_ text: String) {
        let trace = TraceContext(traceparent: text)
        for (id, count) in [(trace.traceID, 32), (trace.spanID, 16)] {
            precondition(id.utf8.count == count && id.utf8.contains { $0 != UInt8(ascii: "0") })
            precondition(id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        }
        let again = TraceContext(traceparent: "00-\(trace.traceID)-\(trace.spanID)-01")
        precondition(again.traceID == trace.traceID && again.spanID != trace.spanID)
    }

    private static func checkHeader(_ bytes: [UInt8]) {
        let sniffed = ImageSignature.sniff(bytes.span)
        let window = Array(bytes.prefix(ImageSignature.longestNeeded))
        precondition(sniffed == ImageSignature.sniff(window.span), "it looked beyond its window")
        guard let header = try? EncodedImageHeader(reading: bytes.span) else { return }
        precondition(header.format == sniffed)
        precondition(header.width > 0 && header.width <= header.format.largestSide)
        precondition(header.height > 0 && header.height <= header.format.largestSide)
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E }
    }
}

/// libFuzzer's entry.
@c(LLVMFuzzerTestOneInput)
public func fuzzRequests(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    // libFuzzer lends `size` readable bytes for the length of this call.
    let bytes = unsafe UnsafeBufferPointer(start: data, count: size)
    FuzzRequests.check(unsafe Array(bytes))
    return 0
}
