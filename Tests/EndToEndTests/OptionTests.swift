import TestSupport
import Testing

@Suite("Options do to pixels what they say", .ownProcess, Served())
struct OptionTests {
    /// The result of a query on four quarters of 64 by 48 pixels, as lossless pixels.
    private func result(_ query: String, of file: [UInt8]? = nil) async throws -> ReferenceImage {
        let answer = try await Served.http.post(
            "/v1/process?f=png&\(query)", body: file ?? SampleFormat.png.file)
        try #require(answer.status == 200, "\(answer.text)")
        return try #require(ReferenceImage(decoding: answer.body))
    }

    @Test(
        "the box decides the size",
        arguments: [
            ("rs=fit:32:32", 32, 24), ("rs=fill:32:32", 32, 32), ("rs=force:32:32", 32, 32),
            ("rs=fit:128:128", 64, 48), ("rs=fit:128:128:1", 128, 96), ("w=16", 16, 12),
            ("h=12", 16, 12), ("rt=force&w=10&h=20", 10, 20), ("s=32:32", 32, 24),
        ])
    func size(_ query: String, width: Int, height: Int) async throws {
        let pixels = try await result(query)
        #expect(pixels.width == width && pixels.height == height)
    }

    @Test(
        "gravity decides what stays",
        arguments: [
            ("noea", ReferenceImage.green), ("nowe", ReferenceImage.red),
            ("soea", ReferenceImage.white), ("sowe", ReferenceImage.blue),
        ])
    func gravity(_ anchor: String, colour: ReferenceImage.Pixel) async throws {
        // A narrow and a flat cut, which together leave one quarter.
        let row = try await result("rs=fill:24:48&g=\(anchor)")
        let cut = row.encoded(".png")
        let corner = try await result("rs=fill:24:16&g=\(anchor)", of: cut)
        #expect(corner.width == 24 && corner.height == 16)
        #expect(corner[12, 8].isClose(to: colour, tolerance: 8))
    }

    @Test("orientation 6 is turned clockwise, unless that is switched off")
    func orientation() async throws {
        let turned = ReferenceImage.quarters(width: 64, height: 48)
            .encoded(".jpg[Q=95]", orientation: 6)
        let upright = try await result("ar=1", of: turned)
        #expect(upright.width == 48 && upright.height == 64)
        // Row 0 is the right-hand side (EXIF 2.32, tag 0x0112): blue comes to the top left.
        #expect(upright[12, 16].isClose(to: ReferenceImage.blue, tolerance: 24))
        #expect(upright[36, 16].isClose(to: ReferenceImage.red, tolerance: 24))
        let asStored = try await result("ar=0", of: turned)
        #expect(asStored.width == 64 && asStored.height == 48)
    }

    @Test("less quality makes fewer bytes")
    func quality() async throws {
        let detailed = ReferenceImage(width: 96, height: 96) { x, y in
            let value = UInt8(truncatingIfNeeded: (x &* 31) ^ (y &* 17))
            return ReferenceImage.Pixel(value, value &* 3, value &* 7)
        }.encoded(".png")
        let http = try Served.http
        let low = try await http.post("/v1/process?f=jpeg&q=10", body: detailed)
        let high = try await http.post("/v1/process?f=jpeg&q=90", body: detailed)
        #expect(low.status == 200 && high.status == 200)
        #expect(low.body.count < high.body.count)
    }

    @Test("alpha survives where the format has it")
    func alpha() async throws {
        let clear = ReferenceImage(width: 32, height: 32) { x, _ in
            x < 16 ? ReferenceImage.Pixel(200, 0, 0, 0) : ReferenceImage.Pixel(0, 200, 0, 255)
        }.encoded(".png", alpha: true)
        let pixels = try await result("w=16", of: clear)
        #expect(pixels[3, 8].alpha < 8)
        #expect(pixels[12, 8].isClose(to: ReferenceImage.Pixel(0, 200, 0), tolerance: 8))
    }
}
