import SandboxPolicy
import Testing

@Suite("Layers and postures")
struct PostureTests {
    @Test("every layer has a byte of its own that leads back to it, and 0 is none")
    func codes() {
        #expect(Set(Layer.allCases.map(\.code)).count == Layer.allCases.count)
        for layer in Layer.allCases { #expect(Layer(code: layer.code) == layer) }
        #expect(Layer(code: 0) == nil)
        #expect(Layer(code: 200) == nil)
    }

    @Test("a required layer that is unsupported, disabled or unreported is missing")
    func missing() {
        var posture = Posture()
        posture.set(.seccomp, .enforced)
        posture.set(.userNamespace, .unsupported, detail: 1)
        posture.set(.emptyRoot, .disabled)
        #expect(
            posture.missing(of: [.seccomp, .userNamespace, .emptyRoot, .pidNamespace])
                == [.userNamespace, .emptyRoot, .pidNamespace])
    }

    @Test("the last report of a layer counts, in its first place")
    func replaced() {
        var posture = Posture()
        posture.set(.landlock, .unsupported, detail: 38)
        posture.set(.seccomp, .enforced)
        posture.set(.landlock, .enforced, detail: 7)
        #expect(
            posture.entries == [
                Posture.Entry(.landlock, .enforced, detail: 7), Posture.Entry(.seccomp, .enforced),
            ])
        #expect(posture[.landlock]?.detail == 7)
        #expect(posture[.cgroup] == nil)
    }

    @Test("names are words that metrics and URLs take unchanged")
    func names() {
        for layer in Layer.allCases {
            #expect(layer.rawValue.allSatisfy { $0.isLowercase || $0 == "-" })
        }
    }
}
