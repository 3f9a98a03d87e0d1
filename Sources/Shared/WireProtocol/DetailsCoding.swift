internal import ImageVocabulary

extension FrameWriter {
    /// Texts in the order of their fields' numbers.
    mutating func details(_ details: ImageDetails) {
        u8(details.colorSpace.rawValue)
        bool(details.resolution != nil)
        if let resolution = details.resolution {
            double(resolution.x)
            double(resolution.y)
        }
        bool(details.location != nil)
        if let location = details.location {
            double(location.latitude)
            double(location.longitude)
            bool(location.altitude != nil)
            if let altitude = location.altitude { double(altitude) }
        }
        bool(details.dominantColor != nil)
        if let color = details.dominantColor { raw([color.red, color.green, color.blue]) }
        u8(UInt8(details.texts.count))
        for field in DetailField.allCases {
            guard let text = details.texts[field]?.text.utf8 else { continue }
            u8(field.rawValue)
            u8(UInt8(text.count))
            raw(text)
        }
    }
}

extension PayloadCursor {
    mutating func details(in payload: Span<UInt8>) throws(WireError) -> ImageDetails {
        var details = ImageDetails(colorSpace: try value(ColorSpace.self, in: payload))
        if try bool(in: payload) {
            details.resolution = Resolution(
                x: try finite(in: payload), y: try finite(in: payload))
            guard details.resolution != nil else { throw .badValue("resolution") }
        }
        if try bool(in: payload) {
            details.location = Location(
                latitude: try finite(in: payload), longitude: try finite(in: payload),
                altitude: try bool(in: payload) ? try finite(in: payload) : nil)
            guard details.location != nil else { throw .badValue("location") }
        }
        if try bool(in: payload) {
            details.dominantColor = RGBColor(
                red: try u8(in: payload), green: try u8(in: payload), blue: try u8(in: payload))
        }
        var last: UInt8 = 0
        for _ in 0..<(try u8(in: payload)) {
            let field = try value(DetailField.self, in: payload)
            // Rising numbers, so that none comes twice.
            guard field.rawValue > last else { throw .badValue("text order") }
            last = field.rawValue
            let bytes = try bytes(Int(try u8(in: payload)), in: payload)
            guard let text = DetailText(exactly: bytes) else { throw .badValue("text") }
            details.texts[field] = text
        }
        return details
    }
}
