import ImageVocabulary

extension JobResult {
    /// Facts and details as HTTP and the command line show them, as docs/info.schema.json has it.
    /// Names never change meaning.
    ///
    /// - Parameter bytes: the input's size.
    func json(bytes: Int) -> JSONValue {
        .object(facts.members(bytes: bytes) + (details?.members ?? []))
    }
}

extension ImageFacts {
    fileprivate func members(bytes: Int) -> [(String, JSONValue)] {
        [
            ("format", .string(format.name)),
            ("media_type", .string(format.mediaType)),
            ("width", .unsigned(UInt64(width))),
            ("height", .unsigned(UInt64(height))),
            ("frames", .unsigned(UInt64(frames))),
            ("bands", .unsigned(UInt64(bands))),
            ("bits_per_channel", .unsigned(UInt64(bitsPerChannel))),
            ("alpha", .bool(hasAlpha)),
            ("orientation", .unsigned(UInt64(orientation))),
            ("profile", .bool(hasProfile)),
            ("bytes", .integer(Int64(bytes))),
        ]
    }
}

extension ImageDetails {
    /// What is not known is left out.
    fileprivate var members: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [("color_space", .string(colorSpace.name))]
        if let resolution {
            members.append(
                ("dpi", .object([("x", .decimal(resolution.x)), ("y", .decimal(resolution.y))])))
        }
        let found = DetailField.allCases.compactMap { field in
            texts[field].map { (field.name, JSONValue.string($0.text)) }
        }
        if !found.isEmpty { members.append(("texts", .object(found))) }
        if let location {
            var place: [(String, JSONValue)] = [
                ("latitude", .decimal(location.latitude)),
                ("longitude", .decimal(location.longitude)),
            ]
            if let altitude = location.altitude { place.append(("altitude", .decimal(altitude))) }
            members.append(("location", .object(place)))
        }
        if let dominantColor {
            members.append(("dominant_color", .string(dominantColor.hexadecimal)))
        }
        return members
    }
}

extension RGBColor {
    /// As CSS writes it: `#` and six digits.
    fileprivate var hexadecimal: String {
        [red, green, blue].reduce("#") { text, channel in
            text + (channel < 0x10 ? "0" : "") + String(channel, radix: 16)
        }
    }
}
