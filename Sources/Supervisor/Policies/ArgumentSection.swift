import SandboxPolicy
import Yams

/// `args` of a rule.
enum ArgumentSection {
    /// A condition, and where it stands.
    struct Placed {
        let condition: ArgumentCondition
        let position: SourcePosition
    }

    /// The conditions that must hold together; several lists are alternatives.
    ///
    /// There is one list, but for a rule with two conditions on one argument: container runtimes
    /// then make a rule of each condition (runc, libcontainer/seccomp), and so does this. nil where
    /// a condition is not understood: without it the rule would be another one.
    static func read(_ node: Node, values: inout StrictValues) -> [[Placed]]? {
        guard case .sequence = node else {
            _ = values.elements(of: node, named: "args")
            return nil
        }
        var conditions: [Placed] = []
        var areAlternatives = false
        var isWhole = true
        for element in values.elements(of: node, named: "args") {
            guard let condition = readOne(element, values: &values) else {
                isWhole = false
                continue
            }
            if conditions.contains(where: { $0.condition.index == condition.index }) {
                areAlternatives = true
                values.error(
                    .alternativeConditions, at: element.position,
                    "argument \(condition.index) is compared twice in one rule, which is read as "
                        + "either condition and not as both",
                    "write one SCMP_CMP_MASKED_EQ for both, or two rules for either")
            }
            conditions.append(Placed(condition: condition, position: element.position))
        }
        guard isWhole else { return nil }
        return areAlternatives ? conditions.map { [$0] } : [conditions]
    }

    private static func readOne(
        _ node: Node, values: inout StrictValues
    ) -> ArgumentCondition? {
        let what = "an element of args"
        let fields = values.fields(
            of: node, named: what, keys: ["index", "value", "valueTwo", "op"])
        let example = "write '{ index: 0, value: 0xffffffff, valueTwo: 1, op: SCMP_CMP_MASKED_EQ }'"
        let indexNode = values.required("index", in: fields, hint: example)
        let valueNode = values.required("value", in: fields, hint: example)
        let opNode = values.required("op", in: fields, hint: example)
        let index = indexNode.flatMap { values.number($0, named: "index", in: 0...5) }
        let value = valueNode.flatMap { values.number($0, named: "value") }
        let second = fields["valueTwo"].map { values.number($0, named: "valueTwo") } ?? 0
        let comparison = opNode.flatMap {
            values.choice(
                $0, named: "the comparison",
                among: ArgumentCondition.Comparison.allCases.map { ($0.rawValue, $0) })
        }
        guard let index, let value, let second, let comparison else { return nil }
        let secondPosition = (fields["valueTwo"] ?? node).position
        if comparison != .maskedEqual, second != 0 {
            values.error(
                at: secondPosition, "\(comparison.rawValue) has no use for valueTwo",
                "remove it, or write SCMP_CMP_MASKED_EQ, where value is the mask")
        } else if comparison == .maskedEqual, value == 0 {
            // libseccomp would take it as no condition and forget the call's other rules.
            values.error(
                .emptyCondition, at: node.position, "a mask of 0 compares nothing",
                "remove the condition, or write the bits to compare in value")
        } else if comparison == .maskedEqual, second & ~value != 0 {
            values.error(
                .emptyCondition, at: secondPosition, "no argument is valueTwo under this mask",
                "write the mask in value and the result in valueTwo")
        }
        return ArgumentCondition(
            index: UInt8(index), comparison, value: value,
            valueTwo: comparison == .maskedEqual ? second : 0)
    }
}
