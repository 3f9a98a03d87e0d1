import ImageVocabulary
import RequestSyntax

/// Size, region and canvas.
extension OptionSample {
    static let sizes: [OptionSample] = [
        Self("rs:fill:300:200") {
            $0.plan = Plan(resizing: .fill, width: 300, height: 200)
        },
        Self("resize:force:1:2:1") {
            $0.plan = Plan(resizing: .force, width: 1, height: 2, enlarge: true)
        },
        Self("rs::300") { $0.plan.width = 300 },
        Self("rs:fill::200") { $0.plan = Plan(resizing: .fill, height: 200) },
        Self("rs:::"),
        Self("rs:fit:1:1:0:1:soea:10:0.5") {
            $0.plan = Plan(width: 1, height: 1)
            $0.plan.extend = Gravity(anchor: .southEast, x: 10, y: 0.5)
        },
        Self("s:300:200:t") { $0.plan = Plan(width: 300, height: 200, enlarge: true) },
        Self("s:300:200:0:1") {
            $0.plan = Plan(width: 300, height: 200)
            $0.plan.extend = .center
        },
        Self("size::65535") { $0.plan.height = 65_535 },
        Self("rt:fit"),
        Self("rt:auto") { $0.plan.resizing = .auto },
        Self("rt:fill-down") { $0.plan.resizing = .fillDown },
        Self("resizing_type:force") { $0.plan.resizing = .force },
        Self("w:0"),
        Self("width:640") { $0.plan.width = 640 },
        Self("h:480") { $0.plan.height = 480 },
        Self("height:1") { $0.plan.height = 1 },
        Self("mw:100") { $0.plan.minWidth = 100 },
        Self("min-width:65535") { $0.plan.minWidth = 65_535 },
        Self("mh:100") { $0.plan.minHeight = 100 },
        Self("min-height:0"),
        Self("z:1.5") { $0.plan.zoom = Zoom(x: 1.5, y: 1.5) },
        Self("zoom:2:.25") { $0.plan.zoom = Zoom(x: 2, y: 0.25) },
        Self("dpr:2") { $0.plan.dpr = 2 },
        Self("dpr:100") { $0.plan.dpr = 100 },
        Self("el:True") { $0.plan.enlarge = true },
        Self("enlarge:F"),
    ]

    static let badSizes: [String] = [
        "w:", "w:-1", "w:+1", "w: 1", "w:1 ", "w:1.5", "w:1e2", "w:0x10", "w:65536",
        "w:99999999999999999999", "w:NaN", "w:Inf", "w:1:2", "w:١", "h:", "h:65536", "mw:-1",
        "mw:", "mh:65536", "mh:1.5", "rt:", "rt:FIT", "rt:fill_down", "rt:crop", "rs:crop:1:1",
        "rs:fit:1:1:maybe", "rs:fit:-1:1", "rs:300:200", "rs:fit:1:1:0:1:sm", "rs:fit:1:1:0:1:fp",
        "rs:fit:1:1:0:1:ce:0:0:0", "rs:fit:1:1:0::ce", "s:a", "s:1:1:1:2", "s:1:1:0:1:ce:0:0:0",
        "el:", "el:yes", "el:2", "el:tRUE", "el:1:1", "z:", "z:0", "z:1:", "z:1:0", "z:101",
        "z:-1", "z:1:2:3", "z:NaN", "z:Inf", "z:1e1", "dpr:0", "dpr:", "dpr:100.1", "dpr:2:2",
    ]

    static let regions: [OptionSample] = [
        Self("g:no") { $0.plan.gravity = Gravity(anchor: .north) },
        Self("g:soea:10:-0.25") {
            $0.plan.gravity = Gravity(anchor: .southEast, x: 10, y: -0.25)
        },
        Self("gravity:we:.5") { $0.plan.gravity = Gravity(anchor: .west, x: 0.5) },
        Self("g:sm") { $0.plan.gravity = Gravity(anchor: .smart) },
        Self("g:ent") { $0.plan.gravity = Gravity(anchor: .entropy) },
        Self("g:fp:0:1") { $0.plan.gravity = Gravity(anchor: .focusPoint, x: 0, y: 1) },
        Self("c:400") { $0.plan.crop.width = 400 },
        Self("c:0:0.5") { $0.plan.crop.height = 0.5 },
        Self("crop:400:0.5:no:0:10") {
            $0.plan.crop = CropArea(
                width: 400, height: 0.5, gravity: Gravity(anchor: .north, x: 0, y: 10))
        },
        Self("c:0:0:ent") { $0.plan.crop.gravity = Gravity(anchor: .entropy) },
        Self("c:10:10::") {
            $0.plan.crop = CropArea(width: 10, height: 10, gravity: nil)
        },
        Self("car:1.5") { $0.plan.crop.aspectRatio = 1.5 },
        Self("crop_ar:2:1") {
            $0.plan.crop.aspectRatio = 2
            $0.plan.crop.mayGrow = true
        },
        Self("crop_aspect_ratio:0:f"),
        Self("t:10") { $0.plan.trim = Trim(threshold: 10) },
        Self("trim:0:f80:1") {
            $0.plan.trim = Trim(
                threshold: 0, color: RGBColor(red: 255, green: 136, blue: 0), equalSides: true)
        },
        Self("t:255:::1") { $0.plan.trim = Trim(threshold: 255, equalEnds: true) },
        Self("t:"),
        Self("pg:0") { $0.plan.page = 0 },
        Self("page:65535") { $0.plan.page = 65_535 },
        Self("pg:"),
        Self("pgs:3") { $0.plan.pages = 3 },
        Self("pages:1"),
        Self("eth:1") { $0.plan.enforceThumbnail = true },
        Self("enforce_thumbnail:0"),
    ]

    static let badRegions: [String] = [
        "g:", "g:sm:0", "g:ent:0", "g:fp", "g:fp:0.5", "g:fp:0.5:1.1", "g:fp:-0.1:0", "g:no::5",
        "g:no:1:2:3", "g:ce:NaN:0", "g:ce:Inf", "g:ce:-inf", "g:ce:1e2", "g:ce:+1", "g:ce:0x1p3",
        "g:ce:5.", "g:ce:.", "g:ce:-", "g:ce:1.2.3", "g:ce:65536",
        "g:ce:0000000000000000000000001", "g:top", "g:re", "c:", "c::5", "c:-1", "c:65536",
        "c:1:1:top", "c:1:1:fp", "c:1:1:sm:0", "c:1:1:no:1:2:3", "c:1e1", "car:", "car:-1",
        "car:16/9", "car:1:2", "car:1:1:1", "t::ffffff", "t:-1", "t:256", "t:10:white",
        "t:10:#fff", "t:10::2", "t:10:::2", "t:10::1:1:1", "pg:-1", "pg:1.5", "pg:65536", "pg:1:2",
        "pgs:", "pgs:0", "pgs:-1", "pgs:65536", "eth:", "eth:on",
    ]

    static let canvas: [OptionSample] = [
        Self("ar:0") { $0.plan.autoRotate = false },
        Self("auto_rotate:false") { $0.plan.autoRotate = false },
        Self("ar:t"),
        Self("rot:90") { $0.plan.rotation = .quarter },
        Self("rotate:180") { $0.plan.rotation = .half },
        Self("rot:270") { $0.plan.rotation = .threeQuarters },
        Self("rot:360"),
        Self("rot:450") { $0.plan.rotation = .quarter },
        Self("fl:1") { $0.plan.flip.horizontal = true },
        Self("flip::1") { $0.plan.flip.vertical = true },
        Self("fl:0:0"),
        Self("ex:1") { $0.plan.extend = .center },
        Self("extend:true:soea:10:0.5") {
            $0.plan.extend = Gravity(anchor: .southEast, x: 10, y: 0.5)
        },
        Self("ex:1:fp:0.25:0.75") {
            $0.plan.extend = Gravity(anchor: .focusPoint, x: 0.25, y: 0.75)
        },
        Self("ex:0:no"),
        Self("exar:1:no") { $0.plan.extendAspectRatio = Gravity(anchor: .north) },
        Self("extend_ar:1") { $0.plan.extendAspectRatio = .center },
        Self("extend_aspect_ratio:0"),
        Self("pd:1") { $0.plan.padding = Padding(top: 1, right: 1, bottom: 1, left: 1) },
        Self("pd:1:2") { $0.plan.padding = Padding(top: 1, right: 2, bottom: 1, left: 2) },
        Self("pd:1:2:3") { $0.plan.padding = Padding(top: 1, right: 2, bottom: 3, left: 2) },
        Self("padding:1:2:3:4") {
            $0.plan.padding = Padding(top: 1, right: 2, bottom: 3, left: 4)
        },
        Self("pd:::3") { $0.plan.padding = Padding(bottom: 3) },
        Self("bg:ff8800") { $0.plan.background = RGBColor(red: 255, green: 136, blue: 0) },
        Self("background:0A0") { $0.plan.background = RGBColor(red: 0, green: 170, blue: 0) },
        Self("bg:0:128:255") { $0.plan.background = RGBColor(red: 0, green: 128, blue: 255) },
        Self("bg:"),
    ]

    static let badCanvas: [String] = [
        "ar:", "ar:on", "rot:", "rot:45", "rot:-90", "rot:90.0", "rot:65610", "rot:90:1", "fl:2",
        "fl:1:x", "fl:1:1:1", "ex:", "ex::no", "ex:2", "ex:1:sm", "ex:1:ent", "ex:1:fp",
        "ex:1:no:1:2:3", "ex:1:re", "exar:", "exar:1:sm", "exar:yes", "pd:-1", "pd:1.5", "pd:x",
        "pd:1:2:3:65536", "pd:1:2:3:4:5", "bg:ff", "bg:ff880", "bg:#ff8800", "bg:gg8800",
        "bg:white", "bg:1:2", "bg:256:0:0", "bg:1:2:", "bg:1:2:3:4", "bg:::",
    ]
}
