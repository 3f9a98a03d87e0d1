import Foundation
import TestSupport
import Testing

@Suite("Moving from imgproxy", .ownProcess, InWorkspace())
struct ImportCommandTests {
    /// The key and salt of imgproxy's documentation.
    private static let key = "943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881"
    private static let salt = "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5"

    private func run(_ arguments: [String], input: String = "") async throws -> CommandLine {
        try await CommandLine.run(
            ["config", "import-imgproxy"] + arguments, in: InWorkspace.workspace,
            input: Array(input.utf8))
    }

    @Test("the file that imgproxy's variables become serves the URLs that imgproxy served")
    func served() async throws {
        let workspace = try InWorkspace.workspace
        let image = try workspace.write(SampleFormat.png.file, to: "images/test1.png")
        let folder = String(image.dropLast("/test1.png".count))
        let done = try await run(
            ["-"],
            input: """
                IMGPROXY_KEY=\(Self.key)
                IMGPROXY_SALT='\(Self.salt)'
                export IMGPROXY_LOCAL_FILESYSTEM_ROOT="\(folder)"
                IMGPROXY_BIND=127.0.0.1:0
                IMGPROXY_TTL=60
                IMGPROXY_IGNORE_SSL_VERIFICATION=false
                """)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(!done.text.contains(Self.key) && !done.errors.contains(Self.key))
        let file = try workspace.write(done.output, to: "glovebox.yaml")
        let service = try await Service.start(
            as: .ordinaryUser, in: workspace, options: ["--config", file],
            variables: ["GLOVEBOX_KEY": Self.key, "GLOVEBOX_SALT": Self.salt])
        // Computed with OpenSSL; the vector of the contract's table.
        let path = "/w:100/g:sm/bl:5/plain/local:///test1.png"
        let signature = "dt5eTGbQ50OihZK_EV1mTLNcGd_GOH4Zw_pYU6il_aQ"
        let answer = try await service.http.get("/\(signature)\(path)")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.header("Cache-Control") == "max-age=60, public")
        let forged = try await service.http.get("/A\(signature.dropFirst())\(path)")
        #expect(forged.status == 403)
        #expect(try await service.stop() == .status(0))
    }

    @Test("1 where URLs depend on what is unsupported, with the file and the report all the same")
    func status() async throws {
        let text = "IMGPROXY_KEY=aa\nIMGPROXY_SALT=bb\nIMGPROXY_SYSLOG_ENABLE=true\n"
        let quiet = try await run(["-"], input: text)
        #expect(quiet.status == .status(0) && quiet.errors.contains("unsupported"))
        let loud = try await run(["-"], input: text + "IMGPROXY_ALLOW_ORIGIN=*\n")
        #expect(loud.status == .status(1) && loud.text.hasPrefix("# Made of imgproxy's"))
        #expect(loud.errors.contains("UNSUPPORTED"))
        let json = try await run(["--json", "-"], input: text)
        let first = json.text.split(separator: "\n").first ?? ""
        #expect(JSON(parsing: Array(first.utf8))?["name"].text == "IMGPROXY_KEY")
    }

    @Test("what is beyond the shipped policies is told with 1, and the file passes config check")
    func beyondPolicies() async throws {
        let inspected = """
            [{"Config":{"Env":["IMGPROXY_KEY=\(Self.key)","IMGPROXY_SALT=\(Self.salt)",\
            "IMGPROXY_MAX_SRC_RESOLUTION=100","IMGPROXY_MAX_SRC_FILE_SIZE=104857600",\
            "IMGPROXY_MAX_ANIMATION_FRAMES=5000"]}}]
            """
        let done = try await run(["-"], input: inspected)
        #expect(done.status == .status(1), "\(done.errors)")
        #expect(done.errors.contains("3 variables are unsupported that URLs depend on."))
        let workspace = try InWorkspace.workspace
        let file = try workspace.write(done.output, to: "beyond.yaml")
        let check = try await CommandLine.run(
            ["config", "check", "--config", file], in: workspace,
            variables: [
                "GLOVEBOX_KEY": URLSigner.standard.key, "GLOVEBOX_SALT": URLSigner.standard.salt,
            ])
        #expect(check.status == .status(0), "\(check.errors)")
    }

    @Test("what is no file of variables is answered with 1 and a sentence, and nothing is printed")
    func refused() async throws {
        let huge = String(repeating: "# a comment\n", count: 30_000)
        for (arguments, input, words) in [
            (["-"], huge, "larger than 256KiB"), (["-"], "PATH=/bin\n", "no variable of imgproxy"),
            (["-"], "IMGPROXY_TTL=1\0\n", "NUL"), (["-"], "IMGPROXY_TTL\n", "has no value"),
            (["/nowhere/imgproxy.env"], "", "cannot be read"), (["/dev"], "", "cannot be read"),
        ] {
            let done = try await run(arguments, input: input)
            #expect(done.status == .status(1) && done.output == [])
            #expect(done.errors.contains(words), "\(done.errors)")
        }
    }
}
