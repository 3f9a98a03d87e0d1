import ImageVocabulary
import RequestSyntax

/// Effects, result, delivery and limits.
extension OptionSample {
    /// `local:///logo.png` in Base64 by coreutils' basenc.
    private static let logo = "bG9jYWw6Ly8vbG9nby5wbmc"

    static let effects: [OptionSample] = [
        Self("a:20:1.2:0.5") {
            $0.plan.effects.adjustment = Adjustment(
                brightness: 20, contrast: 1.2, saturation: 0.5)
        },
        Self("adjust:::0") { $0.plan.effects.adjustment.saturation = 0 },
        Self("br:-255") { $0.plan.effects.adjustment.brightness = -255 },
        Self("brightness:255") { $0.plan.effects.adjustment.brightness = 255 },
        Self("co:0") { $0.plan.effects.adjustment.contrast = 0 },
        Self("contrast:100") { $0.plan.effects.adjustment.contrast = 100 },
        Self("sa:1"),
        Self("saturation:.5") { $0.plan.effects.adjustment.saturation = 0.5 },
        Self("bl:1.5") { $0.plan.effects.blur = 1.5 },
        Self("blur:200") { $0.plan.effects.blur = 200 },
        Self("sh:0.5") { $0.plan.effects.sharpen = 0.5 },
        Self("sharpen:0"),
        Self("pix:8") { $0.plan.effects.pixelate = 8 },
        Self("pixelate:0"),
        Self("wm:0.5") { $0.plan.watermark = Watermark(opacity: 0.5) },
        Self("wm:1:soea:10:-0.25:0.2") {
            $0.plan.watermark = Watermark(
                opacity: 1, position: .southEast, x: 10, y: -0.25, scale: 0.2)
        },
        Self("watermark:0.5:re:10:20") {
            $0.plan.watermark = Watermark(opacity: 0.5, position: nil, x: 10, y: 20)
        },
        Self("wm:0.5::::0.2::") { $0.plan.watermark = Watermark(opacity: 0.5, scale: 0.2) },
        Self("wm:0:no"),
        Self("wmu:\(logo)") { $0.watermarkSource = "local:///logo.png" },
        Self("watermark_url:"),
    ]

    static let badEffects: [String] = [
        "a:256", "a:0:101", "a:0:1:-1", "a:x", "a:1:1:1:1", "br:", "br:256", "br:-256", "br:1.5",
        "br:-", "br:+1", "br:--1", "co:", "co:-1", "co:101", "co:NaN", "sa:", "sa:-0.5", "sa:1e1",
        "bl:", "bl:-1", "bl:201", "bl:Inf", "sh:", "sh:200.5", "sh:x", "pix:", "pix:-1", "pix:1.5",
        "wm:", "wm:1.1", "wm:-0.5", "wm:NaN", "wm:0.5:sm", "wm:0.5:fp", "wm:0.5:ent", "wm:0.5:RE",
        "wm:0.5:ce:x", "wm:0.5:ce:0:65536", "wm:0.5:ce:0:0:101", "wm:0.5:ce:0:0:-1",
        "wm:0.5:ce:0:0:0:x", "wm:0.5:ce:0:0:0:0:0:0", "wmu:***", "wmu:IA", "wmu:\(logo):1",
    ]

    static let results: [OptionSample] = [
        Self("f:webp") { $0.plan.format = .webp },
        Self("ext:jpg") { $0.plan.format = .jpeg },
        Self("format:tiff") { $0.plan.format = .tiff },
        Self("f:jxl") { $0.plan.format = .jxl },
        Self("f:bmp") { $0.plan.format = .bmp },
        Self("f:svg") { $0.plan.keepsDrawing = true },
        Self("q:0"),
        Self("quality:100") { $0.plan.quality = 100 },
        Self("fq:webp:70:avif:50") {
            $0.plan.formatQualities[.webp] = 70
            $0.plan.formatQualities[.avif] = 50
        },
        Self("format_quality:jpg:1") { $0.plan.formatQualities[.jpeg] = 1 },
        Self("fq:webp:0"),
        Self("mb:20000") { $0.plan.mostBytes = 20_000 },
        Self("max_bytes:4294967295") { $0.plan.mostBytes = .max },
        Self("sm:f") { $0.plan.metadata.strip = false },
        Self("strip_metadata:1"),
        Self("kcr:0") { $0.plan.metadata.keepCopyright = false },
        Self("keep_copyright:1"),
        Self("scp:0") { $0.plan.metadata.stripProfile = false },
        Self("strip_color_profile:1"),
        Self("cp:p3") { $0.plan.metadata.profile = .displayP3 },
        Self("icc:cmyk") { $0.plan.metadata.profile = .cmyk },
        Self("color_profile:srgb") { $0.plan.metadata.profile = .srgb },
        Self("cp:"),
        Self("ph:1") { $0.plan.encoding.preserveHDR = true },
        Self("preserve_hdr:0"),
        Self("dpi:300") { $0.plan.dpi = 300 },
        Self("dpi:0"),
        Self("prog:1") { $0.plan.encoding.progressive = true },
        Self("progressive:0"),
        Self("pal:256") { $0.plan.encoding.paletteColors = 256 },
        Self("palette:2") { $0.plan.encoding.paletteColors = 2 },
    ]

    static let badResults: [String] = [
        "f:", "f:JPEG", "f:png:1", "f:heic", "f:jp2", "f:ico", "f:pdf", "f:psd", "q:", "q:101",
        "q:-0", "q:80:1", "q:80.5", "fq:", "fq:webp", "fq:webp:101", "fq:webp:-1", "fq:heic:50",
        "fq:webp:70:avif", "fq:70:webp", "mb:", "mb:-1", "mb:4294967296", "mb:20k", "sm:",
        "sm:maybe", "kcr:", "kcr:-1", "scp:", "scp:no", "cp:adobe", "cp:SRGB", "cp:srgb:1", "ph:",
        "ph:16", "dpi:", "dpi:-1", "dpi:2401", "dpi:NaN", "dpi:1e2", "dpi:300:300", "prog:",
        "prog:x", "pal:", "pal:1", "pal:257", "pal:t", "pal:16:16",
    ]

    static let deliveries: [OptionSample] = [
        Self("skp:gif") { $0.delivery.skipped = [.gif] },
        Self("skip_processing:gif:jpg:pdf") { $0.delivery.skipped = [.gif, .jpeg, .pdf] },
        Self("raw:1") { $0.delivery.raw = true },
        Self("raw:0"),
        Self("cb:anything"),
        Self("cachebuster:"),
        Self("exp:1893456000") { $0.delivery.expires = 1_893_456_000 },
        Self("expires:0"),
        Self("fn:cat") { $0.delivery.fileName = "cat" },
        Self("fn:cat:0") { $0.delivery.fileName = "cat" },
        Self("filename:Y2F0:1") { $0.delivery.fileName = "cat" },
        Self("fn:"),
        Self("att:1") { $0.delivery.isAttachment = true },
        Self("return_attachment:0"),
        Self("fiu:\(logo)") { $0.fallbackSource = "local:///logo.png" },
        Self("fallback_image_url:"),
        Self("pr:thumb") { $0.plan.width = 5 },
        Self("preset:thumb:thumb") { $0.plan.width = 5 },
        Self("msr:0.5") { $0.limits.sourcePixels = 500_000 },
        Self("max_src_resolution:25") { $0.limits.sourcePixels = 25_000_000 },
        Self("msfs:1000") { $0.limits.sourceBytes = 1_000 },
        Self("max_src_file_size:9223372036854775807") {
            $0.limits.sourceBytes = 9_223_372_036_854_775_807
        },
        Self("maf:3") { $0.limits.animationFrames = 3 },
        Self("max_animation_frames:4294967295") { $0.limits.animationFrames = .max },
        Self("mafr:1.5") { $0.limits.framePixels = 1_500_000 },
        Self("max_animation_frame_resolution:65535") {
            $0.limits.framePixels = 65_535_000_000
        },
        Self("mrd:2000") { $0.limits.resultSide = 2_000 },
        Self("max_result_dimension:65535") { $0.limits.resultSide = 65_535 },
    ]

    static let badDeliveries: [String] = [
        "skp:", "skp:psd", "skp:gif:", "skp:GIF", "raw:", "raw:yes", "cb:a:b", "exp:", "exp:-1",
        "exp:1.5", "exp:tomorrow", "exp:9223372036854775808", "fn:***:1", "fn:cat:x",
        "fn:Y2EAdA:1", "fn:a:0:b", "fn:" + String(repeating: "n", count: 256), "att:", "att:inline",
        "fiu:***", "fiu:IA", "pr:", "pr:thumb:", "msr:", "msr:0", "msr:0.0000001", "msr:-1",
        "msr:NaN", "msr:65536", "msfs:", "msfs:0", "msfs:9223372036854775808", "maf:", "maf:0",
        "maf:4294967296", "mafr:0", "mafr:x", "mrd:0", "mrd:65536", "mrd:1.5",
    ]
}
