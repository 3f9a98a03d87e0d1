/// A value of several texts with commas between them.
enum ListText {
    /// The texts without the spaces around them; empty ones too.
    static func parts(of text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let start = part.drop { $0 == " " }
            return start.lastIndex { $0 != " " }.map { String(start[...$0]) } ?? ""
        }
    }

    /// Reads each text. What is wrong with one of several is told with that one.
    ///
    /// - Parameter isSecret: whether the texts may stand in no message.
    static func read<Part>(
        _ text: String, isSecret: Bool = false,
        _ parse: (String) throws(ValueError) -> Part
    ) throws(ValueError) -> [Part] {
        let parts = parts(of: text)
        var values: [Part] = []
        for part in parts {
            do throws(ValueError) {
                values.append(try parse(part))
            } catch {
                let entry =
                    isSecret ? "an entry that" : "\(ConfigurationProblem.quoted(part)), which"
                throw parts.count > 1 ? error.inList(of: entry) : error
            }
        }
        return values
    }
}

extension ValueError {
    fileprivate func inList(of entry: String) -> ValueError {
        switch self {
        case .malformed(let what): .malformed("has \(entry) \(what)")
        case .refused(let what, let advice): .refused("has \(entry) \(what)", advice: advice)
        case .outOfRange: .outOfRange
        }
    }
}
