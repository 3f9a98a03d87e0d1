/// A strict reader of Prometheus's text format 0.0.4, written from its description and not from our
/// writer: for every metric its type, its help and its samples.
struct ExpositionText {
    struct Malformed: Error {
        let line: String
        let why: String
    }

    struct Family {
        var help: String
        var type = ""
        var samples: [(name: String, labels: [String: String], value: Double)] = []
    }

    private(set) var families: [String: Family] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else {
            throw Malformed(line: "", why: "no line feed at the end")
        }
        var current = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            let fail = { (why: String) in Malformed(line: String(line), why: why) }
            let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
            if parts.first == "#" {
                guard parts.count == 4 else { throw fail("a comment of our own") }
                switch parts[1] {
                case "HELP":
                    current = parts[2]
                    guard families[current] == nil else { throw fail("a metric twice") }
                    families[current] = Family(help: parts[3])
                case "TYPE":
                    guard parts[2] == current, families[current]?.samples.isEmpty == true,
                        ["counter", "gauge", "histogram"].contains(parts[3])
                    else { throw fail("TYPE out of its place") }
                    families[current]?.type = parts[3]
                default: throw fail("a comment of our own")
                }
                continue
            }
            let sample = try Self.sample(line, fail)
            let suffixes =
                families[current]?.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            guard suffixes.contains(where: { sample.name == current + $0 }) else {
                throw fail("a sample outside of its metric")
            }
            let isKnown = families[current]?.samples.contains {
                $0.name == sample.name && $0.labels == sample.labels
            }
            if isKnown == true { throw fail("a sample twice") }
            families[current]?.samples.append(sample)
        }
        for (name, family) in families where family.type == "histogram" {
            try Self.check(family, name)
        }
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        for family in families.values {
            for sample in family.samples where sample.name == name && sample.labels == labels {
                return sample.value
            }
        }
        return nil
    }

    private static func sample(
        _ line: Substring, _ fail: (String) -> Malformed
    ) throws -> (name: String, labels: [String: String], value: Double) {
        var rest = line[...]
        let name = try word(&rest, fail)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                let label = try word(&rest, fail)
                guard rest.hasPrefix("=\"") else { throw fail("a label without a value") }
                rest.removeFirst(2)
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "\\": value += "\\"
                    case "\"": value += "\""
                    case "n": value += "\n"
                    default: throw fail("an unknown escape")
                    }
                }
                guard labels.updateValue(value, forKey: label) == nil else {
                    throw fail("a label twice")
                }
                if rest.first == "," { rest.removeFirst() }
            }
            rest.removeFirst()
        }
        guard rest.popFirst() == " " else { throw fail("no space before the value") }
        let special: [Substring: Double] = ["+Inf": .infinity, "-Inf": -.infinity, "NaN": .nan]
        guard let value = special[rest] ?? Double(rest) else { throw fail("no number") }
        return (name, labels, value)
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    private static func word(_ rest: inout Substring, _ fail: (String) -> Malformed) throws
        -> String
    {
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = word.first, !first.isNumber else { throw fail("no name") }
        rest.removeFirst(word.count)
        return String(word)
    }

    /// Buckets rise, end with +Inf, and agree with the count.
    private static func check(_ family: Family, _ name: String) throws {
        let groups = Dictionary(grouping: family.samples) { sample in
            sample.labels.filter { $0.key != "le" }
        }
        for samples in groups.values {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.map { $0.labels["le"] ?? "" }
            let values = buckets.map(\.value)
            let count = samples.first { $0.name == name + "_count" }?.value
            let numbers = bounds.dropLast().compactMap { Double($0) }
            guard bounds.last == "+Inf", numbers.count == bounds.count - 1,
                numbers == numbers.sorted(), Set(numbers).count == numbers.count,
                values == values.sorted(), values.last == count,
                samples.contains(where: { $0.name == name + "_sum" })
            else { throw Malformed(line: name, why: "a histogram that does not add up") }
        }
    }
}
