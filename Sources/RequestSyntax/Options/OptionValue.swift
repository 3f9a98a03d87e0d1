import ImageVocabulary

/// Readers of single argument values. Each answers nil for anything but exactly what it takes.
enum OptionValue {
    /// A whole number of digits alone: no sign, no space, no exponent.
    static func wholeNumber(_ text: Substring, atMost largest: UInt64) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit),
            let value = UInt64(text), value <= largest
        else { return nil }
        return value
    }

    /// A whole number of pixels.
    static func side(_ text: Substring) -> UInt32? {
        wholeNumber(text, atMost: UInt64(Plan.largestRequestedSide)).map { UInt32($0) }
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

    /// A number as ``decimal(_:signed:)`` reads it: without an exponent and without a needless point.
    static func text(_ value: Double) -> String {
        let text = plainText(value)
        guard text.utf8.count > longestDecimal else { return text }
        // The reader took it without a zero before its point, and would not take it with one.
        return text.replacing("0.", with: ".", maxReplacements: 1)
    }

    private static func plainText(_ value: Double) -> String {
        let shortest = "\(value)"
        guard let mark = shortest.firstIndex(of: "e") else {
            return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
        }
        // No number that was read is beyond the largest side, so the exponent is negative.
        let zeros = -(Int(shortest[shortest.index(after: mark)...]) ?? 0) - 1
        let digits = shortest[..<mark].filter(\.isNumber)
        let trimmed = digits.hasSuffix("0") && digits.count > 1 ? digits.dropLast() : digits[...]
        return (value < 0 ? "-0." : "0.") + String(repeating: "0", count: zeros) + trimmed
    }

    /// A format that can be written; one that is read only is an error here.
    static func outputFormat(_ text: Substring) -> ImageFormat? {
        ImageFormat(name: text).flatMap { $0.isOutput ? $0 : nil }
    }

    static func resizing(_ text: Substring) -> ResizingType? {
        ResizingType.allCases.first { $0.name == text }
    }

    /// `type`, `type:x` or `type:x:y`; `sm` and `ent` alone; `fp` with exactly two shares from 0 to 1.
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
        case .smart, .entropy:
            guard offsets.isEmpty else { return nil }
        case .focusPoint:
            guard offsets.count == 2, offsets.allSatisfy({ $0 <= 1 }) else { return nil }
        default: break
        }
        return Gravity(
            anchor: anchor, x: offsets.first ?? 0, y: offsets.count > 1 ? offsets[1] : 0)
    }

    /// A focus point always has its shares; a region that is found has none.
    static func text(_ gravity: Gravity) -> String {
        let isPlain = gravity.x == 0 && gravity.y == 0 && gravity.anchor != .focusPoint
        return isPlain
            ? gravity.anchor.name
            : "\(gravity.anchor.name):\(text(gravity.x)):\(text(gravity.y))"
    }

    /// Three or six hexadecimal digits.
    static func color(_ text: Substring) -> RGBColor? {
        guard text.utf8.allSatisfy(isHexDigit), [3, 6].contains(text.utf8.count) else { return nil }
        let digits = text.utf8.count == 6 ? String(text) : text.map { "\($0)\($0)" }.joined()
        guard let number = UInt32(digits, radix: 16) else { return nil }
        return RGBColor(
            red: UInt8(truncatingIfNeeded: number >> 16),
            green: UInt8(truncatingIfNeeded: number >> 8), blue: UInt8(truncatingIfNeeded: number))
    }

    static func text(_ color: RGBColor) -> String {
        [color.red, color.green, color.blue].map { channel in
            (channel < 0x10 ? "0" : "") + String(channel, radix: 16)
        }.joined()
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
