/// A colour profile like sRGB's, except that its first channel is blue and its last one red: who
/// applies it sees the colours change places. Laid out by hand after ICC.1:2010, 7.2 and 9.
enum SwappedProfile {
    static let pngChunk = chunk(of: profile)

    /// The body of an iCCP chunk: a name, the method 0, and the profile as zlib (PNG 11.3.3.3).
    static func chunk(of profile: [UInt8]) -> [UInt8] {
        Array("profile\0".utf8) + [0] + SyntheticImages.zlib(profile)
    }

    private static let profile: [UInt8] = {
        // sRGB's primaries adapted to D50, and its curve as parametric function 3.
        let red = xyz(0.4360, 0.2225, 0.0139)
        let green = xyz(0.3851, 0.7169, 0.0971)
        let blue = xyz(0.1431, 0.0606, 0.7141)
        let curve =
            Array("para\0\0\0\0".utf8) + [0, 3, 0, 0]
            + [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].flatMap { fixed($0) }
        let tags: [(String, [UInt8])] = [
            ("rXYZ", blue), ("gXYZ", green), ("bXYZ", red), ("rTRC", curve), ("gTRC", curve),
            ("bTRC", curve), ("wtpt", xyz(0.9642, 1, 0.8249)),
        ]
        var table = SyntheticImages.big(tags.count)
        var data: [UInt8] = []
        let start = 128 + 4 + 12 * tags.count
        for (name, body) in tags {
            table += Array(name.utf8) + SyntheticImages.big(start + data.count)
            table += SyntheticImages.big(body.count)
            data += body
        }
        var header = SyntheticImages.big(start + data.count) + [0, 0, 0, 0, 4, 0x20, 0, 0]
        header += Array("mntrRGB XYZ ".utf8) + [UInt8](repeating: 0, count: 12)
        header += Array("acsp".utf8) + [UInt8](repeating: 0, count: 28)
        header += [0.9642, 1, 0.8249].flatMap { fixed($0) }
        header += [UInt8](repeating: 0, count: 128 - header.count)
        return header + table + data
    }()

    private static func xyz(_ x: Double, _ y: Double, _ z: Double) -> [UInt8] {
        Array("XYZ \0\0\0\0".utf8) + [x, y, z].flatMap { fixed($0) }
    }

    /// s15Fixed16Number.
    private static func fixed(_ value: Double) -> [UInt8] {
        SyntheticImages.big(Int((value * 65_536).rounded()))
    }
}
