import TestSupport
import Testing

/// The samples as prometheus_client's parser has them.
func prometheusSamples(_ text: [UInt8]) async throws -> [JSON] {
    let script = """
        import json, sys
        from prometheus_client.parser import text_string_to_metric_families as families
        print(json.dumps([
            {"name": s.name, "labels": s.labels,
             "value": s.value if abs(s.value) < 1e300 else None}
            for f in families(sys.stdin.read()) for s in f.samples]))
        """
    let program = try RunningProgram(
        "/usr/bin/python3", ["-c", script], environment: [:], input: text)
    let output = await program.allOutput
    let end = await program.end
    await program.errors.finished()
    try #require(end == .status(0), "\(program.errors.lines.joined(separator: "\n"))")
    return try #require(JSON(parsing: output)).elements
}

/// What a counter says, by the values of these labels joined with blanks; series at 0 left out.
func counts(_ samples: [JSON], of name: String, by labels: [String]) -> [String: Int] {
    var counts: [String: Int] = [:]
    for sample in samples where sample["name"].text == name {
        let key = labels.map { sample["labels"][$0].text ?? "" }.joined(separator: " ")
        if let value = sample["value"].integer, value != 0 { counts[key, default: 0] += value }
    }
    return counts
}
