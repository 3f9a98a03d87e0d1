public import ImageVocabulary

/// The options of questions about facts. Those of processing make no sense there and are unknown.
public struct InfoOption: Sendable {
    public let name: String
    /// One sentence about what an answer then has.
    public let summary: String
    let wish: InfoWishes

    public static let all = [
        InfoOption(
            name: "location",
            summary: "Whether the answer may say where the picture was taken.", wish: .location),
        InfoOption(
            name: "dominant",
            summary: "Whether the answer names the colour that most of the picture has, for which "
                + "its pixels are decoded.",
            wish: .dominantColor),
    ]

    /// Reads a raw query string such as `location=1&dominant=1`, without its `?`.
    ///
    /// - Parameter rules: where only presets are allowed no question is; else those that are listed.
    public static func wishes(
        query: some StringProtocol, under rules: OptionRules = OptionRules()
    ) throws(OptionError) -> InfoWishes {
        let written = try OptionParser.written(in: query)
        let wishes = try wishes(of: written)
        for option in written
        where rules.onlyPresets || rules.allowed?.contains(option.name) == false {
            throw OptionError(
                option: option.name, reason: "This option is not allowed here. Leave it out.")
        }
        return wishes
    }

    /// Reads texts such as `location:1`, one option each.
    public static func wishes(_ texts: [String]) throws(OptionError) -> InfoWishes {
        var written: [WrittenOption] = []
        for text in texts { written.append(try WrittenOption(text)) }
        return try wishes(of: written)
    }

    /// Later ones win.
    private static func wishes(of written: [WrittenOption]) throws(OptionError) -> InfoWishes {
        var wishes = InfoWishes()
        for option in written {
            guard let known = all.first(where: { $0.name == option.name }) else {
                throw OptionError(
                    option: option.name,
                    reason: "There is no such option for facts. Write one of "
                        + "\(all.map(\.name).joined(separator: ", ")), or none.")
            }
            guard option.arguments.count == 1,
                let isWished = OptionValue.boolean(option.arguments[0][...])
            else {
                throw OptionError(
                    option: option.name,
                    reason: "The value cannot be read. Write 1 or true, 0 or false.")
            }
            if isWished { wishes.insert(known.wish) } else { wishes.remove(known.wish) }
        }
        return wishes
    }
}

extension InfoWishes {
    /// The options that make these, as a query string; empty for none.
    public var query: String {
        InfoOption.all.filter { contains($0.wish) }.map { "\($0.name)=1" }.joined(separator: "&")
    }
}
