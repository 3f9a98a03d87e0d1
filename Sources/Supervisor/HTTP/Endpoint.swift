import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RequestSyntax

/// The one responder of the public listener: gives each request its id, its answer and its log
/// line.
struct Endpoint: HTTPResponder {
    typealias Context = ConnectionContext

    let path: RequestPath
    let logger: Logger

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let id =
            request.headers[.requestID].flatMap { RequestID(incoming: $0) } ?? RequestID()
        let client = Client(
            requestID: id, connection: try await context.connection(), channel: context.channel)

        var response: Response
        var problem: Problem?
        do throws(Problem) {
            response = try await path.answer(request, from: client)
        } catch {
            problem = error
            response = error.response(requestID: id)
        }
        response.headers[.requestID] = id.text
        response.headers[.xContentTypeOptions] = "nosniff"
        let bytesOut = response.body.contentLength ?? 0
        // The work was done for the truth of the headers; Content-Length stays that of the body.
        if request.method == .head { response = response.createHeadResponse() }
        log(request, client, response.status, problem, bytesOut: bytesOut, since: start)
        return response
    }

    private func log(
        _ request: Request, _ client: Client, _ status: HTTPResponse.Status, _ problem: Problem?,
        bytesOut: Int, since start: ContinuousClock.Instant
    ) {
        guard logger.logLevel <= .info else { return }
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        let target = request.head.path ?? ""
        var fields: Logger.Metadata = [
            "request_id": "\(client.requestID)",
            "method": "\(request.method.rawValue)",
            // Without the query: it may carry what is not for logs.
            "path": "\(target.prefix { $0 != "?" })",
            "status": .stringConvertible(status.code),
            "duration_ms": .stringConvertible((milliseconds * 10).rounded() / 10),
            "bytes_in": .stringConvertible(client.bytesIn),
            "bytes_out": .stringConvertible(request.method == .head ? 0 : bytesOut),
        ]
        if let problem { fields["problem"] = "\(problem.name)" }
        logger.info("request", metadata: fields)
    }
}

extension HTTPField.Name {
    static let requestID = Self("X-Request-ID")!
    static let crossOriginResourcePolicy = Self("Cross-Origin-Resource-Policy")!
}
