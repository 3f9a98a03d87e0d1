import FoundationEssentials
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("doctor")
struct DoctorReportTests {
    private struct Report: Decodable {
        struct Entry: Decodable {
            var layer: String
            var title: String
            var state: String
            var required: Bool
            var reason: String
            var remedy: String?
            var detail: UInt32
        }
        var libvips: String?
        var layers: [Entry]
    }

    private func decoded(_ report: DoctorReport) throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(report.json.text.utf8))
    }

    @Test("every layer has one entry, and each that is not in force a remedy")
    func entries() throws {
        var posture = Posture()
        for layer in Layer.allCases { posture.set(layer, .enforced) }
        posture.set(.landlock, .enforced, detail: 7)
        posture.set(.speculationControl, .unsupported, detail: 19)
        posture.set(.cgroup, .disabled)
        let report = DoctorReport(
            posture: posture, required: [.seccomp, .landlock],
            libraries: (libvips: "8.18.7", libmagic: 544))
        let json = try decoded(report)
        #expect(json.libvips == "8.18.7")
        #expect(json.layers.map(\.layer) == Layer.allCases.map(\.rawValue))
        for entry in json.layers {
            #expect((entry.remedy == nil) == (entry.state == "enforced"))
            #expect(!entry.reason.isEmpty)
        }
        let states = Dictionary(uniqueKeysWithValues: json.layers.map { ($0.layer, $0) })
        #expect(states["landlock"]?.detail == 7)
        #expect(states["speculation-control"]?.state == "unsupported")
        #expect(states["cgroup"]?.state == "disabled")
        #expect(json.layers.filter(\.required).map(\.layer) == ["landlock", "seccomp"])
        #expect(!report.text.contains("(required)"))
        for layer in Layer.allCases { #expect(report.text.contains(layer.title)) }
    }

    @Test("a required layer that nobody reported is missing")
    func missing() throws {
        let report = DoctorReport(posture: Posture(), required: [.seccomp], libraries: nil)
        let marked = report.text.split(separator: "\n").filter { $0.hasSuffix("(required)") }
        #expect(marked.map { $0.hasPrefix("seccomp filter") } == [true])
        let json = try decoded(report)
        #expect(json.libvips == nil)
        #expect(json.layers.allSatisfy { $0.state == "unsupported" })
    }
}
