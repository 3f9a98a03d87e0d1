import HTTPTypes
import Hummingbird
import ImageVocabulary
import RequestSyntax
import WireProtocol

/// The way of a request, from its head to its answer. Each step lives in the folder it names and
/// turns what it was given into something that needs no checking afterwards. Admission is
/// RequestSyntax: nothing after it sees a word of the request.
///
///     HTTP → Admission → Sources → Jobs → Children → (confined child) → Results → HTTP
struct RequestPath: RequestAnswerer {
    let jobs: JobRunner
    /// One child for requests that want the same at the same time.
    let shared: SharedJobs
    let settings: LiveSettings
    /// Memory for inputs and results of all requests together.
    let budget: MemoryBudget
    /// What images are asked for by path from; nil when nothing was configured.
    let folder: ImageFolder?
    let health: HealthCheck
    /// Who and what has killed children.
    let killers: KillerWatch

    func answer(_ request: Request, from client: Client) async throws(Problem) -> Response {
        // HTTP: which of the routes there are.
        let target = request.head.path ?? ""
        let route = try Route(method: request.method, target: target)
        client.note(route: route.label)
        switch route {
        case .health, .live, .ready: return await health.answer(route)
        case .process, .uploadInfo, .image, .imageInfo: break
        }

        // Admission: whose requests kill children waits; text becomes a plan, before a byte of the
        // body is read.
        let sender = Sender(client, request.headers)
        try killers.admit(sender)
        let settings = settings.current
        let operation = route.operation
        let query = Route.query(of: target)
        let plans = try Self.plans(query, for: operation)
        let wishes = try Self.wishes(query, for: operation)

        // Sources: the whole input, counted, hashed, and of a format we know.
        let input = try await collect(route, request, client, settings.limits)
        let use = PoisonKey(input.source, operation, plans, wishes)
        try killers.admit(use, of: sender)

        // Jobs, children: one confined process for this image alone. It ends with this call,
        // whether it answers, dies, takes too long, or the client goes away; where others wait for
        // the same, with the last of them.
        let job = Job(
            requestID: client.requestID.text, operation: operation, input: input.source,
            plans: plans, wishes: wishes,
            limits: try jobs.limits(for: input.source, within: settings.limits, client),
            deadline: .now + settings.jobTime,
            traceID: client.traceID, charge: killers.charge(for: input, use, of: sender))
        // Both count as memory in use: the input as long as it is held here, the result until the
        // last client has taken it.
        defer { withExtendedLifetime(input.share) {} }
        let held = try await run(job, holding: input.share, for: client)
        let result = held.result

        // HTTP: what comes back was checked against its own bytes by Results.
        return switch operation {
        case .info:
            FactsResponse.make(result, bytes: input.source.bytes.readableBytes)
        case .process:
            image(result, for: route, held.share, client)
        }
    }

    private func image(
        _ result: JobResult, for route: Route, _ share: MemoryBudget.Share, _ client: Client
    ) -> Response {
        let image = result.images[0]
        client.note(format: image.format.name)
        return ImageResponse.make(image, for: route, share: share)
    }

    private static func plans(
        _ query: String, for operation: JobMessage.Operation
    ) throws(Problem) -> [Plan] {
        guard operation == .process else { return [] }
        do throws(OptionError) {
            return [try OptionParser.options(query: query).plan]
        } catch {
            throw .invalidOption(error)
        }
    }

    private static func wishes(
        _ query: String, for operation: JobMessage.Operation
    ) throws(Problem) -> InfoWishes {
        guard operation == .info else { return [] }
        do throws(OptionError) {
            return try InfoOption.wishes(query: query)
        } catch {
            throw .invalidOption(error)
        }
    }

    private func collect(
        _ route: Route, _ request: Request, _ client: Client, _ limits: JobLimits
    ) async throws(Problem) -> CollectedSource {
        let largest = Int(clamping: limits.inputBytes)
        switch route {
        case .image(let path), .imageInfo(let path):
            guard let folder else { throw .notFound }
            let input = try await ImageRoot(folder, largest: largest, budget: budget)
                .collect(path)
            client.note(inputBytes: input.source.bytes.readableBytes)
            return input
        case .process, .uploadInfo, .health, .live, .ready:
            return try await UploadSource(largest: largest, budget: budget).collect(
                request, from: client.connection
            ) {
                client.wantBody()
            }
        }
    }

    private func run(
        _ job: Job, holding share: MemoryBudget.Share, for client: Client
    ) async throws(Problem) -> SharedJobs.Held {
        let (shared, executor) = (shared, client.connection.executor)
        let result = await client.connection.whilePresent {
            () -> Result<SharedJobs.Held, JobFailure> in
            do throws(JobFailure) {
                return .success(try await shared.run(job, holding: share, on: executor))
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

extension JobRunner {
    /// What a job with this input may cost: by the policy that covers its format, and no more than
    /// was configured.
    func limits(
        for source: SourceBytes, within configured: JobLimits, _ client: Client
    ) throws(Problem) -> JobLimits {
        guard let most = limits(for: source.format) else {
            logRefusal(of: source.format, requestID: client.requestID.text)
            throw Problem(.unsupported(source.format.name), reading: formats)
        }
        return try configured.narrowed(to: most, for: source)
    }
}

extension JobLimits {
    /// The lower of these and of those of the policy that covers the input's format. Until the
    /// format was known the widest policy's limit held for its bytes.
    func narrowed(to policy: JobLimits, for source: SourceBytes) throws(Problem) -> JobLimits {
        let limits = lowered(to: policy)
        guard source.bytes.readableBytes <= limits.inputBytes else {
            throw .overLimit(.inputBytes, limits.inputBytes)
        }
        return limits
    }
}

extension Route {
    /// What a child is asked to do.
    var operation: JobMessage.Operation {
        switch self {
        case .uploadInfo, .imageInfo: .info
        case .process, .image, .health, .live, .ready: .process
        }
    }
}
