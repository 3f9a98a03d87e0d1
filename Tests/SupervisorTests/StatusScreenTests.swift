import Testing

@testable import Supervisor

@Suite("The screen of the status")
struct StatusScreenTests {
    /// A service with nothing to complain about.
    private func healthy() -> StatusReport {
        var report = StatusReportTests.report()
        report.pid = 4_242
        report.health = .ok
        report.policies.removeLast()
        report.policies[0].layersMissing = []
        return report
    }

    private func screen(_ report: StatusReport, after earlier: StatusReport? = nil) -> [String] {
        let text = StatusScreen(report, after: earlier).text
        #expect(text.hasSuffix("\n"))
        return text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// Checks that it fits, and that it is nothing but printable ASCII.
    private func expectFits(
        _ lines: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(lines.count <= 23, sourceLocation: sourceLocation)
        for line in lines {
            #expect(line.utf8.count <= 80, "\(line)", sourceLocation: sourceLocation)
            #expect(
                line.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(line)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("a healthy service")
    func ok() {
        #expect(
            screen(healthy()) == [
                "glovebox 0.1.0   process 4242   up 1 min 30 s   posture strict   ok",
                "listening   public 127.0.0.1:8080",
                "requests    10 in all, 2 of them 4xx, 1 5xx",
                "images      8 in all; 1 of 2 in work, 3 of 32 waiting",
                "zygotes     last change 1 min 1 s ago: raster, a child broke the protocol",
                "",
                "policy         state    libvips  zygote  age         forked    warm  working",
                "raster         serving  8.18.7   3       1 min 1 s   42        2     1",
            ])
    }

    @Test("what is degraded is said in words, with what to do about it")
    func degraded() {
        let lines = screen(StatusReportTests.report())
        expectFits(lines)
        #expect(
            Array(lines.suffix(6)) == [
                "extended       failed   -        -       -           -         0     0",
                "",
                #"! extended is not served (gif): no libvips\x1b[2J. Mend it, then run 'glovebox"#,
                "  policy reload'.",
                "! raster runs without: cgroup. 'glovebox doctor' says what that means and how to",
                "  have it.",
            ])
    }

    @Test("a refused reload is said with its first reason until one is applied")
    func refusedReload() {
        var report = healthy()
        let reasons = ["raster.yaml:7:3: there is no 'frame'; write 'frames'", "more"]
        report.lastReload = .init(outcome: .refused, at: "x", age: 200, reasons: reasons)
        #expect(
            Array(screen(report).suffix(4)) == [
                "",
                "! The reload of 3 min 20 s ago was refused, and what was in force before is",
                "  still: raster.yaml:7:3: there is no 'frame'; write 'frames' (and 1 more: see",
                "  --json). Mend it, then run 'glovebox policy reload'.",
            ])
        report.lastReload?.reasons = [String(repeating: "long ", count: 500)]
        let long = screen(report)
        expectFits(long)
        #expect(long.contains { $0.contains("...") })
        report.lastReload?.outcome = .applied
        #expect(!screen(report).contains { $0.contains("!") })
    }

    @Test("rates are what was counted between two looks, divided by the time between")
    func rates() {
        var later = healthy()
        later.uptime = 92
        later.counters = .init(requests: 35, clientErrors: 5, serverErrors: 1, jobs: 28)
        let lines = screen(later, after: healthy())
        #expect(
            lines[2] == "requests    12.5/s, 4xx 1.5/s, 5xx 0/s; 35 in all, 5 of them 4xx, 1 5xx")
        #expect(lines[3] == "images      10.0/s; 28 in all; 1 of 2 in work, 3 of 32 waiting")
        // Another process, a report of the same moment and counters that fell give no rate.
        var other = healthy()
        other.pid = 1
        var fallen = later
        fallen.counters = .init(requests: 0, clientErrors: 0, serverErrors: 0, jobs: 0)
        for (report, earlier) in [(later, other), (later, later), (fallen, healthy())] {
            #expect(!screen(report, after: earlier).contains { $0.contains("/s") })
        }
    }

    @Test("a full queue, another posture and a service that is not there are named")
    func notices() {
        var report = healthy()
        report.health = .unavailable
        report.posture = "container"
        report.jobs = .init(running: 2, workers: 2, waiting: 32, queue: 32)
        report.policies[0].state = .starting
        let lines = screen(report)
        expectFits(lines)
        let text = lines.joined(separator: "\n")
        for part in [
            "! No image can be processed.", "! The queue is full", "! raster is starting",
            "! The posture 'container' was chosen",
        ] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test("nothing that a service says of itself leaves the screen", arguments: 0...60)
    func fits(policies count: Int) {
        var report = StatusReportTests.report()
        let wild = String(repeating: "\u{1B}[2Jö\u{9B}\r\n\u{202E} ", count: 40)
        report.version = wild
        report.posture = wild
        report.uptime = .infinity
        report.listeners = Array(repeating: .init(name: wild, address: wild), count: 9)
        report.counters = .init(
            requests: .max, clientErrors: .max, serverErrors: .max, jobs: .min)
        report.jobs = .init(running: .max, workers: .min, waiting: .max, queue: .min)
        report.lastChange?.age = -.infinity
        report.lastChange?.policy = wild
        var policy = report.policies[0]
        policy.policy = wild
        policy.state = .failed
        policy.reason = wild
        policy.layersMissing = Array(repeating: "x", count: 19)
        policy.generations[0].number = .max
        policy.generations[0].age = .nan
        policy.children.warm = .max
        report.policies = Array(repeating: policy, count: count)
        expectFits(screen(report, after: StatusReportTests.report()))
    }

    @Test("colour marks what is wrong, and takes no columns")
    func colour() {
        let report = StatusReportTests.report()
        let coloured = StatusScreen(report, usesColour: true).text
        #expect(coloured.contains("\u{1B}[33mdegraded\u{1B}[0m"))
        let plain = coloured.replacing(/\u{1B}\[[0-9]+m/, with: "")
        #expect(plain == StatusScreen(report).text)
    }

    @Test("times are in the two units that matter")
    func spans() {
        for (seconds, text) in [
            (0, "0 s"), (59.9, "59 s"), (61, "1 min 1 s"), (3_600, "1 h 0 min"),
            (90_061, "1 d 1 h"), (-1, "0 s"), (.nan, "0 s"), (1e300, "115740 d 17 h"),
        ] {
            #expect(StatusScreen.span(seconds) == text)
        }
    }
}
