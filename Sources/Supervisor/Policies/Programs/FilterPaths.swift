import SandboxPolicy

/// Where the ways through a program lead, whatever the arguments of a call.
struct FilterPaths {
    /// Every test of arguments on the way, each once.
    private(set) var tests: [ArgumentTest] = []
    /// Every value that can be returned.
    private(set) var returns: Set<UInt32> = []
    private var known = Set<ArgumentTest>()

    /// Follows all paths for one architecture.
    ///
    /// - Parameter number: nil for whatever number the call has; its tests are then not among
    ///   ``tests``.
    /// - Returns: nil when a path does more than to load words, mask them, compare them with
    ///   constants and return a constant. libseccomp writes nothing else.
    init?(_ filter: CompiledFilter, architecture: UInt32, number: UInt32?) {
        var forks = Set<PathState>()
        var pending = [PathState(next: 0, accumulator: .known(0))]
        while var state = pending.popLast() {
            path: while true {
                let instruction = filter.instructions[state.next]
                state.next += 1
                let k = instruction.operand
                switch instruction.code {
                case 0x06:
                    returns.insert(k)
                    break path
                case 0x05: state.next += Int(k)
                case 0x20:
                    let value = k == 0 ? number : k == 4 ? architecture : nil
                    state.accumulator = value.map { .known($0) } ?? .word(offset: k, mask: .max)
                case 0x54:
                    switch state.accumulator {
                    case .known(let value): state.accumulator = .known(value & k)
                    case .word(let offset, let mask):
                        state.accumulator = .word(offset: offset, mask: mask & k)
                    }
                case 0x15, 0x25, 0x35, 0x45:
                    let (yes, no) = (Int(instruction.jumpTrue), Int(instruction.jumpFalse))
                    switch state.accumulator {
                    case .known(let value):
                        state.next += instruction.holds(for: value) ? yes : no
                    case .word(let offset, let mask):
                        add(instruction.test(ofWordAt: offset, mask))
                        guard forks.insert(state).inserted else { break path }
                        if yes != no {
                            pending.append(
                                PathState(
                                    next: state.next + yes, accumulator: state.accumulator))
                        }
                        state.next += no
                    }
                default: return nil
                }
            }
        }
    }

    private mutating func add(_ test: ArgumentTest?) {
        if let test, known.insert(test).inserted { tests.append(test) }
    }
}

extension CompiledFilter {
    /// The constants that the program compares with, where a wrong one would show.
    var comparedConstants: Set<UInt32> {
        Set(instructions.filter { $0.code & 0x07 == 0x05 && $0.code != 0x05 }.map(\.operand))
    }
}

private struct PathState: Hashable {
    enum Accumulator: Hashable {
        case known(UInt32)
        /// A word of an argument or of the instruction pointer, under a mask.
        case word(offset: UInt32, mask: UInt32)
    }

    var next: Int
    var accumulator: Accumulator
}

extension FilterInstruction {
    /// The outcome of a comparison with a constant.
    fileprivate func holds(for value: UInt32) -> Bool {
        switch code {
        case 0x15: value == operand
        case 0x25: value > operand
        case 0x35: value >= operand
        default: value & operand != 0
        }
    }

    /// What a comparison with a constant tells apart; nil when its outcome is always the same, and
    /// for the number.
    fileprivate func test(ofWordAt offset: UInt32, _ mask: UInt32) -> ArgumentTest? {
        if offset == 0 { return nil }
        let index = offset < 16 ? SeccompCall.argumentCount : Int(offset - 16) / 8
        let shift: UInt64 = offset.isMultiple(of: 8) ? 0 : 32
        func test(_ kind: ArgumentTest.Kind, _ mask: UInt32, _ value: UInt32) -> ArgumentTest {
            ArgumentTest(
                index: index, kind: kind, mask: UInt64(mask) << shift,
                value: UInt64(value) << shift)
        }
        switch code {
        case 0x15: return test(.equal, mask, operand)
        case 0x25: return test(.greater, mask, operand)
        case 0x35: return test(.greaterOrEqual, mask, operand)
        default: return mask & operand == 0 ? nil : test(.equal, mask & operand, 0)
        }
    }
}
