public import ImageVocabulary

/// Makes a ``Plan`` from the options a request or a command line carries.
///
/// Options apply in the order in which they stand, later ones win. The arguments of one option are
/// separated by `:`.
public enum PlanParser {
    /// Longest query string in bytes, as it came.
    public static let longestQuery = 8_192
    /// Most options in one request.
    public static let mostOptions = 64

    /// Reads texts such as `rs:fill:300:200` and `q:80`, one option each.
    ///
    /// - Parameter start: what the options change; the defaults unless given.
    public static func plan(
        options: [String], startingAt start: Plan = Plan()
    ) throws(OptionError) -> Plan {
        guard options.count <= mostOptions else { throw tooMany("options") }
        var plan = start
        for option in options {
            guard let colon = option.firstIndex(of: ":") else {
                throw OptionError(
                    option: option, reason: "Write a name, a colon and a value, such as q:80.")
            }
            try apply(option[..<colon], value: option[option.index(after: colon)...], to: &plan)
        }
        return plan
    }

    /// Reads a raw query string such as `rs=fill:300:200&f=webp`, without its `?`.
    ///
    /// Names and values are percent-decoded once, after the split at `&` and at the first `=`. A
    /// `+` is a plus, never a space, and no option takes either. Broken and double escapes, control
    /// bytes and everything beyond printable ASCII are errors. Empty parts (`&&`) are skipped, as
    /// the URL standard has it.
    public static func plan(
        query: some StringProtocol, startingAt start: Plan = Plan()
    ) throws(OptionError) -> Plan {
        guard query.utf8.count <= longestQuery else {
            throw OptionError(
                option: "query",
                reason: "The query is longer than \(longestQuery) bytes. Write a shorter one.")
        }
        let parts = Array(query.utf8).split(separator: UInt8(ascii: "&"))
        guard parts.count <= mostOptions else { throw tooMany("query") }
        var plan = start
        for part in parts {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                throw OptionError(
                    option: PrintableText.make(part),
                    reason: "The value is missing. Write a name, = and a value, such as q=80.")
            }
            let name = try decoded(part[..<equals], of: part[..<equals])
            let value = try decoded(part[(equals + 1)...], of: part[..<equals])
            try apply(name[...], value: value[...], to: &plan)
        }
        return plan
    }

    /// Applies one option to `plan`, which is unchanged when this throws.
    ///
    /// - Parameters:
    ///   - name: a name or alias from ``ProcessingOption/all``, decoded.
    ///   - value: its arguments with `:` between them, decoded.
    public static func apply(
        _ name: Substring, value: Substring, to plan: inout Plan
    ) throws(OptionError) {
        guard let option = ProcessingOption.named(name) else { throw unknown(name) }
        let arguments = value.split(separator: ":", omittingEmptySubsequences: false)
        try option.apply(arguments, writtenAs: name, to: &plan)
    }

    private static func decoded(
        _ text: ArraySlice<UInt8>, of name: ArraySlice<UInt8>
    ) throws(OptionError) -> String {
        let bytes: [UInt8]
        do throws(PercentDecoding.Failure) {
            bytes = try PercentDecoding.decode(text)
        } catch {
            throw OptionError(option: PrintableText.make(name), reason: error.reason)
        }
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw OptionError(
                option: PrintableText.make(name),
                reason: "Names and values are plain ASCII. Write no other characters.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func tooMany(_ option: String) -> OptionError {
        OptionError(
            option: option, reason: "There are more than \(mostOptions) options. Write fewer.")
    }

    private static func unknown(_ name: Substring) -> OptionError {
        let options = ProcessingOption.all
        let known = options.map(\.name) + options.flatMap(\.aliases)
        let advice =
            if let nearest = NearestName.of(String(name), among: known) {
                "Did you mean \(nearest)?"
            } else {
                "Write one of \(options.map(\.name).joined(separator: ", "))."
            }
        return OptionError(option: name, reason: "There is no such option. \(advice)")
    }
}
