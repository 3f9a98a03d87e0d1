import CoreMetrics
import Synchronization

/// Keeps counters and histograms in memory, for Prometheus to collect: a backend of swift-metrics.
///
/// It keeps only what was declared to it. A metric it does not know, or one with other labels, is
/// not counted. Gauges are not kept: they are read when they are asked for.
final class PrometheusRegistry: MetricsFactory {
    /// Series of one metric before all further ones become ``overflow``: memory stays bounded even
    /// if a label got values from outside.
    static let mostSeries = 1_000
    /// The value of every label of what is counted beyond ``mostSeries``.
    static let overflow = "other"

    private struct Kept {
        let family: MetricFamily
        var series: [[String]: any KeptSeries] = [:]
    }

    /// In the order in which they were declared.
    private let families: [MetricFamily]
    private let kept: Mutex<[String: Kept]>

    init(_ families: [MetricFamily]) {
        self.families = families
        kept = Mutex(
            Dictionary(
                families.map { ($0.name, Kept(family: $0)) }, uniquingKeysWith: { one, _ in one }))
    }

    /// Everything that was counted so far.
    func append(to text: inout PrometheusText) {
        for family in families { text.append(family, series(of: family)) }
    }

    /// What was counted of one metric so far.
    func series(of family: MetricFamily) -> [MetricSeries] {
        let series = kept.withLock { $0[family.name]?.series ?? [:] }
        return series.map { MetricSeries($0.key, $0.value.value) }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, Self.counter) ?? NOOPMetricsHandler.instance
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, Self.counter) ?? NOOPMetricsHandler.instance
    }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, Self.histogram) ?? NOOPMetricsHandler.instance
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, Self.histogram) ?? NOOPMetricsHandler.instance
    }

    // What was counted stays counted: in Prometheus a counter that vanishes reads as a restart.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private static func counter(_ kind: MetricFamily.Kind) -> CounterSeries? {
        if case .counter = kind { CounterSeries() } else { nil }
    }

    private static func histogram(_ kind: MetricFamily.Kind) -> HistogramSeries? {
        if case .histogram(let bounds) = kind { HistogramSeries(bounds: bounds) } else { nil }
    }

    /// - Parameter make: an empty series; nil when the metric is of another kind.
    private func series<Series: KeptSeries>(
        _ name: String, _ dimensions: [(String, String)], _ make: (MetricFamily.Kind) -> Series?
    ) -> Series? {
        kept.withLock { kept in
            guard let family = kept[name]?.family, family.labels == dimensions.map(\.0) else {
                return nil
            }
            var labels = dimensions.map(\.1)
            if let known = kept[name]?.series[labels] { return known as? Series }
            if (kept[name]?.series.count ?? 0) >= Self.mostSeries {
                labels = labels.map { _ in Self.overflow }
                if let known = kept[name]?.series[labels] { return known as? Series }
            }
            let new = make(family.kind)
            kept[name]?.series[labels] = new
            return new
        }
    }
}

/// One series that is kept.
private protocol KeptSeries: AnyObject, Sendable {
    var value: MetricSeries.Value { get }
}

private final class CounterSeries: KeptSeries, CounterHandler, FloatingPointCounterHandler {
    private let total = Mutex(0.0)

    var value: MetricSeries.Value { .number(total.withLock { $0 }) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) {
        // A counter that falls reads as a restart.
        guard amount >= 0, amount.isFinite else { return }
        total.withLock { $0 += amount }
    }

    func reset() { total.withLock { $0 = 0 } }
}

private final class HistogramSeries: KeptSeries, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var value: MetricSeries.Value {
        state.withLock { .histogram(counts: $0.counts, sum: $0.sum) }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
