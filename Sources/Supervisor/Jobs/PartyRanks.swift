/// Parties by how many jobs they have, so that those with most are found at once.
struct PartyRanks<Party: Hashable> {
    private var parties: [Int: Set<Party>] = [:]
    /// How many jobs those have that have most; 0 where nobody has any.
    private(set) var most = 0

    /// Those that have most.
    var leading: Set<Party> { parties[most] ?? [] }

    /// A party has one job more or less.
    mutating func move(_ party: Party, from old: Int, to new: Int) {
        precondition(abs(old - new) == 1 && min(old, new) >= 0, "a step of one job")
        if old > 0 {
            parties[old]?.remove(party)
            if parties[old]?.isEmpty == true { parties[old] = nil }
        }
        if new > 0 { parties[new, default: []].insert(party) }
        most = max(most, new)
        if parties[most] == nil { most -= 1 }
    }
}
