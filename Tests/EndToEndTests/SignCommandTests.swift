import Foundation
import TestSupport
import Testing

private enum Signing {
    static let key = "5f1c8e0b9d27a463e8b1f04c7a92d635c40e7b19f2a85d36918c0be47d5fa263"
    static let salt = "a61f0c93d8e2574bb03d9f6e1c7a8254e7c5901bfa48d2366d0e9bf12c8357a4"
    static let pair = ["GLOVEBOX_KEY": key, "GLOVEBOX_SALT": salt]
}

@Suite(
    "What sign and url print is answered by serve", .ownProcess,
    Served(
        configuration: """
            key: 7be02f4c91d85a3660c4e9f1b7a8d253,\(Signing.key)
            salt: 91c7e05bd34fa82678b0d1ec5f9a6342,\(Signing.salt)
            signed: {signature_size: 12, prefix: /img}
            """, dev: false
    ) { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/größe 1@2x.png")
    })
struct SignCommandTests {
    private func run(
        _ arguments: [String], _ variables: [String: String] = [:], input: String = ""
    ) async throws -> CommandLine {
        let service = try Served.service
        let file = service.workspace.folder.appending(path: "glovebox.yaml").path
        return try await CommandLine.run(
            arguments + ["--config", file], in: service.workspace, variables: variables,
            input: Array(input.utf8))
    }

    private var base: String {
        get throws { "http://127.0.0.1:\(try Served.service.port)" }
    }

    @Test(
        "a URL is answered with the image, plain and in Base64", arguments: ["--plain", "--base64"])
    func url(form: String) async throws {
        let source = "local:///größe 1@2x.png"
        let done = try await run([
            "url", source, "-O", "rs:fill:20:30", "--format", "webp", "--expires", "1h", "--base",
            try base, form,
        ])
        try #require(done.status == .status(0), "\(done.errors)")
        let url = done.text.split(whereSeparator: \.isNewline)
        try #require(url.count == 1 && url[0].hasPrefix("\(try base)/img/"))
        let path = String(url[0].dropFirst(try base.count))
        let answer = try await Served.http.get(path)
        try #require(answer.status == 200, "\(answer.text)")
        let image = ReferenceImage(decoding: answer.body)
        #expect(SampleFormat.webp.begins(answer.body))
        #expect(image?.width == 20 && image?.height == 30)
    }

    @Test("paths of standard input are signed, by the older pair too, and found right and wrong")
    func lines() async throws {
        let paths = ["/w:5/plain/local:///gr%C3%B6%C3%9Fe%201%402x.png", "/w:6/plain/local:///b"]
        for variables in [[:], Signing.pair] {
            let done = try await run(
                ["sign", "-"], variables, input: paths.joined(separator: "\n"))
            try #require(done.status == .status(0), "\(done.errors)")
            let signed = done.text.split(whereSeparator: \.isNewline).map { String($0) }
            try #require(signed.count == 2)
            #expect(try await Served.http.get(signed[0]).status == 200)
            #expect(try await Served.http.get(signed[1]).status == 404)
            let right = try await run(["sign", "--verify", "--json"] + signed)
            #expect(right.status == .status(0) && right.text.contains("\"valid\":true"))
            let wrong = try await run(["sign", "--verify", signed[0], "\(signed[1])c"])
            #expect(wrong.status == .status(1) && wrong.text.contains("wrong /img/"))
        }
    }

    @Test("one path that is refused leaves the output empty")
    func refused() async throws {
        let done = try await run(["sign", "/w:5/plain/local:///a", "/blurr:5/plain/local:///a"])
        #expect(done.status == .status(1) && done.output.isEmpty)
        #expect(done.errors.contains("Did you mean blur?"))
        let option = try await run(["url", "local:///a", "-O", "w:x"])
        #expect(option.status == .status(2) && option.output.isEmpty)
        #expect(option.errors.contains("whole number"))
    }
}

@Suite("Keys that sign makes", .ownProcess, InWorkspace())
struct NewPairTests {
    @Test("a service with a new pair answers what is signed with it, and nothing else")
    func newPair() async throws {
        let workspace = try InWorkspace.workspace
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
        let images = workspace.folder.appending(path: "images").path
        let made = try await CommandLine.run(["sign", "--new-pair"], in: workspace)
        let lines = made.text.split(whereSeparator: \.isNewline)
        let pair = lines.map { $0.split(separator: "=").map { String($0) } }
        try #require(pair.map(\.count) == [2, 2], "\(made.text)")
        let variables = [pair[0][0]: pair[0][1], pair[1][0]: pair[1][1]]
        #expect(variables.keys.sorted() == ["GLOVEBOX_KEY", "GLOVEBOX_SALT"])
        try await Service.during(
            as: .ordinaryUser, in: workspace, dev: false, options: ["--images", images],
            variables: variables
        ) { service in
            let signed = try await CommandLine.run(
                ["sign", "/w:9/plain/local:///a.png"], in: workspace, variables: variables)
            let path = String(signed.text.dropLast())
            #expect(try await service.http.get(path).status == 200, "\(signed.errors)")
            #expect(try await service.http.get("\(path)@png").status == 403)
        }
    }
}
