import FoundationEssentials
import ImageVocabulary
import RequestSyntax
import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Crash records")
struct CrashRecordTests {
    @Test("each class of ending is a record that reads back as it was written")
    func roundTrip() throws {
        let all = try SampleCrash.all()
        for (number, sample) in all.enumerated() {
            let record = try SampleCrash.record(number, sample.report)
            #expect(record.class == sample.class)
            let line = try OrderedJSON.value(of: record).text
            #expect(try JSONDecoder().decode(CrashRecord.self, from: Data(line.utf8)) == record)
        }
        #expect(Set(all.map(\.class)).union([.deadline]) == Set(CrashClass.allCases))
    }

    @Test("a line begins with what it is found by, and a search reads the same of it")
    func order() throws {
        let record = try SampleCrash.record(1, try SampleCrash.all()[0].report)
        let line = try OrderedJSON.value(of: record).text
        #expect(line.hasPrefix(#"{"version":1,"id":"00000000000000000001","time":"20"#))
        let bytes = Array(line.utf8)
        let head = try #require(CrashLine.head(bytes, 0..<bytes.count))
        #expect(head.id == record.id && head.time == record.time && head.class == .violation)
        #expect(head.signature == record.signature && head.policy == "raster")
        #expect(head.requestID == "request-1" && head.format == "jpeg")
        #expect(head.inputSHA256 == record.input?.sha256 && head.count == 1)
    }

    @Test("a denied call is told with the names of its arguments and the line that denies it")
    func violation() throws {
        let record = try SampleCrash.record(1, try SampleCrash.all()[0].report)
        let call = try #require(record.observed.deniedCall)
        #expect(call.name == "openat" && call.number == 257)
        #expect(call.text.hasPrefix("openat(AT_FDCWD, 0x7f00, O_RDONLY"))
        #expect(call.arguments.first == "0xffffff9c" && call.arguments.count == 6)
        let rule = try #require(call.rule)
        let path = ReadPolicy.repositoryFile("policies/raster.yaml")
        #expect(rule.file == path)
        let text = String(decoding: try PolicyReader.bytes(path: path), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // The rule begins there, and names its calls in the lines that follow.
        let named = lines[(rule.line - 1)...].prefix(8).joined(separator: "\n")
        #expect(named.contains(rule.isDefault ? "defaultAction" : "openat"))
        #expect(record.summary.contains("openat(") && record.summary.contains("raster.yaml:"))
        #expect(record.observed.killedFor == nil)
        #expect(record.reported.stage == "decoding")
    }

    @Test("a descriptor in a call is told with what a child has there")
    func descriptors() throws {
        // read(3, 0x7f00, 16) and write(2, ...) of x86-64.
        var call = SampleCrash.openat
        call.number = 0
        call.arguments = [3, 0x7f00, 16, 0, 0, 0]
        let record = try SampleCrash.record(
            1, try SampleCrash.report([.observed(call), SampleCrash.exit(.signal(9))]))
        #expect(record.observed.deniedCall?.text == "read(3 (input), 0x7f00, 16)")
    }

    @Test("the limits are those that children set: at rest, and the budget once and twice")
    func limits() throws {
        let record = try SampleCrash.record(1, try SampleCrash.all()[1].report)
        let limits = record.observed.limits
        #expect(limits.data == 1_000_000 + limits.memory)
        #expect(limits.addressSpace == 50_000_000 + 2 * limits.memory)
        #expect(limits.outputBytes == JobLimits().outputBytes)
        #expect(record.observed.resources?.peakResident == 20_000 << 10)
        #expect(record.observed.resources?.userTime == 12.345)
    }

    @Test("what a child printed can move no cursor, and stays apart from what the kernel saw")
    func reported() throws {
        let record = try SampleCrash.record(1, try SampleCrash.all()[1].report)
        #expect(record.reported.standardError == #"\x1b[31mred\n"#)
        let observed = try OrderedJSON.value(of: record.observed).text
        #expect(!observed.contains("31mred"))
        #expect(record.observed.ending?.name == "SIGSEGV")
    }

    @Test("times are counted from when the child was asked for")
    func times() throws {
        let record = try SampleCrash.record(1, try SampleCrash.all()[0].report)
        #expect(record.times.born == 10 && record.times.ready == 20 && record.times.given == 30)
        #expect(record.times.stages.map(\.at) == [40] && record.times.gone == 60)
        let asked = try #require(Timestamp.date(record.times.asked))
        let died = try #require(Timestamp.date(record.time))
        #expect(abs(died.timeIntervalSince(asked) - 0.06) < 0.002)
    }

    @Test("a signature tells whose word it is: a child that tells of a crash chooses its own")
    func sources() throws {
        let stack = StackImage(
            registers: Array(repeating: 0x2000, count: StackImage.registerCount),
            addresses: [0x2000, 0x2100], isTruncated: false)
        let told = Child.Life.Event.crashed(
            CrashReport(signal: 11, code: 1, isFirstThread: true, faultAddress: 8, stack: stack))
        let seen = Child.Life.Event.snapshot(.taken(stack, isFirstThread: true))
        let nothing = Child.Life.Event.snapshot(.missing(.gone, errno: 3))
        let denied = Child.Life.Event.observed(SampleCrash.openat)
        func source(_ events: [Child.Life.Event]) throws -> CrashSignature.Source? {
            var report = try SampleCrash.report(events)
            report.hello = ZygoteHello(
                posture: Posture(), libvips: "8.18.0", libmagic: 545, restingData: 0,
                restingAddressSpace: 0,
                libraries: [
                    LibraryBuild(name: "libvips.so.42", build: "aa55", code: 0x1000..<0x9000)
                ])
            return try SampleCrash.record(1, report).signatureSource
        }
        let segfault = SampleCrash.exit(.signal(11))
        let killed = SampleCrash.exit(.signal(9))
        #expect(try source([told, segfault]) == .child)
        #expect(try source([segfault]) == CrashSignature.Source.none)
        // What the child tells counts for nothing where the zygote looked, also in vain.
        #expect(try source([told, denied, seen, killed]) == .zygote)
        #expect(try source([told, denied, nothing, killed]) == CrashSignature.Source.none)
    }

    @Test("equal crashes have one signature, and others have another")
    func signatures() throws {
        let all = try SampleCrash.all()
        let again = try SampleCrash.all()
        let signatures = try all.map { try SampleCrash.record(1, $0.report).signature }
        #expect(signatures == (try again.map { try SampleCrash.record(2, $0.report).signature }))
        #expect(Set(signatures).count == all.count)
    }

    @Test(
        "a plan is written as the options that make it",
        arguments: [
            Plan(), Plan(resizing: .fill, width: 300, height: 200, enlarge: true),
            Plan(gravity: Gravity(anchor: .focusPoint, x: 0.5, y: 0.25), quality: 80),
            Plan(gravity: Gravity(anchor: .north, x: 0, y: 10), format: .avif),
            Plan(gravity: Gravity(anchor: .smart), autoRotate: false, stripMetadata: false),
        ])
    func plan(_ plan: Plan) throws {
        #expect(try OptionParser.options(query: plan.query).plan == plan)
    }

    @Test("ids rise, also when the clock does not")
    func ids() {
        let ids = CrashID()
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let made = (0..<2_000).map { ids.next(now - Double($0)) }
        #expect(made == made.sorted() && Set(made).count == made.count)
        #expect(made.allSatisfy { $0.utf8.count == 20 })
        // 1,800,000,000,000 milliseconds.
        #expect(made[0].hasPrefix("01a3185c5000"))
    }
}
