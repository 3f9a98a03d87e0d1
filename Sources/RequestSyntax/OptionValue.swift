import ImageVocabulary

/// Readers of single argument values. Each answers nil for anything but exactly what it takes.
enum OptionValue {
    /// A whole number of digits alone: no sign, no space, no exponent.
    static func wholeNumber(_ text: Substring, atMost largest: UInt32) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit),
            let value = UInt32(text), value <= largest
        else { return nil }
        return value
    }

    /// The words imgproxy accepts; everything else is an error here, not false.
    static func boolean(_ text: Substring) -> Bool? {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": true
        case "0", "f", "F", "FALSE", "false", "False": false
        default: nil
        }
    }

    /// The most characters of a decimal number: enough for a double's precision.
    private static let longestDecimal = 24

    /// Digits with at most one point, no exponent, no plus; a minus where `signed`. Its magnitude
    /// is at most ``Plan/largestRequestedSide``, so it is never infinite or NaN.
    static func decimal(_ text: Substring, signed: Bool) -> Double? {
        let digits = signed && text.hasPrefix("-") ? text.dropFirst() : text
        let points = digits.utf8.count { $0 == UInt8(ascii: ".") }
        guard text.utf8.count <= longestDecimal, points <= 1, digits.utf8.last.map(isDigit) == true,
            digits.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }),
            let value = Double(text), abs(value) <= Double(Plan.largestRequestedSide)
        else { return nil }
        return value
    }

    /// A format that can be written; one that is read only is an error here.
    static func format(_ text: Substring) -> ImageFormat? {
        ImageFormat(name: text).flatMap { $0.isOutput ? $0 : nil }
    }

    static func resizing(_ text: Substring) -> ResizingType? {
        ResizingType.allCases.first { $0.name == text }
    }

    /// `type`, `type:x` or `type:x:y`; `sm` alone; `fp` with exactly two shares from 0 to 1.
    static func gravity(_ arguments: [Substring]) -> Gravity? {
        guard let first = arguments.first, arguments.count <= 3,
            let anchor = Gravity.Anchor.allCases.first(where: { $0.name == first })
        else { return nil }
        var offsets: [Double] = []
        for argument in arguments.dropFirst() {
            guard let value = decimal(argument, signed: anchor != .focusPoint) else { return nil }
            offsets.append(value)
        }
        switch anchor {
        case .smart:
            guard offsets.isEmpty else { return nil }
        case .focusPoint:
            guard offsets.count == 2, offsets.allSatisfy({ $0 <= 1 }) else { return nil }
        default: break
        }
        return Gravity(
            anchor: anchor, x: offsets.first ?? 0, y: offsets.count > 1 ? offsets[1] : 0)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
