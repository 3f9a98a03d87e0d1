/// One file of code that a zygote and its children run: which build of it.
public struct LibraryBuild: Equatable, Hashable, Sendable {
    /// The file's name without its folder, at most ``longestName`` bytes.
    public var name: String
    /// The GNU build id in lower-case hex; empty where the file has none.
    public var build: String
    /// What the addresses in the file were moved by when it was loaded.
    public var bias: UInt64
    /// From its first executable byte to its last, in the file's own addresses.
    public var code: Range<UInt64>

    public static let longestName = 63
    /// A SHA-1, which linkers write unless told otherwise, has 20 bytes.
    public static let longestBuild = 20

    public init(
        name: String, build: String, bias: UInt64 = 0, code: Range<UInt64> = 0..<0
    ) {
        self.name = name
        self.build = build
        self.bias = bias
        self.code = code
    }

    /// - Parameters:
    ///   - name: cut to what may be sent.
    ///   - build: the id's bytes, cut as well.
    public init(
        name: some Collection<UInt8>, build: some Collection<UInt8>, bias: UInt64 = 0,
        code: Range<UInt64> = 0..<0
    ) {
        self.bias = bias
        self.code = code
        self.name = String(decoding: name.prefix(Self.longestName), as: UTF8.self)
        self.build = build.prefix(Self.longestBuild).map { byte in
            (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Files in one greeting. Debian's libvips loads about a hundred.
    static let largestCount = 180

    func write(to frame: inout FrameWriter) {
        let name = Array(name.utf8.prefix(Self.longestName))
        frame.u8(UInt8(name.count))
        frame.raw(name)
        var bytes: [UInt8] = []
        var digits = build.utf8.makeIterator()
        while let high = digits.next(), let low = digits.next(),
            let byte = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
        {
            bytes.append(byte)
        }
        bytes = Array(bytes.prefix(Self.longestBuild))
        frame.u8(UInt8(bytes.count))
        frame.raw(bytes)
        frame.u64(bias)
        frame.u64(code.lowerBound)
        frame.u64(code.upperBound)
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        let length = Int(try cursor.u8(in: payload))
        guard length <= Self.longestName else { throw .badValue("library name") }
        let name = try cursor.bytes(length, in: payload)
        let size = Int(try cursor.u8(in: payload))
        guard size <= Self.longestBuild else { throw .badValue("build id") }
        let build = try cursor.bytes(size, in: payload)
        let bias = try cursor.u64(in: payload)
        let start = try cursor.u64(in: payload)
        let end = try cursor.u64(in: payload)
        guard start <= end else { throw .badValue("code") }
        self.init(name: name, build: build, bias: bias, code: start..<end)
    }
}
