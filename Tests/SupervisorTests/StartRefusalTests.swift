import Glibc
import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("A refused start")
struct StartRefusalTests {
    private func lines(_ failure: StartFailure, _ machine: HostFacts = HostFacts()) -> [String] {
        StartRefusal(failure: failure, machine: machine).text.split(separator: "\n")
            .map(String.init)
    }

    private func setup(_ stage: String, _ code: Int32) -> StartFailure {
        .setup(SetupFailure(stage: stage, code: code, detail: "unshare: refused"))
    }

    @Test("names the step, the line that mends it, the line that does without, and each loss")
    func userNamespace() {
        let failure = setup("user-namespace", EPERM)
        let text = lines(
            failure, HostFacts(files: ["/proc/sys/kernel/unprivileged_userns_clone": "0\n"]))
        #expect(failure.isPostureNotMet)
        #expect(text[0].contains("'user-namespace' failed (unshare: refused)"))
        #expect(text[2] == "    sysctl -w kernel.unprivileged_userns_clone=1")
        #expect(text.contains("    --posture container"))
        #expect(text.contains { $0.contains("GLOVEBOX_POSTURE=container") })
        let losses = text.filter { line in
            Layer.allCases.contains { line.hasPrefix("    \($0.title): ") }
        }
        #expect(losses.count == NamedPosture.container.dispensable.count)
    }

    @Test("counts no more as lost than hangs on the layer")
    func mountNamespace() {
        let text = lines(setup("mount-namespace", EPERM))
        #expect(text.contains { $0.hasPrefix("    Mount namespace: ") })
        #expect(text.contains { $0.hasPrefix("    Empty root: ") })
        #expect(!text.contains { $0.hasPrefix("    PID namespace: ") })
    }

    @Test("offers nothing for a layer that no posture does without")
    func seccomp() {
        for failure in [setup("seccomp", EINVAL), .missing([.landlock, .emptyRoot], Posture())] {
            let text = lines(failure)
            #expect(text.last == "No posture does without it.")
            #expect(!text.contains { $0.contains("--posture") })
            #expect(failure.isPostureNotMet)
        }
    }

    @Test("names the formats that no library reads, the package and the setting that does without")
    func formats() {
        let first = FormatShortage(
            formats: [.jxl], folder: "/opt/vips", folderLack: "has no jxlload_buffer",
            systemLack: "cannot be loaded (no such file)")
        let second = FormatShortage(formats: [.svg, .jxl], systemLack: "has no svgload_buffer")
        let failures = [
            JobDispatch.PoolFailure(policy: "extended", reason: .formats(first)),
            JobDispatch.PoolFailure(policy: "document", reason: .formats(second)),
        ]
        guard let failure = StartFailure.refusal(of: [], failures) else {
            Issue.record("no refusal")
            return
        }
        let text = lines(failure)
        #expect(
            text == [
                "No libvips here can read jxl and svg: the one in /opt/vips has no jxlload_buffer, "
                    + "and the system's cannot be loaded (no such file). Install the package "
                    + "libvips42, or name other formats in GLOVEBOX_FORMATS."
            ])
        var shortage = second
        shortage.others = [.svg, .png, .jxl, .jpeg]
        #expect(
            shortage.description.hasSuffix(
                "or leave the formats out with GLOVEBOX_FORMATS=jpeg,png."))
        #expect(!failure.isPostureNotMet)
    }

    @Test("says no more than what failed where it was no layer")
    func other() {
        let failure = setup("libraries", 0)
        #expect(lines(failure) == [failure.description])
        #expect(!failure.isPostureNotMet)
    }
}
