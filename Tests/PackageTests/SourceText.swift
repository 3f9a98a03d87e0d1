import Foundation

/// One Swift source file of this package, read by lines: what it imports and declares.
struct SourceText {
    /// Relative to the package, as messages name it.
    var path: String
    var text: String

    var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The modules that it imports, a submodule or a single declaration counted as its module.
    var imports: [String] {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)/
            .anchorsMatchLineEndings()
        return text.matches(of: pattern).map { String($0.output.1) }
    }

    /// The names of the types that it declares, nested ones too.
    var types: [String] {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)*(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)/
            .anchorsMatchLineEndings()
        return text.matches(of: pattern).map { String($0.output.1) }
    }

    /// The words of its code, without line comments and what stands in one-line literals.
    var words: Set<String> {
        let code = text.replacing(/"(?:[^"\\\n]|\\.)*"/, with: "").replacing(/\/\/.*/, with: "")
        return Set(code.matches(of: /\w+/).map { String($0.output) })
    }

    /// The Swift files under a folder of this package.
    static func files(under folder: String) throws -> [SourceText] {
        let base = PackageGraph.root.appending(path: folder)
        let names = try FileManager.default
            .subpathsOfDirectory(atPath: base.path(percentEncoded: false))
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            SourceText(
                path: "\(folder)/\(name)",
                text: try String(contentsOf: base.appending(path: name), encoding: .utf8))
        }
    }
}
