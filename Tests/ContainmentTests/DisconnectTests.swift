import Glibc
import TestSupport
import Testing

/// A thousand clients that go away when they like.
@Suite("Clients that go away", .ownProcess, .serialized)
struct DisconnectTests {
    /// When a client goes away.
    private enum Moment: CaseIterable {
        case beforeTheHead, inTheHead, beforeTheBody, inTheBody, afterTheBody, inTheWork
        case inTheAnswer, afterTheAnswer
    }

    private enum Way: CaseIterable {
        case close, reset, endOfSending
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): what a seed gives, it gives again.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return value ^ (value >> 31)
        }
    }

    private static let clients = 10
    private static let requests = 1_000

    @Test(
        "leave no process and no descriptor, whenever they go, whether or not they share children",
        arguments: Identity.available, [false, true])
    func leaveNothing(_ identity: Identity, isShared: Bool) async throws {
        let settings = HostileService.Settings(
            timeout: 20, bystanders: ["abandoned"],
            variables: ["GLOVEBOX_JOBS_COALESCE": "\(isShared)"])
        try await HostileService.during(as: identity, settings) { hostile in
            let port = hostile.service.port
            let healthy = hostile.healthy
            let wrong = await withTaskGroup(of: [String].self) { group in
                for client in 0..<Self.clients {
                    group.addTask {
                        await onThread { Self.play(seed: UInt64(client), port, healthy) }
                    }
                }
                return await group.reduce([], +)
            }
            #expect(wrong == [])
            try await hostile.healthy.succeeds(through: hostile.service)
        }
    }

    /// One client's share of the requests.
    ///
    /// - Returns: what was wrong with the answers it stayed for.
    private static func play(seed: UInt64, _ port: Int, _ healthy: HealthyRequest) -> [String] {
        var chance = Chance(state: seed)
        var wrong: [String] = []
        for number in 0..<requests / clients {
            let moment = Moment.allCases.randomElement(using: &chance) ?? .inTheBody
            let way = Way.allCases.randomElement(using: &chance) ?? .close
            guard let connection = try? RawConnection(port: port) else {
                wrong.append("\(number): no connection")
                continue
            }
            if let text = ask(connection, until: moment, healthy, &chance) {
                wrong.append("\(number): \(text)")
            }
            switch way {
            case .close: connection.drop()
            case .reset: connection.reset()
            case .endOfSending:
                connection.endSending()
                while case .bytes = connection.receive() {}
            }
        }
        return wrong
    }

    private static func ask(
        _ connection: RawConnection, until moment: Moment, _ healthy: HealthyRequest,
        _ chance: inout Chance
    ) -> String? {
        let request = HealthyRequest.onTheWire
        let head = request.count - HealthyRequest.image.count
        switch moment {
        case .beforeTheHead: break
        case .inTheHead:
            connection.send(Array(request[..<Int.random(in: 1..<head, using: &chance)]))
        case .beforeTheBody: connection.send(Array(request[..<head]))
        case .inTheBody:
            let part = Int.random(in: head + 1..<request.count, using: &chance)
            connection.send(Array(request[..<part]))
        case .afterTheBody: connection.send(request)
        case .inTheWork:
            connection.send(request)
            // A moment of chance, within the time that a child usually takes.
            usleep(UInt32.random(in: 0..<20_000, using: &chance))
        case .inTheAnswer:
            connection.send(request)
            _ = connection.receive(atMost: Int.random(in: 1..<200, using: &chance))
        case .afterTheAnswer:
            let client = KeepAliveClient(on: connection)
            guard case .answered(let answer) = client.exchange(request) else { return "no answer" }
            if answer.status != 200 || answer.body != healthy.answer {
                return "answered with \(answer.status)"
            }
        }
        return nil
    }
}
