import FoundationEssentials
import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax
import WireProtocol

/// The way of a request, from its head to its answer. Each step lives in the folder it names and
/// turns what it was given into something that needs no checking afterwards. Nothing after Admission
/// sees a word of the request.
///
///     HTTP → Admission → Sources → Jobs → Children → (confined child) → Results → HTTP
struct RequestPath: RequestAnswerer {
    let jobs: JobRunner
    /// One child for requests that want the same at the same time.
    let shared: SharedJobs
    let settings: LiveSettings
    /// Memory for inputs and results of all requests together.
    let budget: MemoryBudget
    /// Where images are fetched from that do not come with the request.
    let desk: SourceDesk
    let health: HealthCheck
    /// Who may ask for what.
    let door: FrontDoor
    /// How much each client may ask for.
    let limits: RequestLimits
    /// Who and what has killed children.
    let killers: KillerWatch

    func answer(_ request: Request, from client: Client) async throws(Problem) -> Response {
        // HTTP: which of the routes there are.
        let target = request.head.path ?? ""
        let settings = settings.current
        if !settings.allowed.isEmpty, !Route.isOfHealth(target) {
            client.note(route: "unknown", errors: Route.errors(at: target))
            try door.admit(request.headers, client, settings)
        }
        if request.method == .options {
            client.note(route: "options-method")
            return OptionsResponse.make(
                try Route.methods(at: target), settings.crossOrigin, to: request.headers)
        }
        let route: Route
        do throws(Problem) {
            route = try Route(method: request.method, target: target)
        } catch {
            client.note(route: "unknown", errors: Route.errors(at: target))
            throw limits.judge(error, request.headers, client, settings)
        }
        client.note(route: route.label, errors: route.errors)
        switch route {
        case .health, .live, .ready: return await health.answer(route)
        case .options, .process, .batch, .uploadInfo, .image, .imageInfo, .signed: break
        }

        // Admission: who asks, and by which right, and whether that is too much.
        let signature = try SignedQuery.read(request.head, route)
        let caller: Caller
        do throws(Problem) {
            caller = try door.pass(
                request.head, route, signature, client, settings, now: Self.now)
        } catch {
            throw limits.judge(error, request.headers, client, settings)
        }
        let visit = try limits.enter(caller, route, client, settings)
        do throws(Problem) {
            let query = route.options(in: target, signature)
            let response = try await answer(request, route, query, caller, client, settings)
            visit.charge(client.bytesIn + (response.body.contentLength ?? 0))
            return response
        } catch {
            visit.charge(client.bytesIn)
            door.hear(error, of: client)
            throw limits.judge(error, caller, route, settings)
        }
    }

    private func answer(
        _ request: Request, _ route: Route, _ query: String, _ caller: Caller, _ client: Client,
        _ current: LiveSettings.Values
    ) async throws(Problem) -> Response {
        if route == .options { return OptionGuide.response }

        // Admission: whose requests kill children waits; text becomes a plan, before a byte of the
        // body is read.
        var settings = current
        let sender = caller.sender
        try killers.admit(sender)
        let operation = route.operation
        // Facts are of the scope alone.
        if operation == .process {
            settings.requests.rules = caller.narrowed(settings.requests.rules)
        }
        let wishes = try Self.wishes(query, for: operation, settings.requests.rules)
        let signed = try signed(route, request.headers, settings)
        let orders =
            if let signed {
                [signed.order]
            } else {
                try ImageOrder.all(
                    for: route, query: operation == .process ? query : "", request.headers,
                    settings, now: Self.now)
            }
        // All are of one image and have the same watermark, if any.
        let order = orders.first { $0.plan.watermark != nil } ?? orders[0]

        // Sources: the whole input, counted, hashed, and of a format we know; and what is put upon
        // it.
        let inputs: Inputs
        switch try await self.inputs(route, request, client, caller, order, signed, settings) {
        case .all(let found): inputs = found
        case .unchanged(let origin): return ImageResponse.unchanged(order, origin)
        }
        let input = inputs.image
        let passes = route != .batch && order.passes(input.source.format)
        let plans =
            operation == .process && !passes
            ? jobs.offering(orders.map(\.plan), of: inputs) : []
        let limits = try jobs.limits(for: inputs, plans, within: order.limits, client)
        if operation == .process, passes {
            let (bytes, format) = (input.source.bytes, input.source.format)
            return image(bytes, format, order, inputs, inputs.shares, client)
        }
        let companions = inputs.companions.map(\.source)
        let use = PoisonKey(
            input.source, operation, plans, wishes, beside: companions,
            named: order.watermark != nil)
        try killers.admit(use, of: sender)

        // Jobs, children: one confined process for this image alone. It ends with this call,
        // whether it answers, dies, takes too long, or the client goes away; where others wait for
        // the same, with the last of them.
        let job = Job(
            requestID: client.requestID.text, operation: operation, input: input.source,
            plans: plans, companions: companions, wishes: wishes, limits: limits,
            deadline: .now + settings.jobTime,
            traceID: client.traceID, party: caller.party, source: client.notes.source,
            charge: killers.charge(for: input, use, of: sender))
        // Both count as memory in use: the inputs as long as they are held here, the result until
        // the last client has taken it.
        defer { withExtendedLifetime(inputs.shares) {} }
        let held = try await run(job, holding: inputs.shares, for: client)
        let result = held.result

        // HTTP: what comes back was checked against its own bytes by Results.
        switch operation {
        case .info:
            return FactsResponse.make(result, bytes: input.source.bytes.readableBytes)
        case .process where route == .batch:
            return Batch.response(result.images, orders, share: held.share)
        case .process:
            let made = result.images[0]
            return image(made.bytes, made.format, order, inputs, [held.share], client)
        }
    }

    func refused(_ problem: Problem, from client: Client) -> Problem {
        let settings = settings.current
        // Its fields were not read: it counts for nobody where it may come through a proxy.
        let peer = NetworkAddress(client.address)
        guard let peer, !settings.proxies.isTrusted(peer) else { return problem }
        return limits.judge(problem, [:], client, settings)
    }

    func logged(path: String) -> String {
        guard Route.mayBeSigned(path) else { return path }
        let signing = settings.held.values.signing
        return SignedPath.forLog(path, prefix: signing.prefix, signing.grammar)
    }

    /// Seconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    private func image(
        _ bytes: ByteBuffer, _ format: ImageFormat, _ order: ImageOrder, _ inputs: Inputs,
        _ shares: [MemoryBudget.Share], _ client: Client
    ) -> Response {
        client.note(format: format.name)
        return ImageResponse.make(bytes, format, order, inputs.origin, shares: shares)
    }

    private func signed(
        _ route: Route, _ headers: HTTPFields, _ settings: LiveSettings.Values
    ) throws(Problem) -> SignedOrder? {
        guard case .signed(let path) = route else { return nil }
        return try SignedOrder(path, headers, settings, now: Self.now)
    }

    private static func wishes(
        _ query: String, for operation: JobMessage.Operation, _ rules: OptionRules
    ) throws(Problem) -> InfoWishes {
        guard operation == .info else { return [] }
        do throws(OptionError) {
            return try InfoOption.wishes(query: query, under: rules)
        } catch {
            throw .invalidOption(error)
        }
    }

    private func run(
        _ job: Job, holding shares: [MemoryBudget.Share], for client: Client
    ) async throws(Problem) -> SharedJobs.Held {
        let (shared, executor) = (shared, client.connection.executor)
        let result = await client.connection.whilePresent {
            () -> Result<SharedJobs.Held, JobFailure> in
            do throws(JobFailure) {
                return .success(try await shared.run(job, holding: shares, on: executor))
            } catch {
                return .failure(error)
            }
        }
        do throws(JobFailure) {
            return try result.get()
        } catch {
            throw Problem(error, limits: job.limits)
        }
    }
}

extension Route {
    /// What a child is asked to do.
    var operation: JobMessage.Operation {
        switch self {
        case .uploadInfo, .imageInfo: .info
        case .process, .batch, .image, .signed, .options, .health, .live, .ready: .process
        }
    }
}
