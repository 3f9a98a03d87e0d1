import HTTPTypes
import ImageVocabulary
import RequestSyntax

/// What a request asks for, with everything decided that the configuration and its header fields
/// decide. Nothing after it looks at either again.
struct ImageOrder: Sendable {
    /// Without the watermark where there is none to be put on.
    private(set) var plan: Plan
    private(set) var delivery: Delivery
    /// What any image of the request may cost; its policy may allow less.
    private(set) var limits: JobLimits
    /// In the place of the configured watermark.
    private(set) var watermark: SourceAddress?
    /// In the place of the configured fallback image.
    let fallback: SourceAddress?
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
        do throws(OptionError) {
            let options = try OptionParser.options(
                query: query, startingAt: Self.start(headers, settings),
                under: settings.requests.rules)
            try self.init(options, settings, accepting: AcceptField(headers[.accept]))
        } catch {
            throw Problem(error)
        }
        try check(settings, now)
    }

    /// Reads a signed URL whose signature was found right.
    init(
        _ request: SignedRequest, _ headers: HTTPFields, _ settings: LiveSettings.Values, now: Int64
    ) throws(Problem) {
        do throws(OptionError) {
            try self.init(
                request.options, settings, accepting: AcceptField(headers[.accept]))
        } catch {
            throw Problem(error)
        }
        try check(settings, now)
    }

    /// What a request asks for: of a batch an order for each set of options, else one.
    ///
    /// The orders of a batch are for one child: they have the lowest limits that any of them names, and
    /// one watermark.
    static func all(
        for route: Route, query: String, _ headers: HTTPFields, _ settings: LiveSettings.Values,
        now: Int64
    ) throws(Problem) -> [ImageOrder] {
        guard route == .batch else {
            return [try ImageOrder(query: query, headers, settings, now: now)]
        }
        var orders: [ImageOrder] = []
        do throws(OptionError) {
            let sets = try OptionSets.read(
                query: query, startingAt: start(headers, settings),
                under: settings.requests.rules)
            for options in sets {
                orders.append(
                    try ImageOrder(options, settings, accepting: AcceptField(headers[.accept])))
            }
            let drawings = orders.count { $0.plan.keepsDrawing }
            guard drawings == 0 || drawings == orders.count else {
                throw OptionError(
                    option: "format",
                    reason:
                        "Results that stay drawings are made by a child of their own. Ask for svg in "
                        + "all sets, or in none.")
            }
            let marked = orders.filter { $0.plan.watermark != nil }
            guard marked.allSatisfy({ $0.watermark == marked[0].watermark }) else {
                throw OptionError(
                    option: "watermark_url",
                    reason: "Results of one image have one watermark. Name it beside the sets.")
            }
        } catch {
            throw Problem(error)
        }
        for order in orders { try order.check(settings, now) }
        let lowest = orders.reduce(orders[0].limits) { $0.lowered(to: $1.limits) }
        for index in orders.indices {
            orders[index].limits = lowest
            // Every result is made.
            orders[index].delivery.skipped = []
        }
        return orders
    }

    /// What a request's options change.
    static func start(
        _ headers: HTTPFields, _ settings: LiveSettings.Values
    ) -> RequestOptions {
        var start = settings.requests.results.start
        if settings.requests.results.clientHints {
            ClientHints { name in HTTPField.Name(name).flatMap { headers[$0] } }.apply(to: &start)
        }
        return start
    }

    private func check(_ settings: LiveSettings.Values, _ now: Int64) throws(Problem) {
        let requests = settings.requests
        if let expires = delivery.expires, expires < now { throw .expired }
        let results = requests.results
        if let named, !delivery.raw, !results.allows(named) {
            throw Problem(cannotMake: named, of: results.formats ?? [])
        }
        if plan.keepsDrawing, !delivery.raw, let formats = results.formats {
            throw Problem(cannotMake: .svg, of: formats)
        }
    }

    private init(
        _ options: RequestOptions, _ settings: LiveSettings.Values, accepting field: AcceptField
    ) throws(OptionError) {
        try options.plan.checkTogether()
        let requests = settings.requests
        plan = options.plan
        delivery = options.delivery
        named = options.plan.format
        varying = requests.results.varying
        limits = settings.limits.replaced(by: options.limits)
        fallback = try Self.address(options.fallbackSource, of: "fallback_image_url")
        plan.frames = options.limits.animationFrames ?? requests.frames
        plan.largestSide = options.limits.resultSide ?? requests.largestSide
        // Of what a client accepts nothing holds four colours.
        if plan.metadata.profile != .cmyk { requests.results.choose(for: &plan, accepting: field) }
        delivery.skipped.removeAll { !requests.results.allows($0) && $0.isOutput }
        guard plan.watermark != nil else { return }
        plan.watermark?.opacity *= requests.watermarkOpacity
        guard plan.watermark?.opacity != 0 else {
            plan.watermark = nil
            return
        }
        watermark = try Self.address(options.watermarkSource, of: "watermark_url")
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

    /// The address that an option names.
    private static func address(
        _ text: String?, of option: String
    ) throws(OptionError) -> SourceAddress? {
        guard let text else { return nil }
        do throws(SourceAddressError) {
            return try SourceAddress(text)
        } catch {
            throw OptionError(
                option: option,
                reason: "That is no address of an image. Write the Base64 form of local:///, "
                    + "https:// or http:// and what follows.")
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
