import ImageVocabulary
import SandboxPolicy

/// Which policy's images a corpus holds.
struct CorpusFrame {
    private let documents: [PolicyDocument]
    private let isNamed: Bool

    /// - Parameter name: of a policy in the configured folder, or a file's path; nil for the policy
    ///   that covers the images.
    init(_ configuration: ServiceConfiguration, named name: String?) throws(CommandFailure) {
        isNamed = name != nil
        if let name, name.contains("/") || PolicyReader.isPolicyFile(name) {
            documents = [try PolicyInput(name, orEnd: .failed).document]
            return
        }
        let paths: [String]
        do throws(ConfigurationError) {
            paths = try configuration.policyFiles()
        } catch {
            throw CommandFailure(error)
        }
        var found: [PolicyDocument] = []
        for path in paths { found.append(try PolicyInput(path, orEnd: .failed).document) }
        if let name {
            found.removeAll { $0.name != name }
            guard !found.isEmpty else {
                throw .usage(
                    "There is no policy \(name) in \(configuration.policies). Name one that is "
                        + "there, or a file.")
            }
        }
        documents = found
    }

    /// The one policy that covers the images.
    func document(for corpus: Corpus) throws(CommandFailure) -> PolicyDocument {
        if isNamed { return documents[0] }
        var counts: [(document: PolicyDocument, images: Int)] = documents.map { ($0, 0) }
        for format in corpus.images.compactMap({ $0.format() }) {
            let place = counts.firstIndex { $0.document.glovebox?.formats.contains(format) == true }
            if let place { counts[place].images += 1 }
        }
        let covering = counts.filter { $0.images > 0 }
        guard let only = covering.first else {
            throw .failed("No image of the corpus is covered by a policy.")
        }
        guard covering.count == 1 else {
            let list = covering.map { "\($0.document.name) (\($0.images))" }
            throw .usage(
                "The corpus holds images of several policies: \(list.joined(separator: ", ")). "
                    + "Name one with --policy; images of the others are left out then.")
        }
        return only.document
    }
}
