import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import ImageVocabulary
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Problem details")
struct ProblemTests {
    static let samples: [(Problem, Int)] = [
        (.malformedRequest("x"), 400), (.emptyBody, 400), (.notFound, 404), (.expired, 404),
        (.forbiddenOption(OptionError(option: "x", reason: "x.", isForbidden: true)), 403),
        (.methodNotAllowed(allowed: [.get, .head]), 405), (.bodyTimeout, 408), (.clientGone, 499),
        (.overLimit(.inputBytes, 10), 413), (.overLimit(.width, 10), 422),
        (.overLimit(.height, 10), 422), (.overLimit(.pixels, 10), 422),
        (.overLimit(.frames, 10), 422), (.overLimit(.outputBytes, 10), 422),
        (.missingScope(.info), 403), (.addressNotPermitted, 403), (.keyExpired, 403),
        (.mistypedKey, 401), (.wrongSignature, 403), (.signatureExpired, 403),
        (.optionForSignature, 403),
        (.invalidURL(.noSource), 404), (.source(.notAllowed), 404), (.source(.noSuchHost), 404),
        (.source(.clientError(410)), 410), (.source(.serverError(500)), 502),
        (.source(.timeout), 504),
        (.source(.incomplete), 422), (.source(.encoded), 422), (.unsupportedResult("x"), 415),
        (.unsupportedType("x"), 415), (.typeContradiction("x"), 415), (.brokenImage, 422),
        (.unusableSize, 422), (.notADrawing, 422), (.couldNotProcess, 422), (.deadline, 504),
        (.unavailable, 503), (.unknownMethod, 501),
        (.headerTimeout, 408), (.headersTooLarge, 431), (.targetTooLong, 414),
        (.unauthorized, 401), (.foreignPage, 403), (.reloadRefused(["x"]), 409),
        (.tooManyAttempts(seconds: 3), 429), (.tooManyFailures(seconds: 3), 429),
        (.rateLimited(seconds: 3), 429), (.tooManyAtOnce, 429), (.dailyLimit(seconds: 3), 429),
        (.tooManyErrors(seconds: 3), 429),
    ]

    /// RFC 9457 section 3.1, and what this service adds.
    private struct Details: Decodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var requestID: String
        var limit: String?
        var option: String?

        enum CodingKeys: String, CodingKey {
            case type, title, status, detail, limit, option
            case requestID = "request_id"
        }
    }

    private func decoded(_ problem: Problem) throws -> Details {
        let id = try #require(RequestID(incoming: "abc-1"))
        let text = problem.json(requestID: id).text
        return try JSONDecoder().decode(Details.self, from: Data(text.utf8))
    }

    @Test("each one is problem details with its status and the request's id", arguments: samples)
    func members(_ problem: Problem, _ status: Int) throws {
        let details = try decoded(problem)
        #expect(details.type == "urn:glovebox:problem:\(problem.name)")
        #expect(details.status == status)
        #expect(details.requestID == "abc-1")
        #expect(!details.title.isEmpty)
        #expect(details.detail.hasSuffix(".") || details.detail == "x")
        if case .forbiddenOption = problem { return }
        #expect(details.option == nil)
    }

    @Test("a limit is named", arguments: LimitName.allCases)
    func limit(_ name: LimitName) throws {
        let details = try decoded(.overLimit(name, 4_711))
        #expect(details.limit == name.rawValue)
        // How many pages the file has only the child knows.
        #expect(details.detail.contains("4711") == (name != .pages))
    }

    @Test("an option is named as it was written")
    func option() throws {
        let error = #expect(throws: OptionError.self) {
            try OptionParser.options(query: "widht=3")
        }
        let details = try decoded(Problem(try #require(error)))
        #expect(details.status == 400 && details.option == "widht")
        #expect(details.detail.contains("width"))
    }

    @Test("an option that nobody may use is forbidden, and named")
    func forbidden() throws {
        let error = #expect(throws: OptionError.self) {
            try OptionParser.options(query: "msr=1")
        }
        let details = try decoded(Problem(try #require(error)))
        #expect(details.status == 403 && details.option == "msr")
        #expect(details.type == "urn:glovebox:problem:forbidden-option")
    }

    @Test(
        "what is full, or has been asked too often, says when to come back, and nothing else does")
    func retryAfter() {
        let id = RequestID()
        for (problem, _) in Self.samples {
            let field = problem.response(requestID: id).headers[.retryAfter]
            switch problem {
            case .unavailable, .tooManyAtOnce: #expect(field == "1")
            case .tooManyAttempts, .tooManyFailures, .rateLimited, .dailyLimit, .tooManyErrors:
                #expect(field == "3")
            default: #expect(field == nil)
            }
        }
    }

    @Test("a wrong method is answered with the right ones")
    func allow() {
        let problem = Problem.methodNotAllowed(allowed: [.get, .head, .options])
        let response = problem.response(requestID: RequestID())
        #expect(response.headers[.allow] == "GET, HEAD, OPTIONS")
        #expect(problem.detail == "Use GET or HEAD.")
        #expect(response.headers[.contentType] == "application/problem+json")
    }

    @Test("how a child ended makes no difference to the answer")
    func noOracle() {
        let limits = JobLimits()
        let refused = Problem(.refused(.processingFailed), limits: limits)
        #expect(Problem(.childLost, limits: limits) == refused)
        let text = Problem(.childLost, limits: limits).json(requestID: RequestID()).text
        for word in ["signal", "crash", "kill", "child", "sandbox", "syscall", "violation"] {
            #expect(!text.lowercased().contains(word))
        }
    }

    @Test("a verdict on a limit names the limit that the job had")
    func verdicts() {
        var limits = JobLimits()
        limits.pixels = 123
        #expect(Problem(.refused(.tooManyPixels), limits: limits) == .overLimit(.pixels, 123))
        #expect(Problem(.refused(.brokenImage), limits: limits) == .brokenImage)
        #expect(Problem(.deadline, limits: limits) == .deadline)
        #expect(Problem(.unavailable, limits: limits) == .unavailable)
    }
}
