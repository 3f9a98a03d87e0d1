import RequestSyntax
import Testing

/// An option as somebody writes it, and what it does to the options of a request: imgproxy's published
/// contract, without its lenient values.
struct OptionSample: CustomTestStringConvertible, Sendable {
    let text: String
    let change: @Sendable (inout RequestOptions) -> Void

    init(_ text: String, _ change: @escaping @Sendable (inout RequestOptions) -> Void = { _ in }) {
        self.text = text
        self.change = change
    }

    var testDescription: String { text }

    /// The name or alias it is written with.
    var name: Substring { text.prefix { $0 != ":" } }

    /// What holds after it.
    var meaning: RequestOptions {
        var options = RequestOptions()
        change(&options)
        return options
    }

    static let good: [OptionSample] = sizes + regions + canvas + effects + results + deliveries
    static let bad: [String] =
        badSizes + badRegions + badCanvas + badEffects + badResults + badDeliveries

    /// Under which all of them are read.
    static let rules: OptionRules = {
        var rules = OptionRules()
        rules.permitsLimits = true
        rules.presets = ["thumb": [WrittenOption(name: "width", arguments: ["5"])]]
        return rules
    }()
}
