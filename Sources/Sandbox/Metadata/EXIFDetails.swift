import ImageVocabulary

/// What EXIF tells of an image that a question about facts is answered with. Tags by CIPA DC-008
/// section 4.6. Serial numbers, owners' names and whatever a maker adds are never looked at.
extension EXIFReader {
    func add(to details: inout ImageDetails, _ wishes: InfoWishes) {
        let main = main
        let photo = directory(0x8769, in: main)
        let texts: [(DetailField, Int, Directory?)] = [
            (.description, 0x010E, main), (.make, 0x010F, main), (.model, 0x0110, main),
            (.software, 0x0131, main), (.artist, 0x013B, main), (.copyright, 0x8298, main),
            (.taken, 0x9003, photo), (.lens, 0xA434, photo),
        ]
        for (field, tag, directory) in texts {
            details.texts[field] = value(tag, in: directory).flatMap { text($0) }
                .flatMap { DetailText(cleaning: $0) }
        }
        let numbers: [(DetailField, Int)] = [
            (.exposureTime, 0x829A), (.aperture, 0x829D), (.sensitivity, 0x8827),
            (.focalLength, 0x920A),
        ]
        for (field, tag) in numbers {
            details.texts[field] = value(tag, in: photo).flatMap { numberText($0, of: field) }
                .flatMap { DetailText(cleaning: $0.utf8) }
        }
        if wishes.contains(.location) { details.location = location(directory(0x8825, in: main)) }
    }

    /// An exposure under a second as photographers write it, 1/250; others as decimals.
    private func numberText(_ value: Value, of field: DetailField) -> String? {
        if let whole = integer(value) { return String(whole) }
        guard let (above, below) = rationals(value).first, above > 0, below > 0 else { return nil }
        if field == .exposureTime, above < below {
            return "1/\(Int((Double(below) / Double(above)).rounded()))"
        }
        let rounded = (Double(above) / Double(below) * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
    }

    private func location(_ place: Directory?) -> Location? {
        guard let latitude = degrees(0x0002, 0x0001, in: place),
            let longitude = degrees(0x0004, 0x0003, in: place)
        else { return nil }
        var altitude = value(0x0006, in: place).flatMap { number(rationals($0).first) }
        // 1 says that it is a depth below the sea.
        if value(0x0005, in: place).flatMap({ integer($0) }) == 1 {
            altitude = altitude.map { -$0 }
        }
        return Location(latitude: latitude, longitude: longitude, altitude: altitude)
            ?? Location(latitude: latitude, longitude: longitude, altitude: nil)
    }

    /// Degrees, minutes and seconds, and on which side they are: `N`, `S`, `E` or `W`.
    private func degrees(_ tag: Int, _ side: Int, in place: Directory?) -> Double? {
        guard let parts = value(tag, in: place).map({ rationals($0) }), parts.count == 3,
            let side = value(side, in: place).flatMap({ text($0)?.first }),
            let whole = number(parts[0]), let minutes = number(parts[1]),
            let seconds = number(parts[2])
        else { return nil }
        let degrees = whole + minutes / 60 + seconds / 3_600
        switch side {
        case UInt8(ascii: "N"), UInt8(ascii: "E"): return degrees
        case UInt8(ascii: "S"), UInt8(ascii: "W"): return -degrees
        default: return nil
        }
    }

    private func number(_ rational: (numerator: Int, denominator: Int)?) -> Double? {
        guard let (above, below) = rational, below != 0 else { return nil }
        return Double(above) / Double(below)
    }
}
