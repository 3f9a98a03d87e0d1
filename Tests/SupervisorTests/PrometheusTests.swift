import CoreMetrics
import Foundation
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Metrics for Prometheus")
struct PrometheusTests {
    private static let exit = ChildExit(
        ending: .status(0), userTime: 20_000, systemTime: 5_000, peakResident: 30_000,
        minorFaults: 1_200, majorFaults: 0)

    /// Everything there is to be counted, once at least.
    private func counted() -> PrometheusMetrics {
        let metrics = PrometheusMetrics()
        metrics.requestEnded(.example(route: "process", status: 200, format: "jpeg"))
        metrics.requestEnded(.example(route: "process", status: 503, problem: "unavailable"))
        metrics.childEnded(policy: "raster", ending: nil, hadJob: true, exit: Self.exit)
        metrics.childEnded(policy: "raster", ending: nil, hadJob: false, exit: Self.exit)
        metrics.childEnded(policy: "raster", ending: .violation, hadJob: true, exit: nil)
        metrics.jobEnded(
            policy: "raster", outcome: "completed", waited: .milliseconds(1),
            worked: .milliseconds(25))
        metrics.jobRestarted(policy: "raster")
        metrics.jobCoalesced(policy: "raster")
        metrics.generationStarted(policy: "raster", reason: .crash)
        metrics.rotationHeldBack(policy: "raster")
        metrics.zygoteReady(policy: "raster", after: .milliseconds(21))
        return metrics
    }

    @Test("a reader that was written from the format's description reads all of it")
    func read() throws {
        let text = try ExpositionText(counted().text(StatusReportTests.status()))
        #expect(
            text.value(
                "glovebox_requests_total",
                ["route": "process", "format": "jpeg", "status": "200", "outcome": "ok"]) == 1)
        #expect(
            text.value(
                "glovebox_requests_total",
                [
                    "route": "process", "format": "none", "status": "503",
                    "outcome": "unavailable",
                ]) == 1)
        #expect(
            text.value(
                "glovebox_request_duration_seconds_bucket",
                ["route": "process", "format": "jpeg", "status_class": "2xx", "le": "0.05"]) == 1)
        #expect(
            text.value(
                "glovebox_request_duration_seconds_bucket",
                ["route": "process", "format": "jpeg", "status_class": "2xx", "le": "0.025"]) == 0)
        #expect(text.value("glovebox_child_cpu_seconds_sum", ["policy": "raster"]) == 0.025)
        #expect(
            text.value("glovebox_child_peak_resident_bytes_sum", ["policy": "raster"])
                == 30_720_000.0)
        #expect(
            text.value("glovebox_children", ["policy": "raster", "state": "warm"]) == 2)
        #expect(text.value("glovebox_children", ["policy": "extended", "state": "warm"]) == 0)
        #expect(text.value("glovebox_pool_serving", ["policy": "raster"]) == 1)
        #expect(text.value("glovebox_pool_serving", ["policy": "extended"]) == 0)
        #expect(text.value("glovebox_queue_jobs") == 3)
        #expect(text.value("glovebox_queue_capacity_jobs") == 32)
        #expect(text.value("glovebox_generation_age_seconds", ["policy": "raster"]) == 61.5)
        #expect(
            text.value("glovebox_layer_enforced", ["policy": "raster", "layer": "seccomp"]) == 1)
        #expect(
            text.value("glovebox_layer_enforced", ["policy": "raster", "layer": "cgroup"]) == 0)
        #expect(
            text.value("glovebox_layer_enforced", ["policy": "extended", "layer": "seccomp"])
                == nil)
        #expect(text.families["glovebox_build_info"]?.samples.map(\.value) == [1])
    }

    @Test("every metric has its help, a unit or _total in its name, and something to show")
    func names() throws {
        let text = try ExpositionText(counted().text(StatusReportTests.status()))
        for (name, family) in text.families {
            #expect(family.help.hasSuffix("."), "\(name)")
            #expect(!family.samples.isEmpty, "\(name)")
            #expect(name.hasSuffix("_total") == (family.type == "counter"), "\(name)")
            if family.type == "histogram" {
                let units = ["_seconds", "_bytes", "_faults"]
                #expect(units.contains { name.hasSuffix($0) }, "\(name)")
            }
        }
    }

    @Test("what can go wrong is there as 0 before it has happened")
    func zeroes() throws {
        let text = try ExpositionText(PrometheusMetrics().text(StatusReportTests.status()))
        for name in ChildEnding.names + ["completed", "dismissed"] {
            #expect(
                text.value("glovebox_children_ended_total", ["policy": "raster", "class": name])
                    == 0)
        }
        for reason in GenerationReason.allCases {
            #expect(
                text.value(
                    "glovebox_generations_started_total",
                    ["policy": "raster", "reason": reason.rawValue]) == 0)
        }
        #expect(text.value("glovebox_jobs_restarted_total", ["policy": "extended"]) == 0)
    }

    @Test("reloads are counted, and whether the last one was applied, and when one was")
    func reloads() throws {
        let metrics = PrometheusMetrics()
        func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double? {
            try ExpositionText(metrics.text(StatusReportTests.status()))
                .value("glovebox_\(name)", labels)
        }
        let start = try #require(try value("last_reload_success_timestamp_seconds"))
        #expect(abs(start - Date().timeIntervalSince1970) < 60)
        #expect(try value("reloads_total", ["outcome": "refused"]) == 0)
        #expect(try value("last_reload_successful") == 1)
        #expect(metrics.lastReload == nil)
        metrics.reloadEnded(.refused(["raster.yaml:1:1: broken"]))
        #expect(try value("reloads_total", ["outcome": "refused"]) == 1)
        #expect(try value("last_reload_successful") == 0)
        #expect(try value("last_reload_success_timestamp_seconds") == start)
        #expect(metrics.lastReload?.reasons == ["raster.yaml:1:1: broken"])
        metrics.reloadEnded(.applied(changed: []))
        #expect(try value("reloads_total", ["outcome": "applied"]) == 1)
        #expect(try value("last_reload_successful") == 1)
        #expect(try #require(try value("last_reload_success_timestamp_seconds")) > start)
        #expect(metrics.lastReload?.outcome == .applied)
    }

    @Test("what was counted stands in the same order each time")
    func stable() {
        let metrics = counted()
        let lines = { (text: String) in
            text.split(separator: "\n").map { $0.split(separator: " ").first.map(String.init) }
        }
        let one = lines(metrics.text(StatusReportTests.status()))
        metrics.jobEnded(policy: "raster", outcome: "completed", waited: .zero, worked: .zero)
        #expect(lines(metrics.text(StatusReportTests.status())) == one)
    }

    @Test("label values and help are escaped as the format asks")
    func escaping() throws {
        let family = MetricFamily("x", .gauge, by: ["a", "b"], "C:\\DIR\n\"quoted\".")
        var text = PrometheusText()
        text.append(family, [MetricSeries(["C:\\DIR\\FILE.TXT", "say \"no\"\nnow"], 1.5)])
        #expect(
            text.text == """
                # HELP x C:\\\\DIR\\n"quoted".
                # TYPE x gauge
                x{a="C:\\\\DIR\\\\FILE.TXT",b="say \\"no\\"\\nnow"} 1.5

                """)
        let read = try ExpositionText(text.text)
        #expect(read.value("x", ["a": "C:\\DIR\\FILE.TXT", "b": "say \"no\"\nnow"]) == 1.5)
    }

    @Test("numbers are written as Go reads them")
    func numbers() {
        #expect(PrometheusText.number(3) == "3")
        #expect(PrometheusText.number(0.1) == "0.1")
        #expect(PrometheusText.number(-1e-9) == "-1e-09")
        #expect(PrometheusText.number(1e22) == "1e+22")
        #expect(PrometheusText.number(.infinity) == "+Inf")
        #expect(PrometheusText.number(-.infinity) == "-Inf")
        #expect(PrometheusText.number(.nan) == "NaN")
    }

    @Test("a value on a bound counts as within it, and beyond the last bound only as +Inf")
    func bounds() throws {
        let family = MetricFamily("h", .histogram(bounds: [1, 2]), "Help.")
        let registry = PrometheusRegistry([family])
        let recorder = Recorder(label: "h", dimensions: [], factory: registry)
        for value in [0.5, 1, 1.5, 2, 2.5] { recorder.record(value) }
        recorder.record(Double.nan)
        Timer(label: "h", dimensions: [], factory: registry).recordNanoseconds(500_000_000)
        var text = PrometheusText()
        registry.append(to: &text)
        let read = try ExpositionText(text.text)
        #expect(read.value("h_bucket", ["le": "1"]) == 3)
        #expect(read.value("h_bucket", ["le": "2"]) == 5)
        #expect(read.value("h_bucket", ["le": "+Inf"]) == 6)
        #expect(read.value("h_sum") == 8)
    }

    @Test("values from outside cannot fill the memory: beyond a thousand they are one")
    func bounded() {
        let family = MetricFamily("c_total", .counter, by: ["x"], "Help.")
        let registry = PrometheusRegistry([family])
        for number in 0..<3_000 {
            Counter(label: "c_total", dimensions: [("x", "\(number)")], factory: registry)
                .increment()
        }
        let series = registry.series(of: family)
        #expect(series.count == PrometheusRegistry.mostSeries + 1)
        let other = series.first { $0.labels == [PrometheusRegistry.overflow] }
        guard case .number(2_000) = other?.value else {
            Issue.record("\(String(describing: other))")
            return
        }
    }

    @Test("what was not declared, or has other labels, is not counted and does no harm")
    func undeclared() {
        let registry = PrometheusRegistry([MetricFamily("c_total", .counter, "Help.")])
        Counter(label: "d_total", dimensions: [], factory: registry).increment()
        Counter(label: "c_total", dimensions: [("x", "y")], factory: registry).increment()
        Recorder(label: "c_total", dimensions: [], factory: registry).record(1)
        var text = PrometheusText()
        registry.append(to: &text)
        #expect(text.text == "# HELP c_total Help.\n# TYPE c_total counter\n")
    }

    @Test("the process's own figures are those that the kernel has")
    func process() throws {
        var text = PrometheusText()
        ProcessMetrics.append(to: &text)
        let read = try ExpositionText(text.text)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kib = try #require(
            line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) })
        let resident = try #require(read.value("process_resident_memory_bytes"))
        #expect(resident > kib * 512 && resident < kib * 2_048)
        let limits = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8)
        let files = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        #expect(
            read.value("process_max_fds")
                == files?.split(whereSeparator: \.isWhitespace).dropFirst(3).first
                .flatMap { Double($0) })
        let started = try #require(read.value("process_start_time_seconds"))
        #expect(started < Date().timeIntervalSince1970 + 2)
        #expect(started > Date().timeIntervalSince1970 - 86_400)
        #expect(try #require(read.value("process_open_fds")) >= 3)
        #expect(try #require(read.value("process_cpu_seconds_total")) > 0)
    }
}
