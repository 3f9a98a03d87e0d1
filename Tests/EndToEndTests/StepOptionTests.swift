import TestSupport
import Testing

/// Every step runs in a confined child here: what it calls is what the policy allows.
@Suite("Each step works confined", .ownProcess, Served())
struct StepOptionTests {
    /// The result of a query on four quarters of 64 by 48 pixels, as lossless pixels.
    private func result(_ query: String, of file: [UInt8]? = nil) async throws -> ReferenceImage {
        let answer = try await Served.http.post(
            "/v1/process?f=png&\(query)", body: file ?? SampleFormat.png.file)
        try #require(answer.status == 200, "\(query): \(answer.text)")
        return try #require(ReferenceImage(decoding: answer.body))
    }

    @Test(
        "sizes follow every option of the box",
        arguments: [
            ("rt=auto&s=32:32", 32, 32), ("rt=auto&s=16:32", 16, 12),
            ("rt=fill-down&s=128:128", 48, 48), ("w=16&dpr=2", 32, 24), ("w=16&dpr=8", 64, 48),
            ("w=16&z=2", 32, 24), ("w=8&h=8&rt=force&z=2:3", 16, 24), ("w=10&mw=40", 10, 30),
            ("w=10&mh=40", 10, 40), ("w=96&el=1", 96, 72), ("s=128:64&ex=1", 128, 64),
            ("s=128:48&exar=1", 128, 48), ("w=32&pd=2:4&dpr=2", 80, 56), ("c=0.5:24&w=16", 16, 12),
            ("c=40:40&car=2", 40, 20), ("c=20:20&car=2:1", 40, 20), ("rot=270", 48, 64),
            ("rot=180&w=32", 32, 24), ("t=5&c=32:24:nowe", 32, 24),
        ])
    func sizes(_ query: String, width: Int, height: Int) async throws {
        let pixels = try await result(query)
        #expect(pixels.width == width && pixels.height == height)
    }

    @Test(
        "the upper left corner has the colour that the steps bring there",
        arguments: [
            ("c=20:20:soea", ReferenceImage.white), ("rot=90", ReferenceImage.blue),
            ("fl=1", ReferenceImage.green), ("rot=90&fl=0:1", ReferenceImage.white),
            ("c=20:20:noea&rot=180", ReferenceImage.blue),
            ("pd=3&bg=0a141e", ReferenceImage.Pixel(10, 20, 30)),
            ("s=80:48&ex=1:ea", ReferenceImage.Pixel(0, 0, 0, 0)), ("sh=1", ReferenceImage.red),
            ("co=0", ReferenceImage.Pixel(128, 128, 128)),
            ("br=31", ReferenceImage.Pixel(255, 63, 63)),
            // 0.2126 × 224 + 0.7874 × 32.
            ("sa=0", ReferenceImage.Pixel(73, 73, 73)),
            // 24 rows of the upper quarters' mean; 24 of the lower ones', and 16 mirrored below them.
            ("pix=64", ReferenceImage.Pixel(133, 127, 157)),
        ])
    func corner(_ query: String, colour: ReferenceImage.Pixel) async throws {
        let corner = try await result(query)[0, 0]
        #expect(corner.isClose(to: colour, tolerance: 4), "\(corner)")
    }

    @Test("blur mixes neighbours and leaves plains")
    func blur() async throws {
        let pixels = try await result("bl=2")
        #expect(pixels[4, 4].isClose(to: ReferenceImage.red, tolerance: 2))
        // Half a pixel beyond the edge a Gaussian of 2 gives 60 % of its own side.
        #expect(pixels[32, 10].isClose(to: ReferenceImage.Pixel(109, 128, 32), tolerance: 8))
    }

    @Test("a border is trimmed, and the most interesting part stays", arguments: ["sm", "ent"])
    func looking(_ gravity: String) async throws {
        let framed = ReferenceImage(width: 120, height: 60) { x, y in
            guard (10..<110).contains(x), (10..<50).contains(y) else { return ReferenceImage.white }
            guard x >= 70 else { return ReferenceImage.Pixel(90, 90, 90) }
            return (x + y) % 5 < 2 ? ReferenceImage.red : ReferenceImage.blue
        }.encoded(".png")
        let trimmed = try await result("t=10", of: framed)
        #expect(trimmed.width == 100 && trimmed.height == 40)
        for query in ["t=10&rs=fill:40:40&g=\(gravity)", "c=40:40:\(gravity)"] {
            let part = try await result(query, of: framed)
            #expect(part.width == 40 && part.height == 40)
            let colourful = part.pixels.filter { abs(Int($0.red) - Int($0.blue)) > 90 }
            #expect(colourful.count > 800)
        }
    }
}
