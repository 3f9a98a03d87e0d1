import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RequestSyntax

/// The one responder of a listener: gives each request its id, its answer and its log line.
struct Endpoint: HTTPResponder {
    typealias Context = ConnectionContext

    let face: HTTPListener.Face
    let answerer: any RequestAnswerer
    /// What every answer gets, asked for each.
    let rules: @Sendable () -> AnswerRules
    let metrics: any ServiceMetrics
    let logger: Logger

    /// Longest path in a log line, in bytes.
    private static let longestPath = 512

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let client = Client(
            requestID: request.headers[.requestID].flatMap { RequestID(incoming: $0) }
                ?? RequestID(),
            trace: TraceContext(traceparent: request.headers[.traceparent]),
            connection: context.connection,
            request: context.connection.nextRequest() ?? ArrivedRequest(),
            channel: context.channel)

        var response: Response
        var problem: Problem?
        do throws(Problem) {
            if let refusal = client.request.refusal {
                throw answerer.refused(refusal, from: client)
            }
            response = try await answerer.answer(request, from: client)
        } catch {
            problem = error
            response =
                switch client.notes.errors {
                case .details: error.response(requestID: client.requestID)
                case .plain: error.plainResponse
                }
        }
        response.headers[.requestID] = client.requestID.text
        client.notes.limits?.add(to: &response.headers)
        rules().complete(&response, to: request)
        var bytesOut = response.body.contentLength ?? 0
        // The work was done for the truth of the headers; Content-Length stays that of the body.
        if request.method == .head {
            response = response.createHeadResponse()
            bytesOut = 0
        }
        ended(client, response.status, problem, bytesOut: bytesOut)
        return response
    }

    private func ended(
        _ client: Client, _ status: HTTPResponse.Status, _ problem: Problem?, bytesOut: Int
    ) {
        let notes = client.notes
        let ended = EndedRequest(
            route: notes.route, status: status.code, problem: problem?.name,
            format: notes.format, duration: .now - client.request.start,
            bytesIn: client.bytesIn, bytesOut: bytesOut)
        metrics.requestEnded(ended)
        guard logger.logLevel <= .info else { return }
        logger.info("request", metadata: fields(of: ended, problem, client))
    }

    /// What stands before the first question mark, escaped or not.
    private static func withoutQueries(_ target: some Collection<UInt8>) -> [UInt8] {
        var path: [UInt8] = []
        for byte in target {
            guard byte != UInt8(ascii: "?") else { break }
            path.append(byte)
            let end = path.suffix(3)
            if end.elementsEqual("%3F".utf8) || end.elementsEqual("%3f".utf8) {
                path.removeLast(3)
                break
            }
        }
        return path
    }

    /// Header fields are never among them: some carry secrets.
    private func fields(
        of ended: EndedRequest, _ problem: Problem?, _ client: Client
    ) -> Logger.Metadata {
        let milliseconds = ended.duration / .milliseconds(1)
        // Without the query, and without that of a source: they may carry what is not for logs.
        let came = String(
            decoding: Self.withoutQueries(client.request.target.utf8), as: UTF8.self)
        let path = answerer.logged(path: came).utf8.prefix(Self.longestPath)
        var fields: Logger.Metadata = [
            "listener": "\(face.rawValue)",
            "request_id": "\(client.requestID)",
            "trace_id": "\(client.trace.traceID)",
            "span_id": "\(client.trace.spanID)",
            "client": "\(client.shownAddress)",
            "method": "\(client.request.method)",
            "path": "\(String(decoding: path, as: UTF8.self))",
            "route": "\(ended.route)",
            "status": .stringConvertible(ended.status),
            "duration_ms": .stringConvertible((milliseconds * 10).rounded() / 10),
            "bytes_in": .stringConvertible(ended.bytesIn),
            "bytes_out": .stringConvertible(ended.bytesOut),
        ]
        if client.shownAddress != client.address { fields["peer"] = "\(client.address)" }
        if let key = client.notes.key { fields["key"] = "\(key)" }
        if let name = ended.problem { fields["problem"] = "\(name)" }
        // A line of plain text tells a client nothing, and its operator would know no more.
        if client.notes.errors == .plain, let problem { fields["reason"] = "\(problem.reason)" }
        if let reason = client.notes.finding?.reason { fields["reason"] = "\(reason)" }
        if let source = client.notes.source {
            fields["source"] = "\(source.prefix(Self.longestPath))"
        }
        if let format = ended.format { fields["format"] = "\(format)" }
        return fields
    }
}

extension HTTPField.Name {
    static let requestID = Self("X-Request-ID")!
    static let traceparent = Self("traceparent")!
}
