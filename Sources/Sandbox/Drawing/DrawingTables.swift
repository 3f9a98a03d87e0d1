/// What may stay in a drawing: everything else goes. Elements by SVG 2 appendix F and Filter Effects
/// Level 1; scripts, foreign content, links, sound and pictures from elsewhere are not among them.
enum DrawingTables {
    static let svg = "http://www.w3.org/2000/svg"
    static let xlink = "http://www.w3.org/1999/xlink"

    /// What becomes of an element.
    enum Treatment {
        case keep
        /// The element goes, what is in it stays.
        case unwrap
        /// The element goes with all that is in it.
        case drop
    }

    static func treatment(of name: XMLName) -> Treatment {
        // A drawing without a namespace is one that somebody forgot to declare.
        guard name.namespace == svg || name.namespace.isEmpty else { return .drop }
        if name.local == "a" { return .unwrap }
        return shapes.contains(name.local) || paints.contains(name.local)
            || filters.contains(name.local) || animations.contains(name.local)
            ? .keep : .drop
    }

    private static let shapes: Set<String> = [
        "svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "view",
        "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image",
        "text", "tspan", "textPath", "tref", "style",
    ]
    private static let paints: Set<String> = [
        "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker",
        "filter",
    ]
    private static let filters: Set<String> = [
        "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix",
        "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood",
        "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge",
        "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting",
        "feSpotLight", "feTile", "feTurbulence",
    ]
    static let animations: Set<String> = [
        "animate", "animateMotion", "animateTransform", "mpath", "set",
    ]

    /// Elements whose reference may be a picture within the drawing.
    static let pictures: Set<String> = ["image", "feImage"]

    /// Whether an attribute's name may stay where its value may. Names of events begin with `on`.
    static func allowsAttribute(_ name: XMLName) -> Bool {
        switch name.namespace {
        case "":
            let local = name.local.lowercased()
            return !local.hasPrefix("on") && !forbidden.contains(local)
        case xlink: return name.local == "href"
        case XMLName.xml: return ["lang", "space"].contains(name.local)
        default: return false
        }
    }

    /// Addresses by other names, and what changes how a reference is loaded.
    private static let forbidden: Set<String> = [
        "src", "srcset", "srcdoc", "action", "formaction", "data", "poster", "ping", "target",
        "background", "manifest", "cite", "codebase", "classid", "archive", "longdesc", "profile",
        "crossorigin", "is",
    ]

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="), 0x20:
            true
        default: false
        }
    }

    /// Whether an element may refer to that: to a part of the drawing itself, or to a picture of
    /// pixels that is written within it.
    static func allowsReference(_ value: [UInt8], of element: String) -> Bool {
        if value.first == UInt8(ascii: "#") { return true }
        guard pictures.contains(element) else { return false }
        return ["png", "jpeg", "jpg", "gif", "webp", "avif"].contains { type in
            let start = "data:image/\(type);base64,".utf8
            return value.starts(with: start) && value.dropFirst(start.count).allSatisfy(isBase64)
        }
    }
}
