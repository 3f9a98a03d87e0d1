/// The options of a request that wants several results of one image.
///
/// Each `options` in the query is one set, its options apart by `/` and written as in a path:
/// `options=rs:fill:300:200/f:webp&options=w:64&q=80`. What else stands in the query holds for every
/// set; a set's own options come after it, and win.
public enum OptionSets {
    /// The name of a set in the query.
    public static let name = "options"
    /// Most sets in one request: as many results as one child makes.
    public static let most = 8

    /// Reads a raw query string, as ``OptionParser`` does.
    ///
    /// - Returns: at least one and at most ``most``, in their order.
    /// - Throws: an error that says in which set it is, where it is in one.
    public static func read(
        query: some StringProtocol, startingAt start: RequestOptions = RequestOptions(),
        under rules: OptionRules = OptionRules()
    ) throws(OptionError) -> [RequestOptions] {
        let written = try OptionParser.written(in: query)
        let sets = written.filter { $0.name == name }
        let common = written.filter { $0.name != name }
        guard !sets.isEmpty else {
            throw OptionError(
                option: name,
                reason: "There is no set of options. Write \(name)=rs:fill:300:200/f:webp in the "
                    + "query, once for each result.")
        }
        guard sets.count <= most else {
            throw OptionError(
                option: name,
                reason: "There are \(sets.count) sets of options, the limit is \(most). Send "
                    + "several requests.")
        }
        // Alone, so that a mistake here is not laid on a set.
        var ofAll = rules
        // Each set may name its own.
        ofAll.needsPreset = false
        let shared = try OptionParser.options(common, startingAt: start, under: ofAll)
        try requireProcessing(shared)
        var options: [RequestOptions] = []
        for (index, set) in sets.enumerated() {
            do throws(OptionError) {
                options.append(try read(set, common, start, rules))
            } catch {
                throw OptionError(
                    option: error.option, reason: "\(error.reason) It is in set \(index + 1).",
                    isForbidden: error.isForbidden)
            }
        }
        return options
    }

    private static func read(
        _ set: WrittenOption, _ common: [WrittenOption], _ start: RequestOptions,
        _ rules: OptionRules
    ) throws(OptionError) -> RequestOptions {
        var written = common
        // The query was read as if colons stood between arguments of one option.
        for text in set.arguments.joined(separator: ":").split(separator: "/") {
            written.append(try WrittenOption(text))
        }
        let options = try OptionParser.options(written, startingAt: start, under: rules)
        try requireProcessing(options)
        return options
    }

    /// A source that goes out as it is would be no result of a child.
    private static func requireProcessing(_ options: RequestOptions) throws(OptionError) {
        guard !options.delivery.raw else {
            throw OptionError(
                option: "raw", reason: "Here every result is processed. Leave the option out.")
        }
    }
}
