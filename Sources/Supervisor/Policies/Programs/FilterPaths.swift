import SandboxPolicy

extension CompiledFilter {
    /// Every test of arguments that a call can meet on its way through the program, each once.
    ///
    /// All paths are followed for one architecture and one number, whatever the arguments.
    ///
    /// - Returns: nil when a path does more than to load words, mask them, compare them with
    ///   constants and return a constant. libseccomp writes nothing else.
    func argumentTests(architecture: UInt32, number: UInt32) -> [ArgumentTest]? {
        let call = SeccompCall(architecture: architecture, number: number)
        var found: [ArgumentTest] = []
        var known = Set<ArgumentTest>()
        var forks = Set<PathState>()
        var pending = [PathState(next: 0, accumulator: .known(0))]
        while var state = pending.popLast() {
            path: while true {
                let instruction = instructions[state.next]
                state.next += 1
                let k = instruction.operand
                switch instruction.code {
                case 0x06: break path
                case 0x05: state.next += Int(k)
                case 0x20:
                    state.accumulator =
                        k < 8 ? .known(call.word(at: k)) : .word(offset: k, mask: .max)
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
                        if let test = instruction.test(ofWordAt: offset, mask),
                            known.insert(test).inserted
                        {
                            found.append(test)
                        }
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
        return found
    }

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

    /// What a comparison with a constant tells apart; nil when its outcome is always the same.
    fileprivate func test(ofWordAt offset: UInt32, _ mask: UInt32) -> ArgumentTest? {
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
