/// A call as strace writes it: a name, arguments in brackets, and what it returned.
///
/// The text comes from whoever was traced as well: file names and memory stand in quotes, and no
/// bracket or comma in them counts.
struct StraceCall {
    enum Reading {
        case call(TracedCall)
        /// The line breaks off where another process's line came between.
        case unfinished(TracedCall)
        case unreadable(String)
    }

    /// Arguments by the names that strace writes for `clone` alone, where their order is its own.
    /// AArch64 exchanges the last two, on which filters have nothing to say.
    private static let cloneArguments: [String: Int] = [
        "flags": 0, "child_stack": 1, "newsp": 1, "parent_tid": 2, "parent_tidptr": 2,
        "child_tidptr": 3, "tls": 4,
    ]

    /// - Parameter bytes: from the name on.
    static func read(_ bytes: ArraySlice<UInt8>) -> Reading {
        let name = bytes.prefix { isWord($0) }
        guard !name.isEmpty, name.endIndex < bytes.endIndex,
            bytes[name.endIndex] == UInt8(ascii: "(")
        else { return .unreadable("holds no call") }
        guard let identity = identity(String(decoding: name, as: UTF8.self)) else {
            return .unreadable("names no call")
        }
        var call = TracedCall(identity: identity)
        let rest = bytes[(name.endIndex + 1)...]
        switch split(rest) {
        case .ends(let words, let after):
            var tail = after[...]
            while tail.first == UInt8(ascii: " ") { tail = tail.dropFirst() }
            guard
                tail.isEmpty || tail.first == UInt8(ascii: "=") || tail.starts(with: unfinished)
                    || tail.starts(with: detached)
            else { return .unreadable("goes on behind the call without saying what it returned") }
            call.arguments = arguments(words, of: identity)
            return .call(call)
        case .breaksOff(let words):
            call.arguments = arguments(words, of: identity)
            return .unfinished(call)
        case .endsInside:
            return .unreadable("ends in the middle of a call")
        }
    }

    private static let unfinished = Array("<unfinished ...>".utf8)
    private static let detached = Array("<detached ...>".utf8)

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte)
    }

    /// strace calls what it does not know `syscall_0x1d7`.
    private static func identity(_ name: String) -> TracedCall.Identity? {
        let prefix = "syscall_0x"
        guard name.hasPrefix(prefix) else { return .name(name) }
        return UInt32(name.dropFirst(prefix.count), radix: 16).map { .number($0) }
    }

    private static func arguments(
        _ words: [ArraySlice<UInt8>], of identity: TracedCall.Identity
    ) -> [Int: TracedCall.Argument] {
        let isClone = identity == .name("clone")
        var arguments: [Int: TracedCall.Argument] = [:]
        for (place, word) in words.enumerated() {
            let text = String(decoding: word, as: UTF8.self)
            if isClone, let equals = text.firstIndex(of: "=") {
                if let index = cloneArguments[String(text[..<equals])] {
                    arguments[index] = .text(String(text[text.index(after: equals)...]))
                }
            } else if place < 6 {
                arguments[place] = .text(text)
            }
        }
        return arguments
    }

    private enum Split {
        case ends([ArraySlice<UInt8>], after: ArraySlice<UInt8>)
        case breaksOff([ArraySlice<UInt8>])
        case endsInside
    }

    /// The arguments, from behind the opening bracket on.
    private static func split(_ bytes: ArraySlice<UInt8>) -> Split {
        var words: [ArraySlice<UInt8>] = []
        var depth = 0
        var start = bytes.startIndex
        var index = bytes.startIndex
        func finish(_ end: Int) {
            var word = bytes[start..<end]
            while word.first == 0x20 { word = word.dropFirst() }
            while word.last == 0x20 { word = word.dropLast() }
            if !word.isEmpty { words.append(word) }
        }
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard let end = endOfString(bytes, from: index) else { return .endsInside }
                index = end
            case UInt8(ascii: "/") where bytes[index...].starts(with: Array("/*".utf8)):
                guard let end = endOfComment(bytes, from: index) else { return .endsInside }
                index = end
            case UInt8(ascii: "<"):
                let rest = bytes[index...]
                if rest.starts(with: unfinished) || rest.starts(with: detached) {
                    finish(index)
                    return .breaksOff(words)
                }
                index = endOfAnnotation(bytes, from: index)
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")") where depth == 0:
                finish(index)
                return .ends(words, after: bytes[(index + 1)...])
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth = max(0, depth - 1)
            case UInt8(ascii: ",") where depth == 0:
                finish(index)
                start = index + 1
            default: break
            }
            index += 1
        }
        return .endsInside
    }

    /// The closing quote of a string.
    private static func endOfString(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start + 1
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == UInt8(ascii: "\"") {
                return index
            }
            index += 1
        }
        return nil
    }

    /// The last byte of a comment.
    private static func endOfComment(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start + 3
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "/"), bytes[index - 1] == UInt8(ascii: "*") {
                return index
            }
            index += 1
        }
        return nil
    }

    /// The end of what -y writes behind a descriptor, `3</tmp/a,b>` or `3<TCP:[1.2.3.4:5->...]>`;
    /// the start itself where the bracket is a shift or a comparison.
    private static func endOfAnnotation(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
        let next = start + 1
        guard start > bytes.startIndex, isWord(bytes[start - 1]), next < bytes.endIndex,
            bytes[next] != UInt8(ascii: "<"), bytes[next] != UInt8(ascii: "=")
        else { return start }
        var index = next
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: ">"), bytes[index - 1] != UInt8(ascii: "-") {
                return index
            }
            index += 1
        }
        return start
    }
}
