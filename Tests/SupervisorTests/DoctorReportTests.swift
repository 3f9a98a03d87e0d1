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
            var note: String?
            var lost: String?
        }
        var posture: String
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
            named: .strict, posture: posture, required: [.seccomp, .landlock],
            libraries: (libvips: "8.18.7", libmagic: 544), machine: HostFacts())
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
        let report = DoctorReport(
            named: .strict, posture: Posture(), required: [.seccomp], libraries: nil,
            machine: HostFacts())
        let marked = report.text.split(separator: "\n").filter { $0.hasSuffix("(required)") }
        #expect(marked.map { $0.hasPrefix("seccomp filter") } == [true])
        let json = try decoded(report)
        #expect(json.libvips == nil)
        #expect(json.layers.allSatisfy { $0.state == "unsupported" })
    }

    @Test("the detail of a layer is told in words")
    func notes() throws {
        var posture = Posture()
        posture.set(.userNamespace, .unsupported, detail: 28)
        posture.set(.groups, .unsupported, detail: 3)
        posture.set(.landlock, .enforced, detail: 7)
        posture.set(.speculationControl, .enforced, detail: 3)
        posture.set(.seccomp, .enforced)
        let filtered = HostFacts(files: ["/proc/self/status": "Seccomp:\t2\n"])
        for machine in [HostFacts(), filtered] {
            let report = DoctorReport(
                named: .strict, posture: posture, required: [],
                libraries: (libvips: "8.18.7", libmagic: 544), machine: machine)
            let layers = try decoded(report).layers
            let notes = Dictionary(
                uniqueKeysWithValues: layers.compactMap { layer in
                    layer.note.map { (layer.layer, $0) }
                })
            #expect(notes["user-namespace"] == "No space left on device")
            #expect(notes["groups"] == "3 held")
            #expect(notes["landlock"] == "ABI 7")
            #expect(notes["speculation-control"] == "store bypass and indirect branches")
            #expect((notes["seccomp"] != nil) == (machine == filtered))
            for note in notes.values { #expect(report.text.contains(": \(note)\n")) }
        }
    }

    @Test("what the posture does without is counted as lost, and is no longer required")
    func lost() throws {
        var posture = Posture()
        for layer in Layer.allCases { posture.set(layer, .enforced) }
        posture.set(.emptyRoot, .unsupported, detail: 13)
        for named in NamedPosture.allCases {
            let report = DoctorReport(
                named: named, posture: posture,
                required: named.required(of: Layer.alwaysRequired),
                libraries: (libvips: "8.18.7", libmagic: 544), machine: HostFacts())
            let json = try decoded(report)
            for line in report.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
            #expect(json.posture == named.rawValue)
            let lost = json.layers.filter { $0.lost != nil }
            #expect(lost.map(\.layer) == (named == .container ? ["empty-root"] : []))
            let root = json.layers.first { $0.layer == "empty-root" }
            #expect(root?.required == (named != .container))
            #expect(root?.remedy != nil)
        }
    }
}
