/// Prometheus's text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct PrometheusText {
    /// What the format calls itself in a Content-Type.
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Appends one metric: HELP, TYPE, and its series in the order of their labels.
    mutating func append(_ family: MetricFamily, _ series: [MetricSeries]) {
        text += "# HELP \(family.name) \(Self.escaped(family.help))\n"
        text += "# TYPE \(family.name) \(family.kind.name)\n"
        let sorted = series.sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
        for series in sorted {
            let labels = Array(zip(family.labels, series.labels))
            switch (series.value, family.kind) {
            case (.number(let value), _):
                sample(family.name, labels, Self.number(value))
            case (.histogram(let counts, let sum), .histogram(let bounds)):
                var total: UInt64 = 0
                for (bound, count) in zip(bounds + [.infinity], counts) {
                    total += count
                    sample(
                        family.name + "_bucket", labels + [("le", Self.number(bound))],
                        String(total))
                }
                sample(family.name + "_sum", labels, Self.number(sum))
                sample(family.name + "_count", labels, String(total))
            case (.histogram, _): break
            }
        }
    }

    private mutating func sample(
        _ name: String, _ labels: [(String, String)], _ value: String
    ) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    /// As Go's ParseFloat reads it. Whole numbers have no point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }

    /// Line feeds and backslashes are escaped; inside of quotes, quotes too.
    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
