import ImageVocabulary
import SandboxPolicy

/// The calls that images were seen to make, as the rules that let them through.
///
/// What is kept grows with patterns and images, and not with calls.
struct ObservedCalls: Sendable {
    /// A call that no rule is made of.
    struct Refused: Equatable, Sendable {
        /// The first of them.
        let call: SeccompCall
        /// Half a sentence.
        let reason: String
        fileprivate(set) var calls: UInt64 = 0
        fileprivate(set) var images: Set<Int> = []

        /// "ptrace(0, …) in 3 calls of 2 images: …"
        var text: String {
            "\(call.text), \(calls) call\(calls == 1 ? "" : "s") in \(images.count) "
                + "image\(images.count == 1 ? "" : "s"): \(reason)"
        }
    }

    /// One rule on its way.
    struct Entry: Sendable {
        var pattern: CallPattern
        /// nil where the call is carried out.
        var errno: UInt16?
        /// Behind the errno's name; nil where the call is carried out.
        var reason: String?
        var calls: UInt64 = 0
        var images: Set<Int> = []
        /// What earlier policies say of it.
        var earlier: Evidence?
        /// An earlier policy's own words, which hold as long as the pattern is theirs.
        var words: (pattern: CallPattern, text: String)?
        /// Why the rule is there if no image showed it.
        var why: String?
    }

    struct Key: Hashable {
        var pattern: CallPattern
        var errno: UInt16?
    }

    let architecture: SeccompArchitecture
    let root: SandboxRoot
    private var judge: CallJudge
    private(set) var entries: [Key: Entry] = [:]
    private var refused: [RefusedKey: Refused] = [:]
    /// Rules of earlier policies that rest on no evidence.
    private(set) var kept: [SyscallRule] = []
    private var images: [String: Int] = [:]
    private var imageFormats: [ImageFormat] = []
    private var earlierFormats: Set<ImageFormat> = []

    /// Patterns of one call: rules that differ in an argument that chooses, such as a descriptor.
    static let mostPatterns = 64

    private struct RefusedKey: Hashable {
        var architecture: UInt32
        var number: UInt32
        var reason: String
    }

    init(on architecture: SeccompArchitecture, root: SandboxRoot) {
        self.architecture = architecture
        self.root = root
        judge = CallJudge(on: architecture, root: root, onlyProbes: false)
    }

    /// Takes note of an image, whether or not any call of it is seen.
    ///
    /// - Parameter image: What tells images apart, SHA-256 in hex.
    mutating func add(image: String, format: ImageFormat) { _ = index(of: image, format) }

    /// Takes note of a call that an image made.
    mutating func add(_ call: SeccompCall, image: String, format: ImageFormat) {
        let image = index(of: image, format)
        switch judge.judge(call) {
        case .permit(let pattern):
            note(pattern, errno: nil, reason: nil, call, image)
        case .answer(let pattern, let errno, let reason):
            note(pattern, errno: errno, reason: reason, call, image)
        case .refuse(let reason):
            refuse(call, reason, image)
        }
    }

    private mutating func index(of image: String, _ format: ImageFormat) -> Int {
        if let known = images[image] { return known }
        let index = imageFormats.count
        images[image] = index
        imageFormats.append(format)
        return index
    }

    private mutating func note(
        _ pattern: CallPattern, errno: UInt16?, reason: String?, _ call: SeccompCall, _ image: Int
    ) {
        guard
            enter(Entry(pattern: pattern, errno: errno, reason: reason, calls: 1, images: [image]))
        else {
            return refuse(
                call, "it is made with more than \(Self.mostPatterns) different arguments", image)
        }
    }

    private mutating func refuse(_ call: SeccompCall, _ reason: String, _ image: Int) {
        let key = RefusedKey(
            architecture: call.architecture, number: call.number, reason: reason)
        refused[key, default: Refused(call: call, reason: reason)].calls += 1
        refused[key]?.images.insert(image)
    }

    /// Joins an entry with the one that has its key.
    ///
    /// - Returns: false where the call has too many patterns already, and nothing was noted.
    mutating func enter(_ entry: Entry) -> Bool {
        let key = Key(pattern: entry.pattern.key, errno: entry.errno)
        guard var known = entries[key] else {
            let name = entry.pattern.name
            guard entries.keys.count(where: { $0.pattern.name == name }) < Self.mostPatterns
            else { return false }
            entries[key] = entry
            return true
        }
        known.pattern.widen(by: entry.pattern)
        known.take(entry)
        entries[key] = known
        return true
    }

    mutating func keep(_ rule: SyscallRule) { kept.append(rule) }

    mutating func cover(_ formats: [ImageFormat]) { earlierFormats.formUnion(formats) }

    /// What the linter says against a rule of an earlier policy.
    mutating func objection(to pattern: CallPattern) -> String? { judge.objection(to: pattern) }

    /// The same of a rule that people wrote.
    func objection(to rule: SyscallRule) -> String? { judge.objection(to: rule) }

    /// Those of the images and of merged policies, in the order of their numbers.
    var formats: [ImageFormat] {
        let seen = earlierFormats.union(imageFormats)
        return ImageFormat.allCases.filter(seen.contains)
    }

    /// How many distinct images there were of each format.
    var imagesByFormat: [ImageFormat: UInt64] { counts(of: Set(imageFormats.indices)) }

    func counts(of images: Set<Int>) -> [ImageFormat: UInt64] {
        images.reduce(into: [:]) { $0[imageFormats[$1], default: 0] += 1 }
    }

    /// Every call that no rule is made of, in the order of the numbers.
    var notPermitted: [Refused] {
        refused.values.sorted {
            ($0.call.number, $0.call.architecture, $0.reason)
                < ($1.call.number, $1.call.architecture, $1.reason)
        }
    }
}

extension ObservedCalls.Entry {
    /// Adds what another entry rests on.
    mutating func take(_ other: Self) {
        calls = calls.addingClamped(other.calls)
        images.formUnion(other.images)
        if let more = other.earlier {
            if earlier == nil { earlier = more } else { earlier?.add(more) }
        }
        words = words ?? other.words
        reason = reason ?? other.reason
        why = why ?? other.why
    }
}
