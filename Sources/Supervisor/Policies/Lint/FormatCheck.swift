import ImageVocabulary
import SandboxPolicy

/// Formats that children of this policy cannot read well.
enum FormatCheck {
    /// Those that name fonts instead of carrying them.
    private static let withText: [ImageFormat] = [.svg, .pdf]

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        guard let glovebox = subject.document.glovebox, glovebox.root == .empty else { return [] }
        return glovebox.formats.filter(withText.contains).map { format in
            subject.diagnostic(
                .warning, .fileAccess, at: subject.place(of: "x-glovebox.formats"),
                "text in \(format.name) is drawn with fonts, and the children's root is to be "
                    + "empty", "write 'root: documents' under x-glovebox")
        }
    }
}
