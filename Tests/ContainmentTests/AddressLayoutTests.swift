import TestSupport
import Testing

/// Who has made one child fail has learnt where things are in it: the next one must be laid out anew.
@Suite("After a violation", .ownProcess, .serialized)
struct AddressLayoutTests {
    @Test("the next generation has its code at other addresses")
    func differs() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await Service.during(
            as: .ordinaryUser, in: workspace, sandbox: .hostileSandbox,
            options: ["--workers", "1"]
        ) { service in
            var places: [Int: Int] = [:]
            // Within the interval between two changes a generation is used again.
            try await eventually("children of three generations have made the call") {
                let request = HostileRequest(Act("01-execve", .violation("execve")))
                let answer = try await request.send(to: service)
                guard answer.status == 422 else { return false }
                let line = try await service.logLine("child ended", request: request.id)
                let generation = try #require(line["generation"].integer)
                let text = try #require(line["instruction_pointer"].text)
                let place = try #require(Int(text.dropFirst(2), radix: 16))
                if let known = places[generation] {
                    #expect(known == place, "siblings share their layout")
                }
                places[generation] = place
                return places.count == 3
            }
            // The same instruction, by its place in its page.
            #expect(Set(places.values.map { $0 & 0xfff }).count == 1)
            #expect(Set(places.values).count == 3)
        }
    }
}
