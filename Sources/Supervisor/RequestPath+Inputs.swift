import Hummingbird
import ImageVocabulary
import RequestSyntax
import WireProtocol

/// Sources: everything that a job reads.
extension RequestPath {
    /// The image that is asked for or was sent, or the one for where that cannot be had, and the
    /// images beside it.
    func inputs(
        _ route: Route, _ request: Request, _ client: Client, _ caller: Caller,
        _ order: ImageOrder, _ signed: SignedOrder?, _ settings: LiveSettings.Values
    ) async throws(Problem) -> Inputs.Found {
        let largest = Int(
            clamping: min(order.limits.inputBytes, jobs.widestLimits.inputBytes))
        var visit = SourceDesk.Visit(
            rules: settings.sources, isTrusted: signed != nil || caller.may(.sources),
            largest: largest, requestID: client.requestID.text)
        visit.buckets = settings.buckets
        visit.conditions = signed?.conditions ?? SourceConditions()
        let requests = settings.requests
        var inputs: Inputs
        do throws(Problem) {
            let (answer, origin) = try await image(
                route, request, client, caller.party, signed, visit, settings)
            switch answer {
            case .image(let image, let validators):
                inputs = Inputs(image: image, origin: origin.with(validators))
            case .unchanged(let validators): return .unchanged(origin.with(validators))
            }
        } catch {
            guard route.mayFallBack, error.isOfTheSource, !error.isDenial,
                let other = try await fallback(order, requests, visit, for: client)
            else { throw error }
            let status = requests.fallbackStatus ?? route.status(of: error)
            inputs = Inputs(image: other, origin: ImageOrigin(missing: status))
        }
        if !route.isUpload {
            client.note(inputBytes: inputs.image.source.bytes.readableBytes)
        }
        let isMade = route.operation == .process && !order.passes(inputs.image.source.format)
        if isMade, order.plan.watermark != nil {
            let watermark = try await watermark(order, requests, visit, for: client)
            inputs.companions = watermark.map { [$0] } ?? []
        }
        return .all(inputs)
    }

    private func image(
        _ route: Route, _ request: Request, _ client: Client, _ party: Caller.Party,
        _ signed: SignedOrder?, _ visit: SourceDesk.Visit, _ settings: LiveSettings.Values
    ) async throws(Problem) -> (SourceAnswer, ImageOrigin) {
        switch route {
        case .image(let path), .imageInfo(let path):
            guard let folder = desk.folder else { throw .notFound }
            let source = LocalSource(path: path, folder: folder, budget: budget)
            let origin = ImageOrigin(
                name: path.fileName, cacheControl: ImageOrigin.revalidated)
            return (try await source.collect(largest: visit.largest), origin)
        case .signed:
            guard let signed else { throw .notFound }
            let address = try desk.address(signed.source, visit)
            client.note(source: address.shown)
            let origin = ImageOrigin(
                name: address.fileName, signed.order.delivery, settings.signing, now: Self.now)
            return (try await fetch(address, visit, for: client), origin)
        case .process, .batch, .options, .uploadInfo, .health, .live, .ready:
            let source = UploadSource(
                request: request, client: client.connection, budget: budget, party: party
            ) { client.wantBody() }
            return (try await source.collect(largest: visit.largest), ImageOrigin())
        }
    }

    private func fallback(
        _ order: ImageOrder, _ settings: RequestSettings, _ visit: SourceDesk.Visit,
        for client: Client
    ) async throws(Problem) -> CollectedSource? {
        if let address = order.fallback {
            return try await image(at: address, of: "fallback_image_url", visit, for: client)
        }
        return settings.images.fallback.map(held)
    }

    private func watermark(
        _ order: ImageOrder, _ settings: RequestSettings, _ visit: SourceDesk.Visit,
        for client: Client
    ) async throws(Problem) -> CollectedSource? {
        if let address = order.watermark {
            return try await image(at: address, of: "watermark_url", visit, for: client)
        }
        return settings.images.watermark.map(held)
    }

    /// Reads an image for as long as the client waits for it.
    private func fetch(
        _ address: SourceAddress, _ visit: SourceDesk.Visit, for client: Client
    ) async throws(Problem) -> SourceAnswer {
        let desk = desk
        let result = await client.connection.whilePresent { () -> Result<SourceAnswer, Problem> in
            do throws(Problem) {
                return .success(try await desk.collect(address, visit))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// An image that is in memory for all requests together, and counts for none.
    private func held(_ source: SourceBytes) -> CollectedSource {
        CollectedSource(source: source, share: budget.share())
    }

    /// An image that an option names; what is wrong with it is the option's fault.
    private func image(
        at address: SourceAddress, of option: String, _ visit: SourceDesk.Visit,
        for client: Client
    ) async throws(Problem) -> CollectedSource {
        var visit = visit
        // The client's conditions are about the image that it asks for.
        visit.conditions = SourceConditions()
        do throws(Problem) {
            guard case .image(let image, _) = try await fetch(address, visit, for: client) else {
                throw .source(.unexpected(304))
            }
            return image
        } catch {
            guard error.isOfTheSource else { throw error }
            throw .invalidOption(
                OptionError(
                    option: option,
                    reason: "The image that it names cannot be used: \(error.detail)"))
        }
    }
}

extension Route {
    /// Whether another image may stand in for the one asked for.
    fileprivate var mayFallBack: Bool {
        switch self {
        case .image, .signed: true
        default: false
        }
    }

    /// Whether the image comes with the request.
    fileprivate var isUpload: Bool {
        switch self {
        case .image, .imageInfo, .signed: false
        default: true
        }
    }

    fileprivate func status(of problem: Problem) -> HTTPResponse.Status {
        switch errors {
        case .details: problem.status
        case .plain: problem.plain.status
        }
    }
}

extension Problem {
    /// Whether a rule forbids the source: that is to be seen, and no other image put in its place.
    fileprivate var isDenial: Bool {
        if case .source(let failure) = self { failure.kind == .refused } else { false }
    }

    /// Whether it is about an image that was to be read, which another one may stand in for.
    fileprivate var isOfTheSource: Bool {
        switch self {
        case .notFound, .brokenImage, .unsupportedType, .typeContradiction, .source,
            .overLimit(.inputBytes, _):
            true
        default: false
        }
    }
}
