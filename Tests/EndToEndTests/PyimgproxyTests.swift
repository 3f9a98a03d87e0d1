import Foundation
import TestSupport
import Testing

/// An image for pyimgproxy to name, as Tests/Python/pyimgproxy_matrix.py reads it.
private struct MatrixSource: Encodable {
    /// As its user writes it: pyimgproxy puts what it would have to escape into Base64.
    let address: String
    let width: Int
    let height: Int
    /// Whether EXIF asks for a quarter turn.
    var turned = false
    /// White pixels at its left, top, right and bottom.
    var border = [0, 0, 0, 0]
    let type: String
    /// Below the image root.
    let file: String

    enum CodingKeys: CodingKey { case address, width, height, turned, border, type }

    static let all = [
        MatrixSource(
            address: "local:///photo.jpg", width: 600, height: 400, type: "jpeg",
            file: "photo.jpg"),
        MatrixSource(
            address: "local:///tall one.png", width: 301, height: 503, type: "png",
            file: "tall one.png"),
        MatrixSource(
            address: "local:///a/turned.jpg", width: 640, height: 360, turned: true, type: "jpeg",
            file: "a/turned.jpg"),
        MatrixSource(
            address: "local:///größe.webp", width: 97, height: 211, type: "webp",
            file: "größe.webp"),
        MatrixSource(
            address: "local:///a/b/small%40.gif", width: 64, height: 48, type: "gif",
            file: "a/b/small@.gif"),
        MatrixSource(
            address: "local:///border.png", width: 200, height: 150, border: [30, 20, 10, 15],
            type: "png", file: "border.png"),
    ]

    var bytes: [UInt8] {
        let quarters = ReferenceImage.quarters(width: width, height: height)
        let image = ReferenceImage(width: width, height: height) { x, y in
            let isInside =
                x >= border[0] && y >= border[1] && x < width - border[2] && y < height - border[3]
            return isInside ? quarters[x, y] : ReferenceImage.Pixel(255, 255, 255)
        }
        return image.encoded(".\(type == "jpeg" ? "jpg" : type)", orientation: turned ? 6 : 0)
    }
}

private enum MatrixPair {
    static let key = "b7d04e19c25f8a63e1904c7db86f2a35d2c90f7be6148a53f07b1c9e4d5a8236"
    static let salt = "4ce8017bd935af62f8b2e60d19c7453a8e1f0b6cd2947a53b6c0e9f1278d5a34"
}

/// The sizes are worked out by the script, a second implementation of imgproxy's rules.
@Suite(
    "URLs that pyimgproxy makes are answered unchanged, with the right images", .ownProcess,
    Served(
        configuration: """
            key: \(MatrixPair.key)
            salt: \(MatrixPair.salt)
            options: {presets: 'thumb=rs:fill:90:70/f:webp'}
            penalty: {errors: 0}
            """, dev: false
    ) { workspace in
        for source in MatrixSource.all {
            try workspace.write(source.bytes, to: "images/\(source.file)")
        }
    })
struct PyimgproxyTests {
    private struct Row: Decodable {
        let url: String
        let options: String
        let width: Int
        let height: Int
        let type: String
    }

    /// What the script prints, with paths in the place of URLs.
    private func rows() async throws -> [(path: String, row: Row)] {
        let base = "http://127.0.0.1:\(try Served.service.port)"
        let script = TestTools.program("pyimgproxy_matrix.py")
        let program = try RunningProgram(
            try TestTools.python(), ["-B", script, base, MatrixPair.key, MatrixPair.salt],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            input: Array(try JSONEncoder().encode(MatrixSource.all)))
        let output = await program.allOutput
        let status = await program.end
        await program.errors.finished()
        try #require(status == .status(0), "\(program.errors.lines.joined(separator: "\n"))")
        return try output.split(separator: UInt8(ascii: "\n")).map { line in
            let row = try JSONDecoder().decode(Row.self, from: Data(line))
            try #require(row.url.hasPrefix("\(base)/"))
            return (String(row.url.dropFirst(base.count)), row)
        }
    }

    @Test("each has the status, the type and the width and height of imgproxy's rules")
    func matrix() async throws {
        let http = try Served.http
        let rows = try await rows()
        #expect(Set(rows.map(\.row.options)).count >= 200)
        #expect(rows.count { $0.path.contains("/plain/") } >= 100)
        #expect(rows.count { !$0.path.contains("/plain/") } >= 100)
        for (path, row) in rows {
            let answer = try await http.get(path)
            guard answer.status == 200 else {
                Issue.record("\(row.options): \(answer.status) \(answer.text) \(path)")
                continue
            }
            #expect(answer.header("Content-Type") == row.type, "\(path)")
            let image = ReferenceImage(decoding: answer.body)
            let size = "\(image?.width ?? 0) × \(image?.height ?? 0)"
            #expect(size == "\(row.width) × \(row.height)", "\(row.options) \(path)")
        }
    }

    @Test("none is answered with another signature or another path")
    func forged() async throws {
        let http = try Served.http
        for (index, (path, row)) in try await rows().enumerated() {
            var letters = Array(path)
            // The slash is the first, 43 letters of a signature follow.
            let place = index % 43 + 1
            letters[place] = letters[place] == "A" ? "B" : "A"
            let forged = try await http.get(String(letters))
            #expect(forged.status == 403 && forged.text.hasPrefix("Forbidden"), "\(row.options)")
            guard index.isMultiple(of: 10) else { continue }
            let signature = path.dropFirst().prefix { $0 != "/" }
            let other = path.dropFirst(1 + signature.count)
            let moved = try await http.get("/\(signature)/width:9\(other)")
            #expect(moved.status == 403 && moved.text.hasPrefix("Forbidden"), "\(row.options)")
        }
    }
}
