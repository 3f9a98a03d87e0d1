import RequestSyntax
import SandboxPolicy
import Yams

/// A configuration file: its settings, and what is wrong with its form.
struct ConfigurationFile {
    let path: String
    private(set) var layer: SettingLayer?
    private(set) var problems: [ConfigurationProblem] = []
    /// Whether it could be read as YAML, so that what is not in it is not set.
    var isRead: Bool { isEmpty || layer != nil }
    private var isEmpty = false
    /// Whether every account of the machine may read it.
    private(set) var isWorldReadable = false
    private var lines: [String: Int] = [:]
    /// The settings whose value has not even the form of one.
    private(set) var refused: Set<String> = []

    /// Reads a file. What cannot be read is a problem of the whole file.
    ///
    /// - Parameter naming: what named the file, in whose name its absence is told.
    static func read(_ path: String, naming origin: Origin) -> ConfigurationFile {
        var file = ConfigurationFile(path: path)
        do throws(SmallFile.Failure) {
            let content = try SmallFile.read(path, limit: StrictYAML.largestFile)
            file.isWorldReadable = content.isWorldReadable
            file.read(content.bytes)
        } catch {
            file.problems.append(
                ConfigurationProblem(
                    origin, "the configuration file \(path) cannot be read: \(error.reason)",
                    "Name a file that this account may read, or write --config off for none."))
        }
        return file
    }

    init(path: String) { self.path = path }

    /// Takes the text of the file.
    mutating func read(_ bytes: [UInt8]) {
        var flat: [UInt8]?
        do throws(StrictYAML.Problem) {
            guard let root = try StrictYAML.document(of: bytes) else {
                isEmpty = true
                return
            }
            guard case .mapping(let mapping) = root else {
                return refuse(
                    nil, line: root.position.line, "this is no list of settings",
                    "Write lines such as 'listen: 127.0.0.1:8080'.")
            }
            check(mapping, section: nil)
            flat = flattened(mapping)
        } catch {
            let hint = error.hint.prefix(1).uppercased() + error.hint.dropFirst() + "."
            return refuse(nil, line: error.position.line, error.what, hint)
        }
        // Of what was checked nothing is left that it could refuse, unless that was told.
        layer = try? SettingLayer(yaml: flat ?? bytes, path: path, lines: lines)
    }

    private mutating func check(_ mapping: Node.Mapping, section: String?) {
        for (keyNode, value) in mapping {
            let line = keyNode.position.line
            guard case .scalar(let scalar) = keyNode else {
                refuse(section, line: line, "a key is one word", "Write 'key: value'.")
                continue
            }
            let key = section.map { "\($0).\(scalar.string)" } ?? scalar.string
            if section == nil, KnownKeys.sections.contains(key) {
                if case .mapping(let inner) = value {
                    check(inner, section: key)
                } else {
                    refuse(
                        key, line: line, "this is a section and no value",
                        "Write its settings below it, each indented and with a value of its own.")
                }
            } else if KnownKeys.all.contains(key), section != nil || !key.contains(".") {
                lines[key] = line
                check(value, of: key, line: line)
            } else {
                refuse(
                    UntrustedText.printable(Array(key.utf8.prefix(80))), line: line,
                    "there is no such setting", KnownKeys.advice(for: scalar.string, in: section))
            }
        }
    }

    /// The text of a file in which structures stand as texts, since a layer has no more than lists; nil
    /// where there is none.
    private func flattened(_ mapping: Node.Mapping) -> [UInt8]? {
        guard mapping.contains(where: { KnownKeys.isStructured($0.key.scalar?.string) }) else {
            return nil
        }
        let members = mapping.compactMap { key, value -> (String, JSONValue)? in
            let name = key.scalar?.string ?? ""
            guard KnownKeys.isStructured(name) else { return (name, value.json) }
            // What is wrong with it was told.
            return refused.contains(name) ? nil : (name, .string(value.json.text))
        }
        return Array(JSONValue.object(members).text.utf8)
    }

    /// Tells what is wrong with a structure by the line in this file.
    private mutating func check(structure value: Node, of key: String) {
        for problem in DeclaredKeys.read(value).problems {
            refused.insert(key)
            refuse(key, line: problem.position.line, problem.what, problem.advice)
        }
    }

    private mutating func check(_ value: Node, of key: String, line: Int) {
        if KnownKeys.isStructured(key) { return check(structure: value, of: key) }
        if case .sequence(let parts) = value, let separator = KnownKeys.separator(key) {
            let isRight =
                !parts.isEmpty
                && parts.allSatisfy { part in
                    guard case .scalar(let scalar) = part else { return false }
                    return !scalar.string.isEmpty && !scalar.string.contains(separator)
                }
            guard !isRight else { return }
            refused.insert(key)
            return refuse(
                key, line: line, "this list has a part that is no single value",
                "Write \(KnownKeys.expects(key)).")
        }
        guard case .scalar(let scalar) = value else {
            refused.insert(key)
            let what = if case .sequence = value { "a list" } else { "a section" }
            return refuse(
                key, line: line, "this is \(what), where one value is wanted",
                "Write \(KnownKeys.expects(key)).")
        }
        if scalar.style == .plain, ["", "~", "null"].contains(scalar.string) {
            refused.insert(key)
            refuse(
                key, line: line, "there is no value",
                "Write \(KnownKeys.expects(key)), or remove the line.")
        } else if scalar.string.isEmpty {
            refused.insert(key)
            refuse(
                key, line: line, "the value is empty",
                "Write \(KnownKeys.expects(key)), or remove the line.")
        }
    }

    private mutating func refuse(_ key: String?, line: Int, _ what: String, _ advice: String) {
        let label = key.map { "\(path): \($0)" } ?? path
        problems.append(
            ConfigurationProblem(Origin(.file, label, line: line), what, advice))
    }
}

/// The keys that may stand in a configuration file.
private enum KnownKeys {
    static let all = SettingTable.all.flatMap { [$0.key] + ($0.fileKey.map { [$0] } ?? []) }
    static let sections = Set(
        all.compactMap { key in key.firstIndex(of: ".").map { String(key[..<$0]) } })

    static func isStructured(_ key: String?) -> Bool {
        key.flatMap { SettingTable.setting($0)?.isStructured } ?? false
    }

    static func separator(_ key: String) -> String? { SettingTable.setting(key)?.separator }

    static func expects(_ key: String) -> String {
        SettingTable.setting(key)?.expects ?? "the path of a file"
    }

    /// What was probably meant.
    static func advice(for word: String, in section: String?) -> String {
        if section == nil, word == "dev" || word == "config" {
            return "It is given as --\(word) or GLOVEBOX_\(word.uppercased()) only."
        }
        if all.contains(word), let dot = word.firstIndex(of: ".") {
            return "Write '\(word[word.index(after: dot)...])' below '\(word[..<dot]):', indented."
        }
        let prefix = section.map { "\($0)." } ?? ""
        let level = all.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains(".") }
            .map { String($0.dropFirst(prefix.count)) }
        let names = section == nil ? level + sections.sorted() : level
        if let elsewhere = all.first(where: { $0.hasSuffix(".\(word)") }),
            let dot = elsewhere.firstIndex(of: ".")
        {
            return "Write it below '\(elsewhere[..<dot]):', indented."
        }
        if let nearest = NearestName.of(word, among: names) { return "Write '\(nearest)'." }
        return "Write one of \(names.joined(separator: ", "))."
    }
}
