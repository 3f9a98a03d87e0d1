import SandboxPolicy
import Testing

@Suite("Named postures")
struct NamedPostureTests {
    @Test("strict does without nothing")
    func strict() {
        #expect(NamedPosture.strict.required(of: Layer.allCases) == Layer.allCases)
        #expect(NamedPosture.strict.lost(in: Posture()).isEmpty)
        #expect(Layer.allCases.allSatisfy { NamedPosture.strict.lost(with: $0).isEmpty })
    }

    @Test("container does without what needs a user namespace, and without nothing else")
    func container() {
        #expect(
            NamedPosture.container.required(of: Layer.alwaysRequired)
                == [.capabilities, .resourceLimits, .noNewPrivileges, .notDumpable, .seccomp])
        // What a policy adds stays required.
        #expect(NamedPosture.container.required(of: [.landlock, .ipcNamespace]) == [.landlock])
    }

    @Test("audit does without the filter's denials, and without nothing else")
    func audit() {
        let others = Layer.alwaysRequired.filter { $0 != .seccomp }
        #expect(NamedPosture.audit.required(of: Layer.alwaysRequired) == others)
        var posture = Posture()
        for layer in Layer.allCases { posture.set(layer, .enforced) }
        #expect(NamedPosture.audit.lost(in: posture).isEmpty)
        posture.set(.seccomp, .disabled)
        #expect(NamedPosture.audit.lost(in: posture) == [.seccomp])
        #expect(NamedPosture.audit.lost(with: .userNamespace).isEmpty)
    }

    @Test("each layer that a posture does without has a loss, and no other has one")
    func losses() {
        let dispensable = Set(NamedPosture.allCases.flatMap(\.dispensable))
        for layer in Layer.allCases {
            #expect((layer.loss != nil) == dispensable.contains(layer))
        }
    }

    @Test("lost is what is not in force, and what hangs on it")
    func lost() {
        let container = NamedPosture.container
        var posture = Posture()
        for layer in Layer.allCases { posture.set(layer, .enforced) }
        #expect(container.lost(in: posture).isEmpty)
        posture.set(.emptyRoot, .unsupported, detail: 13)
        posture.set(.landlock, .unsupported, detail: 38)
        #expect(container.lost(in: posture) == [.emptyRoot])
        #expect(container.lost(with: .userNamespace) == container.dispensable)
        #expect(container.lost(with: .mountNamespace) == [.mountNamespace, .emptyRoot])
        #expect(container.lost(with: .seccomp).isEmpty)
    }
}
