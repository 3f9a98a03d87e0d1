/// Finds the known name that a misspelt one was probably meant to be.
public enum NearestName {
    /// Longer names are not compared: the cost is bounded, and nothing known is that long.
    static let longest = 64

    /// The nearest of `known`, the first of equals, unless more than a third of the name (at least
    /// one letter) would have to change or nothing of it would stay. Case makes no difference.
    public static func of(_ name: String, among known: [String]) -> String? {
        guard !name.isEmpty, name.utf8.count <= longest else { return nil }
        let allowed = max(1, name.utf8.count / 3)
        let letters = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for candidate in known {
            let found = distance(letters, Array(candidate.lowercased().utf8))
            if found <= allowed, found < name.utf8.count, found < best?.distance ?? .max {
                best = (candidate, found)
            }
        }
        return best?.name
    }

    /// Edits between two texts: insertion, deletion, substitution, exchange of neighbours
    /// (the optimal string alignment distance).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let same = a[i] == b[j]
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (same ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
