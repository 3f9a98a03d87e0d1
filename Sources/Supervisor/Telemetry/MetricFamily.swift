/// One metric: its name, what it tells, how it is kept and what its values are told apart by.
struct MetricFamily: Sendable {
    enum Kind: Sendable {
        /// Only grows, until the service starts again.
        case counter
        /// As it is at the moment.
        case gauge
        /// Counts of values up to each bound, in rising order, with their sum.
        case histogram(bounds: [Double])

        /// The word of the TYPE line.
        var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    let name: String
    let help: String
    let kind: Kind
    /// Names of the labels, in the order of the values in ``MetricSeries/labels``.
    let labels: [String]

    init(_ name: String, _ kind: Kind, by labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

/// One line, or for a histogram one group of lines, of a metric.
struct MetricSeries: Sendable {
    enum Value: Sendable {
        case number(Double)
        /// - Parameters:
        ///   - counts: values that fell to each bound and not to a lower one; the last count is of
        ///     those above every bound.
        case histogram(counts: [UInt64], sum: Double)
    }

    var labels: [String]
    var value: Value

    init(_ labels: [String], _ value: Double) {
        self.init(labels, .number(value))
    }

    /// Of a metric without labels.
    init(_ value: Double) {
        self.init([], value)
    }

    init(_ labels: [String], _ value: Value) {
        self.labels = labels
        self.value = value
    }
}
