import CHostile
import Glibc
import TestSupport
import Testing
import WireProtocol

@testable import Supervisor

/// Where real children were when they died, held against what binutils says of the program.
@Suite("Where a child was", .ownProcess, .serialized)
struct CrashStackTests {
    /// What a zygote and a child said, and the program they are made from.
    private struct Seen: Sendable {
        var act: PerformedAct
        var hello: ZygoteHello
        var modules: ModuleTable { ModuleTable(hello.libraries) }

        var observed: CrashStack? { act.snapshots.first.map { CrashStack($0, modules) } }
        var reported: CrashStack? { act.report.map { CrashStack($0, modules) } }
    }

    /// Performs acts one after the other in children of one zygote.
    private func perform(
        _ acts: [String], as identity: Identity = .ordinaryUser,
        _ surroundings: Surroundings? = nil,
        _ check: (String, Seen, Workspace) async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let seen = try await within(.seconds(60), "the conversation with the zygote") {
            await onThread {
                Result {
                    let zygote = try ControlledZygote(
                        as: identity, in: workspace, program: .hostileSandbox,
                        surroundings: surroundings)
                    return try acts.enumerated().map { index, act in
                        Seen(
                            act: try zygote.perform(act, as: UInt64(index + 1)),
                            hello: zygote.hello)
                    }
                }
            }
        }.get()
        for (act, seen) in zip(acts, seen) { try await check(act, seen, workspace) }
    }

    /// The functions at these frames, as far as they are the test program's own.
    private func functions(
        _ stack: CrashStack?, in workspace: Workspace
    ) async throws -> [String] {
        let own = (stack?.frames ?? []).filter { $0.module == "glovebox-sandbox" }
        guard !own.isEmpty else { return [] }
        let path = try workspace.program(.hostileSandbox)
        let program = try RunningProgram(
            "/usr/bin/addr2line", ["-f", "-e", path] + own.map(\.offset))
        let lines = String(decoding: await program.allOutput, as: UTF8.self).split(separator: "\n")
        // A function's name, then its place, for each.
        return stride(from: 0, to: lines.count, by: 2).map { String(lines[$0]) }
    }

    /// What is called, how it ends, and the function that does it.
    private static var crashes: [(act: String, signal: Int32, function: String)] {
        var crashes: [(String, Int32, String)] = [
            ("crash-null", 11, "crash_null"),
            ("crash-null-in-thread", 11, "crash_null"),
            ("crash-after-much-text", 11, "crash_null"),
            ("32-forged-before-crash", 11, "crash_null"),
            ("crash-breakpoint", 5, "crash_breakpoint"), ("28-stack-overflow", 11, "overflow"),
        ]
        #if arch(x86_64)
            crashes += [
                ("crash-trap", 4, "crash_trap"), ("crash-divide", 8, "crash_divide"),
                ("crash-non-canonical", 11, "crash_non_canonical"),
            ]
        #endif
        return crashes
    }

    @Test(
        "a child that crashes says where, and dies of the signal itself",
        arguments: Identity.available)
    func crashes(_ identity: Identity) async throws {
        try await perform(Self.crashes.map(\.act), as: identity) { act, seen, workspace in
            guard let expected = Self.crashes.first(where: { $0.act == act }) else { return }
            #expect(seen.act.exit?.ending == .signal(expected.signal), "\(act)")
            #expect(seen.act.observed.isEmpty && seen.act.snapshots.isEmpty, "\(act)")
            let report = try #require(seen.act.report, "\(act)")
            #expect(report.signal == UInt32(expected.signal), "\(act)")
            #expect(report.isFirstThread == !act.hasSuffix("in-thread"), "\(act)")
            let stack = try #require(seen.reported)
            #expect(stack.source == .child)
            let functions = try await functions(stack, in: workspace)
            #expect(functions.first == expected.function, "\(act): \(functions)")
            // An overflow has more frames than are kept.
            if !act.hasSuffix("in-thread"), act != "28-stack-overflow" {
                #expect(functions.contains("hostile_perform"), "\(act): \(functions)")
            }
            #expect(!seen.act.text.contains(0x7f), "\(act)")
        }
    }

    @Test("the address that a fault was about tells what kind of mistake it was")
    func faults() async throws {
        let classes: [String: CrashStack.FaultClass] = [
            "crash-null": .null, "crash-jump": .execution, "28-stack-overflow": .stackGuard,
        ]
        try await perform(classes.keys.sorted()) { act, seen, _ in
            #expect(seen.reported?.faultClass == classes[act], "\(act)")
            if act == "crash-null" { #expect(seen.reported?.faultAddress == "0x8") }
        }
        #if arch(x86_64)
            try await perform(["crash-non-canonical"]) { _, seen, _ in
                #expect(seen.reported?.faultClass == .nonCanonical)
                #expect(seen.reported?.faultAddress == nil)
            }
        #endif
    }

    @Test("who blocks the signal, or overflows another thread's stack, dies of it without a word")
    func silent() async throws {
        try await perform(["31-block-and-crash", "crash-overflow-in-thread"]) { act, seen, _ in
            #expect(seen.act.exit?.ending == .signal(11), "\(act)")
            #expect(seen.act.report == nil, "\(act)")
        }
    }

    @Test(
        "the zygote sees where a call was made that it holds, in any thread, beside working ones",
        arguments: Identity.available)
    func held(_ identity: Identity) async throws {
        let acts = [
            "04-socket-inet", "04-socket-in-thread", "33-socket-beside-work", "33-flood",
            "01-execve",
        ]
        try await perform(acts, as: identity) { act, seen, workspace in
            let call = try #require(seen.act.observed.first)
            #expect(!call.isAbort)
            #expect(seen.act.exit?.ending == .signal(9), "\(act)")
            #expect(seen.act.snapshots.count == 1, "\(act)")
            guard case .taken(let image, let isFirst) = seen.act.snapshots.first
            else {
                Issue.record("\(act): \(seen.act.snapshots)")
                return
            }
            if act.hasSuffix("in-thread") || act.hasSuffix("work") { #expect(!isFirst, "\(act)") }
            if act == "01-execve" { #expect(isFirst) }
            #expect(image.registers[0] == call.instructionPointer, "\(act)")
            #expect(image.addresses.first == call.instructionPointer, "\(act)")
            let registers = try #require(seen.observed?.registers)
            #if arch(x86_64)
                #expect(registers["orig_rax"] == ModuleTable.hex(UInt64(call.number)), "\(act)")
                #expect(registers["rdi"] == ModuleTable.hex(call.arguments[0]), "\(act)")
            #else
                #expect(registers["x8"] == ModuleTable.hex(UInt64(call.number)), "\(act)")
            #endif
            let functions = try await functions(seen.observed, in: workspace)
            #expect(functions.first == "hostile_syscall", "\(act): \(functions)")
            if act != "33-flood" {
                #expect(functions.contains("hostile_perform"), "\(act): \(functions)")
            }
        }
    }

    @Test("an abort is held too, so that it is the zygote who sees it")
    func aborts() async throws {
        let acts = ["crash-abort", "crash-abort-in-thread", "crash-heap", "crash-smashed-stack"]
        try await perform(acts) { act, seen, workspace in
            #expect(seen.act.observed.first?.isAbort == true, "\(act)")
            #expect(seen.act.report == nil, "\(act)")
            let stack = try #require(seen.observed, "\(act)")
            #expect(stack.thread == (act.hasSuffix("in-thread") ? "other" : "first"))
            let function = act.replacing("-in-thread", with: "").replacing("-", with: "_")
            let functions = try await functions(stack, in: workspace)
            #expect(functions.contains(function), "\(act): \(functions)")
        }
    }

    @Test("where the zygote has no right to look, it says so, and children report their crashes")
    func container() async throws {
        try await perform(
            ["04-socket-inet", "crash-null"], as: .ordinaryUser, .noUserNamespaces
        ) { act, seen, workspace in
            if act == "crash-null" {
                #expect(seen.act.exit?.ending == .signal(11))
                let functions = try await functions(seen.reported, in: workspace)
                #expect(functions.first == "crash_null", "\(functions)")
            } else {
                #expect(seen.act.exit?.ending == .signal(9))
                #expect(seen.act.snapshots == [.missing(.notPermitted, errno: EPERM)])
                #expect(seen.observed?.unavailable?.contains("may not look") == true)
            }
        }
    }

    @Test("a report that is forged is the child's word, and half a one is text")
    func forged() async throws {
        let acts = ["32-forged-report", "32-half-a-report"]
        try await perform(acts) { act, seen, _ in
            #expect(seen.act.exit?.ending == .status(3))
            #expect(seen.act.snapshots.isEmpty && seen.observed == nil)
            guard act == "32-forged-report" else {
                #expect(seen.act.report == nil)
                #expect(seen.act.text.starts(with: [0x7f, 0x47, 0x4c, 0x42, 0x58, 0xc1]))
                return
            }
            #expect(String(decoding: seen.act.text, as: UTF8.self) == "beforeafter")
            #expect(seen.reported?.source == .child)
            #expect(seen.reported?.faultAddress == "0x1234")
            #expect(seen.reported?.frames == [CrashStack.Frame(offset: "0x11")])
        }
    }

    @Test("equal crashes have equal frames in generations that lie elsewhere, other crashes others")
    func layouts() async throws {
        let acts = ["crash-null", "04-socket-inet", "crash-abort", "crash-breakpoint"]
        var frames: [[String: [String]]] = [[:], [:]]
        var places: [UInt64] = []
        for generation in 0..<2 {
            try await perform(acts) { act, seen, _ in
                frames[generation][act] = (seen.observed ?? seen.reported)?.commonFrames
                if act == acts[0] { places.append(seen.hello.libraries[0].bias) }
            }
        }
        #expect(places.count == 2 && places[0] != places[1])
        #expect(frames[0].count == acts.count)
        #expect(frames[0] == frames[1])
        #expect(Set(frames[0].values).count == acts.count)
    }
}
