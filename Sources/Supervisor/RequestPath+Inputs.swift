import Hummingbird
import ImageVocabulary
import RequestSyntax
import WireProtocol

/// Sources: everything that a job reads.
extension RequestPath {
    /// The image that is asked for or was sent, or the one for where that cannot be had, and the
    /// images beside it.
    func inputs(
        _ route: Route, _ request: Request, _ client: Client, _ order: ImageOrder,
        _ settings: RequestSettings
    ) async throws(Problem) -> Inputs {
        let largest = Int(
            clamping: min(order.limits.inputBytes, jobs.widestLimits.inputBytes))
        var inputs: Inputs
        switch route {
        case .image(let path):
            do throws(Problem) {
                inputs = Inputs(image: try await file(path, largest))
            } catch {
                guard error.isOfTheSource,
                    let other = try await fallback(order, settings, largest)
                else { throw error }
                inputs = Inputs(
                    image: other, missing: settings.fallbackStatus ?? error.status)
            }
            client.note(inputBytes: inputs.image.source.bytes.readableBytes)
        case .imageInfo(let path):
            inputs = Inputs(image: try await file(path, largest))
            client.note(inputBytes: inputs.image.source.bytes.readableBytes)
        case .process, .batch, .options, .uploadInfo, .health, .live, .ready:
            let source = UploadSource(largest: largest, budget: budget)
            inputs = Inputs(
                image: try await source.collect(request, from: client.connection) {
                    client.wantBody()
                })
        }
        let isMade = route.operation == .process && !order.passes(inputs.image.source.format)
        if isMade, order.plan.watermark != nil {
            inputs.companions = try await watermark(order, settings, largest).map { [$0] } ?? []
        }
        return inputs
    }

    private func file(_ path: ImagePath, _ largest: Int) async throws(Problem) -> CollectedSource {
        guard let folder else { throw .notFound }
        return try await ImageRoot(folder, largest: largest, budget: budget).collect(path)
    }

    private func fallback(
        _ order: ImageOrder, _ settings: RequestSettings, _ largest: Int
    ) async throws(Problem) -> CollectedSource? {
        if let path = order.fallback {
            return try await file(path, largest, of: "fallback_image_url")
        }
        return settings.images.fallback.map(held)
    }

    private func watermark(
        _ order: ImageOrder, _ settings: RequestSettings, _ largest: Int
    ) async throws(Problem) -> CollectedSource? {
        if let path = order.watermark { return try await file(path, largest, of: "watermark_url") }
        return settings.images.watermark.map(held)
    }

    /// An image that is in memory for all requests together, and counts for none.
    private func held(_ source: SourceBytes) -> CollectedSource {
        CollectedSource(source: source, share: budget.share())
    }

    /// An image that an option names; what is wrong with it is the option's fault.
    private func file(
        _ path: ImagePath, _ largest: Int, of option: String
    ) async throws(Problem) -> CollectedSource {
        do throws(Problem) {
            return try await file(path, largest)
        } catch {
            guard error.isOfTheSource else { throw error }
            throw .invalidOption(
                OptionError(
                    option: option,
                    reason: "The image that it names cannot be used: \(error.detail)"))
        }
    }
}

extension Problem {
    /// Whether it is about an image that was to be read, which another one may stand in for.
    fileprivate var isOfTheSource: Bool {
        switch self {
        case .notFound, .brokenImage, .unsupportedType, .typeContradiction,
            .overLimit(.inputBytes, _):
            true
        default: false
        }
    }
}
