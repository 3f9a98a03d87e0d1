import Testing

@testable import Supervisor

@Suite("A head that arrives")
struct ArrivingHeadTests {
    @Test("begins with the first byte that is no empty line, and counts its request line")
    func counts() {
        var head = ArrivingHead()
        let parts = ["\r\n\r\n", "GET /a", "bc HTTP/1.1\r\nHost: x", ": y\r\n"]
        let begins = parts.map { head.take($0.utf8) }
        #expect(begins == [false, true, false, false])
        #expect(head.hasBegun && head.lineBytes == "GET /abc HTTP/1.1\r".utf8.count)
    }

    @Test("the next one is counted anew")
    func next() {
        var head = ArrivingHead()
        _ = head.take("GET / HTTP/1.1\r\n\r\n".utf8)
        head.end()
        #expect(!head.hasBegun)
        let begins = head.take("GET".utf8)
        #expect(begins && head.lineBytes == 3)
    }
}
