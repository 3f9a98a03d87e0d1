import ImageVocabulary

/// The description in an ICC profile (ICC.1:2022 sections 7.3 and 9.2.41): of version 2 a text in
/// ASCII (ICC.1:2001 6.5.17), of version 4 texts in several languages, of which the first is taken.
enum ProfileName {
    /// A profile has a few dozen tags.
    private static let mostTags = 200

    static func read(_ profile: Span<UInt8>) -> DetailText? {
        guard let count = number(4, at: 128, profile) else { return nil }
        for index in 0..<min(count, mostTags) {
            let entry = 132 + 12 * index
            guard has("desc", at: entry, profile) else { continue }
            guard let start = number(4, at: entry + 4, profile),
                let size = number(4, at: entry + 8, profile),
                start <= profile.count, size <= profile.count - start
            else { return nil }
            return text(profile.extracting(start..<(start + size)))
        }
        return nil
    }

    private static func text(_ tag: Span<UInt8>) -> DetailText? {
        if has("desc", at: 0, tag), let count = number(4, at: 8, tag), count <= tag.count - 12 {
            return DetailText(cleaning: (12..<(12 + count)).map { tag[$0] })
        }
        guard has("mluc", at: 0, tag), let names = number(4, at: 8, tag), names > 0,
            let size = number(4, at: 20, tag), let start = number(4, at: 24, tag),
            start <= tag.count, size <= tag.count - start
        else { return nil }
        // UTF-16, most significant byte first.
        let units = stride(from: start, to: start + size - 1, by: 2).prefix(DetailText.longest)
            .map { UInt16(tag[$0]) << 8 | UInt16(tag[$0 + 1]) }
        return DetailText(cleaning: String(decoding: units, as: UTF16.self).utf8)
    }

    private static func has(_ text: String, at offset: Int, _ bytes: Span<UInt8>) -> Bool {
        guard offset <= bytes.count, bytes.count - offset >= 4 else { return false }
        return zip(offset..<(offset + 4), text.utf8).allSatisfy { bytes[$0] == $1 }
    }

    private static func number(_ length: Int, at offset: Int, _ bytes: Span<UInt8>) -> Int? {
        guard offset <= bytes.count, length <= bytes.count - offset else { return nil }
        return (offset..<(offset + length)).reduce(0) { $0 << 8 | Int(bytes[$1]) }
    }
}
