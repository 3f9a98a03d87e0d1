import Testing

@testable import Supervisor

@Suite("What a replay tells")
struct CrashReplayTests {
    private static func crash(_ frames: [CrashStack.Frame]) throws -> CrashRecord {
        var record = try SampleCrash.record(1, try SampleCrash.all()[1].report)
        record.reported.stack = CrashStack(source: .child, frames: frames)
        record.signature = CrashSignature.hash(frames.map { "\($0)" })
        return record
    }

    private static func frame(
        _ module: String, _ build: String, _ offset: String, _ function: String? = nil
    ) -> CrashStack.Frame {
        .init(module: module, build: build, offset: offset, function: function)
    }

    private static func outcome(_ before: CrashRecord, _ now: CrashRecord?) -> CrashReplay.Outcome {
        CrashReplay.Outcome(
            before: before, policyFile: "raster.yaml", now: now, answer: "answered",
            changes: CrashChanges(
                since: before, policy: (now ?? before).policy,
                libraries: (now ?? before).libraries))
    }

    @Test("another policy file, posture, kernel or library is told, in text and in JSON")
    func changes() throws {
        let before = try Self.crash([Self.frame("libvips.so.42", "aa55", "0x10")])
        #expect(Self.outcome(before, before).changes.sentences == [])
        #expect(Self.outcome(before, before).isSame)
        var now = before
        now.policy.sha256 = String(repeating: "e", count: 64)
        now.policy.programSHA256 = String(repeating: "f", count: 64)
        now.policy.posture = "audit"
        now.libraries.builds = [.init(name: "libvips.so.42", build: "bb66")]
        let outcome = Self.outcome(before, now)
        #expect(outcome.changes.sentences.count == 4)
        for word in ["policy file", "compiled filter", "audit", "aa55 then, bb66 now"] {
            #expect(outcome.text.contains(word), "\(word)")
            #expect(outcome.json.text.contains(word), "\(word)")
        }
    }

    @Test("in files that were built anew the functions count, and not where they lie")
    func rebuilt() throws {
        let before = try Self.crash([Self.frame("libvips.so.42", "aa55", "0x10", "decode")])
        func now(_ function: String?, build: String) throws -> CrashRecord {
            var now = try Self.crash([Self.frame("libvips.so.42", build, "0x90", function)])
            now.libraries.builds = [.init(name: "libvips.so.42", build: build)]
            return now
        }
        #expect(Self.outcome(before, try now("decode", build: "bb66")).isSame)
        #expect(Self.outcome(before, try now(nil, build: "bb66")).isSame)
        #expect(!Self.outcome(before, try now("encode", build: "bb66")).isSame)
        #expect(!Self.outcome(before, try now("decode", build: "aa55")).isSame)
        var other = try now("decode", build: "bb66")
        other.observed.ending?.number = 4
        #expect(!Self.outcome(before, other).isSame)
        #expect(!Self.outcome(before, nil).isSame)
    }

    @Test("a deadline in the log that nobody can wait for is none", arguments: [1e300, -1e300, 0])
    func deadline(_ milliseconds: Double) throws {
        let time = try #require(CrashReplay.time(milliseconds))
        #expect(time > .zero && time <= .seconds(3_600))
        #expect(CrashReplay.time(nil) == nil)
        #expect(CrashReplay.time(1_500) == .milliseconds(1_500))
    }

    @Test("a build id or a file's name that leads elsewhere names no function")
    func paths() throws {
        let symbols = StackSymbols(folders: ["/proc/self"])
        for (module, build) in [
            ("exe", "../../x"), ("exe", "zz11"), ("..", "aa55"), ("", "aa55"), ("exe", "aa"),
        ] {
            let stack = CrashStack(source: .child, frames: [Self.frame(module, build, "0x1000")])
            #expect(symbols.named(stack) == stack)
        }
    }
}
