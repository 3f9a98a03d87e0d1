import Randomness
import SandboxPolicy
import Testing

@testable import Supervisor

/// Random rules and damaged programs. Programs are run by ``ClassicBPF``, which shares no line with
/// the evaluator.
@Suite("Programs against rules, at random")
struct ProgramMutationTests {
    private static let seed: UInt64 = 0x676c_6f76_6562_6f78

    /// libseccomp before 2.6.1 makes wrong programs of some rules. Such a program has to be refused
    /// with a call that shows the fault, and any other has to do what the rules say.
    @Test(
        "a program of random rules does what they say, or is refused with a call that shows it",
        arguments: SeccompArchitecture.allCases)
    func randomRules(architecture: SeccompArchitecture) throws {
        var random = RepeatableRandom(seed: Self.seed)
        var compiled = 0
        for round in 0..<40 {
            let rules = RandomRules.rules(using: &random)
            let meaning = PolicyMeaning(rules, for: architecture)
            let filter: CompiledFilter
            do throws(PolicyError) {
                filter = try PolicyCompiler.compile(rules, for: architecture, path: "p.yaml")
            } catch {
                let checks = error.diagnostics.map(\.check)
                #expect(checks == [.programMismatch], "seed \(Self.seed) round \(round): \(error)")
                continue
            }
            compiled += 1
            let conditions = rules.rules.flatMap(\.conditions)
            let values = conditions.flatMap { [$0.value, $0.valueTwo] } + [0, .max]
            let numbers = Array(meaning.numbers).sorted() + [500]
            for _ in 0..<200 {
                let call = SeccompCall.random(
                    around: values, numbers: numbers, on: architecture.auditValue,
                    using: &random)
                let wanted = meaning.decision(on: call).action.returnValue
                #expect(
                    ClassicBPF.run(filter, on: Call(call)) == wanted,
                    "seed \(Self.seed) round \(round): \(call.text)")
            }
        }
        #expect(compiled >= 25, "libseccomp's own faults are rare")
    }

    @Test("a damaged raster program is refused, or answers every call as before")
    func mutants() throws {
        let path =
            #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
            + "/policies/raster.yaml"
        let rules = try PolicyReader.read(path: path).seccomp
        let right = try PolicyCompiler.compile(rules, for: .amd64, path: path)
        let meaning = PolicyMeaning(rules, for: .amd64)
        var random = RepeatableRandom(seed: Self.seed)
        let calls = Self.calls(around: meaning, right, using: &random)
        let answers = calls.map { ClassicBPF.run(right, on: $0) }
        var refused = 0
        var kept = 0
        // Every instruction once, in one field after the other.
        for (count, place) in right.instructions.indices.shuffled(using: &random).enumerated() {
            var instructions = right.instructions
            instructions[place].damage(field: count % 4, using: &random)
            guard instructions != right.instructions,
                let mutant = try? CompiledFilter(instructions)
            else { continue }
            if isRefused(mutant, meaning) {
                refused += 1
                continue
            }
            kept += 1
            // It has to be the same program in another form: no call tells the two apart.
            for (call, answer) in zip(calls, answers) {
                #expect(
                    ClassicBPF.run(mutant, on: call) == answer,
                    "seed \(Self.seed), instruction \(place), field \(count % 4): \(call)")
            }
        }
        #expect(refused > right.instructions.count / 2, "\(refused) refused, \(kept) kept")
    }

    /// What meets each rule, every bit of that flipped, every number, and calls at random.
    private static func calls(
        around meaning: PolicyMeaning, _ filter: CompiledFilter,
        using random: inout RepeatableRandom
    ) -> [Call] {
        var calls = (UInt32(0)..<520).map { Call($0) }
        var values = filter.instructions.map { UInt64($0.operand) }
        for number in meaning.numbers.sorted() {
            for rule in meaning.rules(for: number) where !rule.conditions.isEmpty {
                let met = rule.metArguments
                values += met
                calls.append(Call(number: number, arguments: met))
                for condition in rule.conditions {
                    for bit in UInt64(0)..<64 {
                        var flipped = met
                        flipped[Int(condition.index)] ^= 1 << bit
                        calls.append(Call(number: number, arguments: flipped))
                    }
                }
            }
        }
        let numbers = Array(meaning.numbers) + filter.comparedConstants.sorted()
        for architecture in [SeccompArchitecture.amd64.auditValue, 0x4000_0003] {
            for _ in 0..<200 {
                calls.append(
                    Call(
                        .random(
                            around: values, numbers: numbers.sorted(), on: architecture,
                            using: &random)))
            }
        }
        return calls
    }

    private func isRefused(_ filter: CompiledFilter, _ meaning: PolicyMeaning) -> Bool {
        do throws(ProgramCheck.Mismatch) {
            try ProgramCheck.check(filter, means: meaning, on: .amd64)
            return false
        } catch {
            return true
        }
    }
}

extension FilterInstruction {
    /// Changes one field: the code among those that the independent interpreter knows, a jump, or
    /// the constant.
    fileprivate mutating func damage(field: Int, using random: inout RepeatableRandom) {
        switch field {
        case 0:
            let codes: [UInt16] = [0x20, 0x54, 0x05, 0x15, 0x25, 0x35, 0x45, 0x06]
            code = codes.randomElement(using: &random) ?? code
        case 1: jumpTrue &+= Bool.random(using: &random) ? 1 : .max
        case 2: jumpFalse &+= Bool.random(using: &random) ? 1 : .max
        default:
            let change: [UInt32] = [
                operand &+ 1, operand &- 1,
                operand ^ 1 << UInt32.random(in: 0..<32, using: &random),
            ]
            operand = change.randomElement(using: &random) ?? operand
        }
    }
}

extension Call {
    init(_ call: SeccompCall) {
        self.init(
            number: call.number, arguments: call.arguments, architecture: call.architecture)
    }
}
