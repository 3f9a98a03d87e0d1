import HTTPTypes
import ImageVocabulary
import RequestSyntax

/// What a request asks for, with everything decided that the configuration and its header fields
/// decide. Nothing after it looks at either again.
struct ImageOrder: Sendable {
    /// Without the watermark where there is none to be put on.
    private(set) var plan: Plan
    let delivery: Delivery
    /// What any image of the request may cost; its policy may allow less.
    let limits: JobLimits
    /// In the place of the configured watermark.
    private(set) var watermark: ImagePath?
    /// In the place of the configured fallback image.
    let fallback: ImagePath?
    /// The format that was named, whatever was made of it.
    private let named: ImageFormat?
    /// The names of request fields that the answer depends on.
    let varying: [String]

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - headers: the request's.
    ///   - now: seconds since 1970.
    init(
        query: String, _ headers: HTTPFields, _ settings: LiveSettings.Values, now: Int64
    ) throws(Problem) {
        let requests = settings.requests
        var start = requests.results.start
        if requests.results.clientHints {
            ClientHints { name in HTTPField.Name(name).flatMap { headers[$0] } }.apply(to: &start)
        }
        do throws(OptionError) {
            let options = try OptionParser.options(
                query: query, startingAt: start, under: requests.rules)
            try self.init(options, settings, accepting: AcceptField(headers[.accept]))
        } catch {
            throw Problem(error)
        }
        if let expires = delivery.expires, expires < now { throw .expired }
        if let named, !delivery.raw, !requests.results.allows(named) {
            throw Problem(cannotMake: named, of: requests.results.formats ?? [])
        }
    }

    private init(
        _ options: RequestOptions, _ settings: LiveSettings.Values, accepting field: AcceptField
    ) throws(OptionError) {
        let requests = settings.requests
        plan = options.plan
        delivery = options.delivery
        named = options.plan.format
        varying = requests.results.varying
        limits = settings.limits.replaced(by: options.limits)
        fallback = try Self.path(options.fallbackSource, of: "fallback_image_url")
        plan.frames = options.limits.animationFrames ?? requests.frames
        plan.largestSide = options.limits.resultSide ?? requests.largestSide
        requests.results.choose(for: &plan, accepting: field)
        guard plan.watermark != nil else { return }
        plan.watermark?.opacity *= requests.watermarkOpacity
        guard plan.watermark?.opacity != 0 else {
            plan.watermark = nil
            return
        }
        watermark = try Self.path(options.watermarkSource, of: "watermark_url")
        guard watermark != nil || requests.images.watermark != nil else {
            throw OptionError(
                option: "watermark",
                reason: "No watermark is configured here. Name one with watermark_url, or leave it "
                    + "out.")
        }
    }

    /// Whether a source of this format goes out as it is.
    func passes(_ format: ImageFormat) -> Bool {
        delivery.raw
            || (delivery.skipped.contains(format) && !plan.keepsDrawing
                && (named ?? format) == format)
    }

    /// The path below the image root that `local:///` and a path stand for.
    private static func path(
        _ address: String?, of option: String
    ) throws(OptionError) -> ImagePath? {
        guard let address else { return nil }
        let scheme = "local:///"
        guard address.hasPrefix(scheme) else {
            throw OptionError(
                option: option,
                reason: "Only images below the image root can be named here. Write the Base64 form "
                    + "of local:/// and a path.")
        }
        do throws(ImagePathError) {
            return try ImagePath(percentEncoded: address.dropFirst(scheme.utf8.count))
        } catch {
            throw OptionError(
                option: option,
                reason: "The path cannot name an image. Write one without empty parts and dots.")
        }
    }
}

extension JobLimits {
    /// With the limits that a request names, where it may, in the place of these.
    fileprivate func replaced(by requested: RequestedLimits) -> JobLimits {
        var limits = self
        limits.pixels = requested.sourcePixels ?? pixels
        limits.inputBytes = requested.sourceBytes ?? inputBytes
        limits.framePixels = requested.framePixels ?? framePixels
        return limits
    }
}
