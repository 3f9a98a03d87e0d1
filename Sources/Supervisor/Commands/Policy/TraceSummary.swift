import SandboxPolicy

/// What a policy does with the calls of a trace: each distinct call once, with how often it came.
struct TraceSummary {
    /// Calls that rules tell apart. Beyond this many, further ones are counted and not shown.
    static let largestDistinct = 10_000
    /// Unreadable lines that are named.
    static let largestNamed = 20

    struct Key: Hashable {
        let number: UInt32
        let architecture: UInt32
        /// Those that rules compare; nil where the trace does not tell them.
        let arguments: [Int: UInt64?]
    }

    struct Row {
        let key: Key
        let possible: [PolicySimulation.Decision]
        var count: Int
        /// Where the trace has it first, from 1.
        let line: Int

        /// The least that could be left to the child.
        var width: SeccompAction.Width { possible.map(\.action.width).min() ?? .ended }
    }

    let simulation: PolicySimulation
    private(set) var rows: [Row] = []
    private(set) var calls = 0
    /// Calls that ended, or could end, the child.
    private(set) var ending = 0
    /// Calls that are not in a row, since there are too many distinct ones.
    private(set) var unshown = 0
    private(set) var asides: [TraceLine.Aside: Int] = [:]
    private(set) var unreadable: [(line: Int, reason: String)] = []
    private(set) var unreadableCount = 0
    private var places: [Key: Int] = [:]

    init(_ simulation: PolicySimulation) { self.simulation = simulation }

    /// Whether every call would be carried out or answered, and every line was read.
    var isFit: Bool { ending == 0 && unreadableCount == 0 }

    mutating func add(_ line: TraceLine, at number: Int) throws(CommandFailure) {
        switch line {
        case .call(let call): try add(call, at: number)
        case .aside(let aside): asides[aside, default: 0] += 1
        case .unreadable(let reason):
            unreadableCount += 1
            if unreadable.count < Self.largestNamed { unreadable.append((number, reason)) }
        }
    }

    private mutating func add(_ call: TracedCall, at line: Int) throws(CommandFailure) {
        let own = simulation.architecture
        let architecture = call.architecture ?? own.auditValue
        let spoken = SeccompArchitecture.allCases.first { $0.auditValue == architecture } ?? own
        let number: UInt32
        switch call.identity {
        case .number(let value): number = value
        case .name(let name):
            guard case .number(let value) = SyscallNames.lookup(name, on: spoken) else {
                return try add(.unreadable("\(spoken.label) has no call \"\(name)\""), at: line)
            }
            number = UInt32(bitPattern: value)
        }
        let entry = SyscallCatalogue.entry(number: number, on: spoken)
        var arguments: [Int: UInt64?] = [:]
        for index in simulation.compared(number) {
            let known = entry?.arguments ?? []
            let kind = index < known.count ? known[index].kind : .size
            arguments.updateValue(call.value(of: index, kind, on: spoken), forKey: index)
        }
        let key = Key(number: number, architecture: architecture, arguments: arguments)
        calls += 1
        if let place = places[key] {
            rows[place].count += 1
            if rows[place].width == .ended { ending += 1 }
            return
        }
        let possible = try simulation.possible(
            number, architecture, (0..<SeccompCall.argumentCount).map { arguments[$0] ?? nil })
        let row = Row(key: key, possible: possible, count: 1, line: line)
        if row.width == .ended { ending += 1 }
        guard rows.count < Self.largestDistinct else {
            unshown += 1
            return
        }
        places[key] = rows.count
        rows.append(row)
    }

    /// What ends the child first, then what is not decided, what is answered, what is carried out;
    /// the most frequent of each first.
    var sorted: [Row] {
        rows.sorted {
            ($0.rank, -$0.count, $0.line) < ($1.rank, -$1.count, $1.line)
        }
    }
}

extension TraceSummary.Row {
    fileprivate var rank: Int { width.rawValue * 2 + (possible.count > 1 ? 1 : 0) }

    /// "mmap(…, PROT_READ, MAP_PRIVATE, 3, …)": what rules compare, the rest as dots.
    var call: String {
        let own = SeccompArchitecture.allCases.first { $0.auditValue == key.architecture }
        let entry = own.flatMap { SyscallCatalogue.entry(number: key.number, on: $0) }
        let name = SyscallNames.name(of: key.number, key.architecture)
        let foreign = own == nil ? " of architecture 0x\(String(key.architecture, radix: 16))" : ""
        guard !key.arguments.isEmpty else { return name + foreign }
        let known = entry?.arguments ?? []
        let count = max(known.count, (key.arguments.keys.max() ?? 0) + 1)
        let texts = (0..<count).map { index -> String in
            guard let told = key.arguments[index] else { return "…" }
            guard let value = told else { return "?" }
            return index < known.count
                ? known[index].kind.text(value, on: own ?? .amd64) : "0x" + String(value, radix: 16)
        }
        return "\(name)\(foreign)(\(texts.joined(separator: ", ")))"
    }

    /// "allow", or what is possible.
    var action: String {
        var texts: [String] = []
        for decision in possible where !texts.contains(decision.action.text) {
            texts.append(decision.action.text)
        }
        return (texts.count > 1 ? "not decided: " : "") + texts.joined(separator: " or ")
    }
}
