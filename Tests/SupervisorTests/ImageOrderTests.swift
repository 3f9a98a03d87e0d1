import Foundation
import HTTPTypes
import ImageVocabulary
import NIOCore
import RequestSyntax
import Testing

@testable import Supervisor

/// What is decided of a request by the configuration and its header fields.
@Suite("What a request asks for")
struct ImageOrderTests {
    private var configuration = ServiceConfiguration()

    private mutating func set(_ key: String, _ text: String) throws {
        let setting = try #require(SettingTable.setting(key))
        try setting.set(text, from: Origin(.option, "--x"), in: &configuration)
    }

    private func order(
        _ query: String, _ fields: [(HTTPField.Name, String)] = [], now: Int64 = 0
    ) throws(Problem) -> ImageOrder {
        var values = LiveSettings.Values(
            limits: JobLimits(), jobTime: .seconds(1), http: HTTPLimits())
        do {
            values.requests = try RequestSettings(
                configuration, formats: ImageFormat.allCases, largest: 1 << 20)
        } catch {
            Issue.record(error)
        }
        var headers = HTTPFields()
        for (name, value) in fields { headers.append(HTTPField(name: name, value: value)) }
        return try ImageOrder(query: query, headers, values, now: now)
    }

    private func problem(_ query: String, now: Int64 = 0) -> Problem? {
        do throws(Problem) {
            _ = try order(query, now: now)
            return nil
        } catch {
            return error
        }
    }

    private static let facts = ImageFacts(
        format: .png, width: 64, height: 64, frames: 1, bands: 3, bitsPerChannel: 8,
        hasAlpha: false, orientation: 1, hasProfile: false)

    @Test("without settings and options it is the default plan")
    func defaults() throws {
        let order = try order("", [(.accept, "image/avif,image/webp")])
        #expect(order.plan == Plan() && order.delivery == Delivery() && order.varying == [])
        #expect(order.limits == JobLimits())
    }

    @Test("settings are what options change, and the preset default comes between them")
    mutating func precedence() throws {
        try set("result.quality", "60")
        try set("result.format_quality", "avif=40")
        try set("result.progressive", "true")
        try set("result.palette", "16")
        try set("result.strip_metadata", "false")
        try set("result.skip", "gif")
        try set("max_frames", "7")
        try set("max_result_side", "900")
        var plan = try order("").plan
        #expect(plan.formatQualities[.jpeg] == 60 && plan.formatQualities[.webp] == 60)
        #expect(plan.formatQualities[.avif] == 40 && plan.quality == 0)
        #expect(plan.encoding.progressive && plan.encoding.paletteColors == 16)
        #expect(!plan.metadata.strip && plan.frames == 7 && plan.largestSide == 900)
        try set("options.presets", "default=sm:1/w:5,small=w:3")
        plan = try order("prog=0").plan
        #expect(plan.metadata.strip && plan.width == 5 && !plan.encoding.progressive)
        #expect(try order("pr=small").plan.width == 3)
        #expect(try order("w=9&pr=small&w=4").plan.width == 4)
    }

    @Test("only presets, only some options, and limits only where they are permitted")
    mutating func rules() throws {
        #expect(problem("mrd=8")?.status == .forbidden)
        try set("options.limits", "true")
        let limited = try order("mrd=8&maf=3&msr=0.5&msfs=77&mafr=1")
        #expect(limited.plan.largestSide == 8 && limited.plan.frames == 3)
        #expect(limited.limits.pixels == 500_000 && limited.limits.inputBytes == 77)
        #expect(limited.limits.framePixels == 1_000_000)
        try set("options.allowed", "width,h")
        #expect(problem("width=3&h=4") == nil)
        for query in ["w=3", "height=4", "q=5"] {
            #expect(problem(query)?.status == .badRequest, "\(query)")
        }
        try set("options.allowed", "all")
        try set("options.presets", "thumb=w:5")
        try set("options.only_presets", "true")
        #expect(try order("pr=thumb").plan.width == 5)
        guard case .invalidOption(let error) = problem("w=5") else {
            Issue.record("an option passes beside presets")
            return
        }
        #expect(error.option == "w" && error.reason.contains("presets"))
    }

    @Test(
        "the client's formats are chosen where they are switched on, JPEG XL before AVIF before WebP"
    )
    mutating func accepted() throws {
        let modern = [(HTTPField.Name.accept, "image/webp,image/avif,image/jxl,*/*")]
        try set("result.auto", "webp,avif")
        var asked = try order("", modern)
        #expect(asked.varying == ["Accept"] && asked.plan.resultFormat(of: Self.facts) == .avif)
        #expect(try order("", [(.accept, "image/webp")]).plan.resultFormat(of: Self.facts) == .webp)
        #expect(try order("", [(.accept, "*/*")]).plan.resultFormat(of: Self.facts) == .png)
        #expect(try order("f=gif", modern).plan.format == .gif)
        try set("result.enforce", "webp,jxl")
        asked = try order("f=gif", modern)
        #expect(asked.plan.format == nil && asked.plan.resultFormat(of: Self.facts) == .jxl)
        // What cannot move is not put in the place of what can.
        var moving = Self.facts
        moving.format = .gif
        moving.frames = 2
        try set("max_frames", "9")
        #expect(try order("f=gif", modern).plan.resultFormat(of: moving) == .webp)
        let old = [(HTTPField.Name.accept, "image/jxl")]
        #expect(try order("f=gif", old).plan.resultFormat(of: moving) == .gif)
        #expect(try order("f=svg", modern).plan.keepsDrawing)
    }

    @Test("four colours are only for formats that hold them")
    func fourColours() throws {
        for query in ["cp=cmyk&f=png", "f=webp&icc=cmyk"] {
            #expect(problem(query)?.status == .badRequest, "\(query)")
            #expect(problem(query)?.detail.contains("\"color_profile\"") == true, "\(query)")
        }
        #expect(try order("cp=cmyk&f=tiff").plan.metadata.profile == .cmyk)
    }

    @Test("formats that results may not have are refused by name, and not chosen")
    mutating func switchedOff() throws {
        try set("result.formats", "webp,jpeg")
        guard case .unsupportedResult(let says) = problem("f=png") else {
            Issue.record("a format that is off is made")
            return
        }
        #expect(says.contains("png") && says.contains("webp, jpeg"))
        #expect(try order("").plan.resultFormat(of: Self.facts) == .webp)
        try set("result.preferred", "jpeg")
        #expect(try order("").plan.resultFormat(of: Self.facts) == .jpeg)
    }

    @Test("hints of the browser count where they are switched on, and options before them")
    mutating func hints() throws {
        let name = try #require(HTTPField.Name("Sec-CH-DPR"))
        #expect(try order("", [(name, "2")]).plan.dpr == 1)
        try set("result.client_hints", "true")
        let hinted = try order("", [(name, "2")])
        #expect(hinted.plan.dpr == 2)
        #expect(hinted.varying == ["Sec-CH-DPR", "DPR", "Sec-CH-Width", "Width"])
        #expect(try order("dpr=3", [(name, "2")]).plan.dpr == 3)
    }

    @Test("formats that results may not have do not pass as they are either, and svg is one")
    mutating func passingFormats() throws {
        #expect(try order("f=svg").plan.keepsDrawing)
        #expect(try order("skp=jpeg").passes(.jpeg))
        try set("result.formats", "webp")
        #expect(problem("f=svg")?.status == .unsupportedMediaType)
        #expect(try !order("skp=jpeg").passes(.jpeg))
    }

    @Test("what has expired is gone, in the second after the one that is named")
    func expired() {
        #expect(problem("exp=100", now: 100) == nil)
        #expect(problem("exp=100", now: 101) == .expired)
        #expect(problem("exp=0", now: 101) == nil)
    }

    @Test("a source passes as it is when raw or its format says so, unless another is asked for")
    mutating func passing() throws {
        #expect(try order("raw=1&f=png").passes(.svg))
        #expect(try !order("").passes(.gif))
        let skipping = "skp=gif:svg"
        #expect(try order(skipping).passes(.gif))
        #expect(try !order(skipping).passes(.png))
        #expect(try order("\(skipping)&f=gif").passes(.gif))
        #expect(try !order("\(skipping)&f=png").passes(.gif))
        #expect(try !order("\(skipping)&f=svg").passes(.svg))
        try set("result.enforce", "webp")
        let webp = [(HTTPField.Name.accept, "image/webp")]
        #expect(try !order("\(skipping)&f=png", webp).passes(.gif))
        #expect(try order("\(skipping)", webp).passes(.gif))
    }

    @Test("a watermark has to be there, and shows as much as both opacities together")
    mutating func watermark() throws {
        guard case .invalidOption(let error) = problem("wm=0.5") else {
            Issue.record("there is no watermark")
            return
        }
        #expect(error.option == "watermark")
        #expect(problem("wm=0") == nil)
        let address = Base64URL.text(of: "local:///marks/a%20b.png")
        try set("watermark.opacity", "0.5")
        let named = try order("wm=0.5&wmu=\(address)")
        #expect(named.watermark == .local(try ImagePath(percentEncoded: "marks/a%20b.png")))
        #expect(named.plan.watermark?.opacity == 0.25)
        #expect(try order("wmu=\(address)").watermark == nil)
        let canary = try #require(Canary.of(.png))
        try set("watermark.data", Data(canary.bytes).base64EncodedString())
        #expect(try order("wm=1").plan.watermark?.opacity == 0.5)
        try set("watermark.opacity", "0")
        #expect(try order("wm=1").plan.watermark == nil)
    }

    @Test(
        "an address of an image is one of a source, or an error that names the option",
        arguments: [
            "http://example.com\\a.png", "http://a@b/c", "local://a.png", "local:/a.png",
            "local:////a.png", "local:///../a.png", "local:///%2e%2e/a", "local:///", "a.png",
            "file:///etc/passwd", "s3://b/k", "local:///a%00",
        ])
    func addresses(_ address: String) throws {
        let text = Base64URL.text(of: address)
        for (query, option) in [
            ("fiu=\(text)", "fallback_image_url"), ("wm=1&wmu=\(text)", "watermark_url"),
        ] {
            guard case .invalidOption(let error) = problem(query) else {
                Issue.record("\(address) is taken")
                return
            }
            #expect(error.option == option)
        }
    }

    @Test("all inputs together are within the policy's limit, each image within the configured one")
    func sizes() throws {
        func source(_ count: Int) -> SourceBytes {
            SourceBytes(
                bytes: ByteBuffer(repeating: 0, count: count), sha256: "", format: .png)
        }
        let (configured, policy) = (JobLimits(inputBytes: 100), JobLimits(inputBytes: 150))
        let alone = try configured.narrowed(to: policy, for: source(100))
        #expect(alone.inputBytes == 100)
        let both = try configured.narrowed(to: policy, for: source(100), beside: [source(50)])
        #expect(both.inputBytes == 150)
        #expect(throws: Problem.overLimit(.inputBytes, 150)) {
            try configured.narrowed(to: policy, for: source(100), beside: [source(51)])
        }
        #expect(throws: Problem.overLimit(.inputBytes, 100)) {
            try configured.narrowed(to: policy, for: source(101))
        }
    }
}
