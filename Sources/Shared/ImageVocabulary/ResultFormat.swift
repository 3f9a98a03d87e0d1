extension Plan {
    /// Whether the result is made of several frames of an animation.
    ///
    /// One page, or several below each other, are still pictures.
    public func isAnimated(_ facts: ImageFacts) -> Bool {
        usesFrames(facts) && resultFormat(of: facts).carriesAnimation
    }

    /// The format of the result.
    ///
    /// What was asked for; else the first that the client accepts and that can show what the source
    /// has; else the source's own, where that is written and wanted; else the first that is wanted and
    /// can show it.
    public func resultFormat(of facts: ImageFacts) -> ImageFormat {
        if let format { return format }
        let isAnimation = usesFrames(facts)
        if let accepted = choice.accepted.first(where: { !isAnimation || $0.carriesAnimation }) {
            return accepted
        }
        guard !choice.preferred.isEmpty else {
            if facts.format.isOutput { return facts.format }
            return facts.hasAlpha ? .png : .jpeg
        }
        if choice.preferred.contains(facts.format) { return facts.format }
        let carrying = choice.preferred.filter { $0.carriesAlpha || !facts.hasAlpha }
        return carrying.first { $0.carriesAnimation || !isAnimation } ?? carrying.first
            ?? choice.preferred[0]
    }

    /// What is written in the place of a format that cannot hold an image so small: AVIF has no
    /// sides under 16 pixels in every reader.
    public static func substitute(
        for format: ImageFormat, width: Int, height: Int, hasAlpha: Bool
    ) -> ImageFormat {
        guard format == .avif, min(width, height) < 16 else { return format }
        return hasAlpha ? .png : .jpeg
    }

    private func usesFrames(_ facts: ImageFacts) -> Bool {
        page == nil && pages == 1 && frames > 1 && facts.frames > 1 && facts.format.isAnimated
    }
}

extension Plan {
    /// The widest result that the plan can have, by what it names of sizes alone.
    public var mostWidth: UInt64 {
        most(width, zoom.x, minWidth, [padding.left, padding.right])
    }

    /// The tallest result that the plan can have.
    public var mostHeight: UInt64 {
        most(height, zoom.y, minHeight, [padding.top, padding.bottom])
    }

    /// Unlimited where the side is derived, or may be made longer for proportions.
    private func most(
        _ side: UInt32, _ zoom: Double, _ least: UInt32, _ padding: [UInt32]
    ) -> UInt64 {
        let grows = extendAspectRatio != nil && (minWidth > 0 || minHeight > 0)
        guard side > 0, least == 0, !grows else { return .max }
        // A pixel ratio below 1 counts as 1 where the source is too small for the box (imgproxy's
        // arithmetic, step 5). Factors are at most 100 and sides 16 bits, so that sums are far from
        // 64 bits.
        let ratio = max(1, dpr)
        let box = UInt64((Double(side) * zoom * ratio).rounded(.up))
        return box + padding.reduce(0) { $0 + UInt64((Double($1) * ratio).rounded(.up)) }
    }
}
