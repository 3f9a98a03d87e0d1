import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Compiled policies")
struct PolicyCompilerTests {
    private static func rasterPath() -> String {
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
            + "/policies/raster.yaml"
    }

    /// Compiled once: every row of the table asks the same program.
    private static let compiled = Result {
        let policy = try PolicyReader.read(path: rasterPath())
        return (policy, try PolicyCompiler.compile(policy))
    }

    private static func raster() throws -> (PolicyFile, CompiledFilter) { try compiled.get() }

    @Test("the raster policy reads without a warning and allows at most 28 calls")
    func rasterIsSmall() throws {
        let (policy, filter) = try Self.raster()
        #expect(policy.warnings.isEmpty)
        #expect(policy.seccomp.defaultAction == .notify)
        let allowed = Set(
            policy.seccomp.rules.filter(\.action.permits).flatMap { $0.names.map(\.text) })
        #expect(allowed.count <= 28)
        #expect(filter.instructions.count <= 256)
        #expect(policy.seccomp.rules.allSatisfy { $0.comment?.isEmpty == false })
        #expect(Set(policy.requiredLayers).isSuperset(of: Layer.alwaysRequired))
    }

    #if arch(x86_64)
        @Test("the raster program answers each call as its table says", arguments: RasterTable.rows)
        func rasterAnswers(row: RasterTable.Row) throws {
            let (_, filter) = try Self.raster()
            #expect(ClassicBPF.run(filter, on: row.call) == row.answer, "\(row.what)")
        }

        @Test("every call that no rule names is held")
        func unnamed() throws {
            let (policy, filter) = try Self.raster()
            let named = Self.rules(of: policy)
            for number in UInt32(0)..<1_024 where named[number] == nil {
                #expect(ClassicBPF.run(filter, on: Call(number)) == Answer.notify)
            }
        }

        /// Each rule's conditions are met, and then broken one bit at a time, so that a comparison
        /// that libseccomp merged wrongly shows.
        @Test("the program agrees with the rules wherever one bit of an argument changes")
        func agreesWithRules() throws {
            let (policy, filter) = try Self.raster()
            for (number, rules) in Self.rules(of: policy) {
                for rule in rules {
                    var met = [UInt64](repeating: 0, count: 6)
                    for condition in rule.conditions {
                        met[Int(condition.index)] = condition.valueTwo
                    }
                    var variants = [met, met.map { $0 | 0xdead_0000_0000_0000 }]
                    for index in 0..<6 {
                        for bit in UInt64(0)..<64 {
                            var variant = met
                            variant[index] ^= 1 << bit
                            variants.append(variant)
                        }
                    }
                    for arguments in variants {
                        let call = Call(number: number, arguments: arguments)
                        let expected = Self.decide(rules, arguments) ?? Answer.notify
                        #expect(ClassicBPF.run(filter, on: call) == expected, "\(call)")
                    }
                }
            }
        }

        private static func rules(of policy: PolicyFile) -> [UInt32: [SyscallRule]] {
            var byNumber: [UInt32: [SyscallRule]] = [:]
            for rule in policy.seccomp.rules {
                for name in rule.names {
                    guard case .number(let number) = SyscallNames.lookup(name.text) else {
                        continue
                    }
                    byNumber[UInt32(number), default: []].append(rule)
                }
            }
            return byNumber
        }

        /// The raster policy has masked comparisons only; where two rules match, the one with the
        /// larger result is the narrower.
        private static func decide(_ rules: [SyscallRule], _ arguments: [UInt64]) -> UInt32? {
            let matching = rules.filter { rule in
                rule.conditions.allSatisfy {
                    arguments[Int($0.index)] & $0.value == $0.valueTwo
                }
            }
            let first = matching.max {
                ($0.conditions.first?.valueTwo ?? 0) < ($1.conditions.first?.valueTwo ?? 0)
            }
            switch first?.action {
            case .allow: return Answer.allow
            case .errno(let value): return Answer.errno(UInt32(value))
            default: return nil
            }
        }
    #endif

    @Test("the kernel's own numbers have the names of their architecture")
    func names() {
        // linux/audit.h; asm/unistd_64.h and asm-generic/unistd.h.
        let (x86, arm): (UInt32, UInt32) = (0xC000_003E, 0xC000_00B7)
        #expect(SyscallNames.name(of: 0, x86) == "read")
        #expect(SyscallNames.name(of: 63, arm) == "read")
        for architecture in [x86, arm] {
            #expect(SyscallNames.name(of: 462, architecture) == "mseal")
            #expect(SyscallNames.name(of: 471, architecture) == "rseq_slice_yield")
            for number: UInt32 in [5_000, 0x4000_0000, .max] {
                #expect(SyscallNames.name(of: number, architecture) == "number \(number)")
            }
        }
    }

    @Test("a policy for another architecture is refused by name")
    func foreignPolicy() throws {
        var (policy, _) = try Self.raster()
        let native = try #require(SeccompArchitecture.native)
        policy.seccomp.architectures = SeccompArchitecture.allCases.filter { $0 != native }
        let error = #expect(throws: PolicyError.self) { try PolicyCompiler.compile(policy) }
        #expect(error?.diagnostics.first?.hint.contains(native.rawValue) == true)
    }

    @Test("no program is made that lets unnamed calls pass")
    func openDefault() throws {
        var (policy, _) = try Self.raster()
        for action: SeccompAction in [.allow, .log, .errno(1), .trap, .killThread] {
            policy.seccomp.defaultAction = action
            #expect(throws: PolicyError.self) { try PolicyCompiler.compile(policy) }
        }
    }

    @Test("rules that the kernel has no room for are refused, not shortened")
    func tooLarge() throws {
        var (policy, _) = try Self.raster()
        policy.seccomp.rules = (UInt64(0)..<5_000).map { value in
            SyscallRule(
                names: [SyscallRule.Name("ioctl", at: .start)], action: .allow,
                conditions: [ArgumentCondition(index: 1, .equal, value: value)])
        }
        #expect(throws: PolicyError.self) { try PolicyCompiler.compile(policy) }
    }
}
