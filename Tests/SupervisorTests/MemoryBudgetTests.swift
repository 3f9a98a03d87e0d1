import Testing

@testable import Supervisor

@Suite("Memory of all requests together")
struct MemoryBudgetTests {
    private let budget = MemoryBudget(bytes: 100)

    private func taken(_ bytes: Int, _ party: Caller.Party?) -> MemoryBudget.Share? {
        let share = budget.share(of: party)
        return share.grow(by: bytes) ? share : nil
    }

    private func address(_ text: String) -> Caller.Party { .address(AddressBlock(text)) }

    @Test(
        "uploads of one client leave half of it to others, and what they held comes back",
        arguments: [Caller.Party.key("k"), .address(AddressBlock("192.0.2.1"))])
    func half(_ party: Caller.Party) {
        var held = (0..<9).map { _ in taken(10, party) }
        #expect(held.count { $0 != nil } == 5)
        let others = [taken(20, .key("o")), taken(20, address("198.51.100.1")), taken(10, nil)]
        #expect(others.allSatisfy { $0 != nil })
        #expect(taken(1, .key("p")) == nil)
        held = [held[0]]
        #expect(taken(40, party) != nil)
        #expect(taken(41, party) == nil)
        withExtendedLifetime((held, others)) {}
    }

    @Test("a single upload may have all of it, and no second one beside it")
    func single() {
        let large = taken(60, .key("k"))
        #expect(large?.grow(by: 30) == true)
        #expect(taken(1, .key("k")) == nil)
        #expect(large?.grow(by: 11) == false)
        #expect(taken(10, .key("o")) != nil)
    }

    @Test("whoever is not known is not taken for one client")
    func unknown() {
        let held = (0..<9).map { _ in taken(10, .address(nil)) }
        #expect(held.allSatisfy { $0 != nil })
    }
}
