import Foundation
import TestSupport
import Testing

@Suite(
    "Requests that are signed in the place of a key", .ownProcess,
    Served(
        configuration: """
            key: \(URLSigner.standard.key)
            salt: \(URLSigner.standard.salt)
            signed: {longest: 1h}
            penalty: {errors: 0}
            """, dev: false
    ) { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
    })
struct SignedQueryTests {
    private static let signer = URLSigner.standard

    /// - Parameter time: seconds from now.
    private func signed(_ method: String, _ target: String, for time: Int = 600) -> String {
        let mark = target.contains("?") ? "&" : "?"
        let text = "\(target)\(mark)exp=\(Int(Date().timeIntervalSince1970) + time)"
        return "\(text)&sig=\(Self.signer.signature(of: "\(method) \(text)"))"
    }

    @Test("an upload, facts, several results and files below the image root are answered")
    func answered() async throws {
        let http = try Served.http
        let png = SampleFormat.png.file
        let made = try await http.post(signed("POST", "/v1/process?w=8&f=webp"), body: png)
        #expect(made.status == 200 && SampleFormat.webp.begins(made.body), "\(made.text)")
        let facts = try await http.post(signed("POST", "/v1/info"), body: png)
        #expect(facts.status == 200 && facts.json["width"].integer == 64)
        let batch = try await http.post(signed("POST", "/v1/batch?options=w:8"), body: png)
        #expect(batch.status == 200)
        let target = signed("GET", "/v1/images/a.png?w=8")
        #expect(try await http.get(target).status == 200)
        #expect(try await http.head(target).status == 200)
        // A key that is none changes nothing.
        let both = try await http.get(target, headers: [("X-API-Key", "nonsense")])
        #expect(both.status == 200)
    }

    @Test("nothing else is: another option, another path, another method, no signature at all")
    func refused() async throws {
        let http = try Served.http
        let png = SampleFormat.png.file
        let target = signed("POST", "/v1/process?w=8&f=webp")
        for changed in [
            target.replacing("w=8", with: "w=9"), target.replacing("process", with: "info"),
            target.replacing("w=8&", with: ""), target.replacing("&sig", with: "&q=1&sig"),
            target.replacing("exp=1", with: "exp=2"), String(target.dropLast()),
            signed("GET", "/v1/process?w=8&f=webp"), target.replacing("webp", with: "%77ebp"),
        ] {
            let answer = try await http.post(changed, body: png)
            expect(answer, isProblem: "wrong-signature", 403)
        }
        expect(try await http.post("/v1/process?w=8", body: png), isProblem: "unauthorized", 401)
        for broken in ["\(target)&w=8", "/v1/process?w=8&sig=x", "\(target)&sig=x"] {
            expect(try await http.post(broken, body: png), isProblem: "invalid-option", 400)
        }
        let ofPath = Self.signer.signature(of: "/v1/process?exp=1")
        let crossed = try await http.post("/v1/process?exp=1&sig=\(ofPath)", body: png)
        expect(crossed, isProblem: "wrong-signature", 403)
    }

    @Test("it is replayed until its time, and then never again")
    func expiry() async throws {
        let http = try Served.http
        let old = signed("POST", "/v1/process?w=8", for: -1)
        let answer = try await http.post(old, body: SampleFormat.png.file)
        expect(answer, isProblem: "signature-expired", 403)
        let far = signed("POST", "/v1/process?w=8", for: 7_200)
        let tooFar = try await http.post(far, body: SampleFormat.png.file)
        expect(tooFar, isProblem: "invalid-option", 400, with: ["option": "exp"])
    }

    @Test("what the command sign prints is answered, and found right")
    func command() async throws {
        let workspace = try Served.service.workspace
        let file = workspace.folder.appending(path: "glovebox.yaml").path
        let signed = try await CommandLine.run(
            ["sign", "--expires", "15m", "/v1/process?rs=fill:30:20&f=webp", "--config", file],
            in: workspace)
        try #require(signed.status == .status(0), "\(signed.errors)")
        let target = String(signed.text.dropLast())
        let answer = try await Served.http.post(target, body: SampleFormat.png.file)
        #expect(answer.status == 200 && ReferenceImage(decoding: answer.body)?.width == 30)
        for (path, status) in [(target, 0), (target.replacing("30", with: "31"), 1)] {
            let checked = try await CommandLine.run(
                ["sign", "--verify", path, "--config", file], in: workspace)
            #expect(checked.status == .status(CInt(status)), "\(checked.errors)")
        }
        let far = try await CommandLine.run(
            ["sign", "--expires", "2h", "/v1/process", "--config", file], in: workspace)
        #expect(far.status == .status(2) && far.errors.contains("signed.longest"))
    }
}
