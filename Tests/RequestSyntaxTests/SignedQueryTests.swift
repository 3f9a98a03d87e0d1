import RequestSyntax
import Testing

@Suite("Queries that are signed")
struct SignedQueryTests {
    @Test("what is signed is everything before the signature, as it came")
    func parts() throws {
        let target = "/v1/process?rs=fill:300:200&exp=1790000000&f=%77ebp&&sig=abc"
        let query = try #require(try SignedQuery(method: "POST", target: target))
        #expect(
            query.signed == "POST /v1/process?rs=fill:300:200&exp=1790000000&f=%77ebp&")
        #expect(query.signature == "abc" && query.expires == 1_790_000_000)
        #expect(query.options == "rs=fill:300:200&f=%77ebp&")
    }

    @Test("HEAD is signed as GET, and no other method as another")
    func methods() throws {
        let target = "/v1/images/a?exp=1&sig=x"
        let texts = try ["GET", "HEAD", "POST", "get"].map {
            try SignedQuery(method: $0, target: target)?.signed
        }
        #expect(texts[0] == texts[1] && Set(texts.dropFirst()).count == 3)
        #expect(texts[0] == "GET /v1/images/a?exp=1")
        // What a signed URL's signature is over begins with a slash.
        #expect(texts.allSatisfy { $0?.hasPrefix("/") == false })
    }

    @Test(
        "a query without a signature is an ordinary one",
        arguments: [
            "/v1/process", "/v1/process?", "/a?exp=1", "/a?Sig=x", "/a?%73ig=x", "/a?sigx=1",
        ]
    )
    func unsigned(_ target: String) throws {
        #expect(try SignedQuery(method: "POST", target: target) == nil)
    }

    @Test(
        "the signature is there once and last, and so is a time",
        arguments: [
            ("/a?exp=1&sig=x&w=1", "sig"), ("/a?exp=1&sig=x&", "sig"),
            ("/a?sig=x&exp=1&sig=x", "sig"), ("/a?exp=1&sig&w=1", "sig"), ("/a?sig=x", "exp"),
            ("/a?exp=1&exp=1&sig=x", "exp"), ("/a?exp=&sig=x", "exp"), ("/a?exp&sig=x", "exp"),
            ("/a?exp=-1&sig=x", "exp"), ("/a?exp=+1&sig=x", "exp"), ("/a?exp=01&sig=x", "exp"),
            ("/a?exp=0&sig=x", "exp"), ("/a?exp=1e9&sig=x", "exp"), ("/a?exp=%31&sig=x", "exp"),
            ("/a?exp=9999999999999&sig=x", "exp"), ("/a?%65xp=1&sig=x", "exp"),
        ])
    func refused(_ target: String, _ option: String) {
        let error = #expect(throws: OptionError.self) {
            try SignedQuery(method: "GET", target: target)
        }
        #expect(error?.option == option)
    }
}
