import Foundation
import TestSupport
import Testing

@Suite(
    "What every answer says to browsers", .ownProcess,
    Served(
        policies: ["raster", "document"],
        configuration: """
            proxies: {trusted: 192.0.2.1, https: true}
            cors: {origins: 'https://shop.example', max_age: 90s}
            """,
        prepare: { workspace in
            try workspace.write(SampleFormat.png.file, to: "images/a.png")
        }))
struct AnswerFieldTests {
    private static let page = [("Origin", "https://shop.example")]

    /// From the specification of this service; the policy of a page and who may embed are by kind.
    private static let always = [
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
        "X-XSS-Protection": "1; mode=block",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains", "Server": "glovebox",
        "Access-Control-Allow-Origin": "https://shop.example",
    ]

    private func check(
        _ answer: HTTPCaller.Answer, _ status: Int, isImage: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
        for (name, value) in Self.always {
            #expect(answer.header(name) == value, "\(name)", sourceLocation: sourceLocation)
        }
        #expect(
            answer.header("Content-Security-Policy") == "default-src 'none'; sandbox",
            sourceLocation: sourceLocation)
        #expect(
            answer.header("Cross-Origin-Resource-Policy")
                == (isImage ? "cross-origin" : "same-origin"), sourceLocation: sourceLocation)
        #expect(
            answer.header("Vary")?.contains("Origin") == true, sourceLocation: sourceLocation)
    }

    @Test("images, facts, errors and answers without a body have all the fields")
    func everyAnswer() async throws {
        let http = try Served.http
        func get(_ target: String, _ more: [(String, String)] = []) async throws
            -> HTTPCaller.Answer
        {
            try await http.get(target, headers: Self.page + more)
        }
        check(try await get("/v1/images/a.png?w=8"), 200, isImage: true)
        check(try await get("/v1/images/a.png/info"), 200)
        check(try await get("/v1/options"), 200)
        check(try await get("/health"), 200)
        check(try await get("/v1/nothing"), 404)
        check(try await get("/v1/images/none.png"), 404)
        check(try await get("/v1/images/a.png?widht=8"), 400)
        check(try await get("/a/plain/local:///none.png"), 404)
        check(try await get("/v1/process"), 405)
        check(try await http.send("PROPFIND", "/health", headers: Self.page), 501)
        check(try await http.send("DELETE", "/v1/images/a.png", headers: Self.page), 405)
        check(try await http.send("TRACE", "/health", headers: Self.page), 405)
        check(try await http.send("OPTIONS", "/v1/process", headers: Self.page), 204)
        check(try await http.post("/v1/process", headers: Self.page, body: []), 400)
        let made = try await http.post(
            "/v1/process?f=webp", headers: Self.page, body: SampleFormat.png.file)
        check(made, 200, isImage: true)
        let batch = try await http.post(
            "/v1/batch?options=w:8", headers: Self.page, body: SampleFormat.png.file)
        check(batch, 200)
        let signed = "/x/w:8/plain/local:///a.png"
        let etag = try #require(try await get(signed).header("ETag"))
        check(try await get(signed, [("If-None-Match", etag)]), 304, isImage: true)
    }

    @Test(
        "a message that is refused before anybody knows what it asks for has them too",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "GET /\u{1} HTTP/1.1\r\nHost: a\r\n",
            "GET /a HTTP/1.7\r\nHost: a\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n",
            "GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\nHost: a\r\n",
        ])
    func refused(_ head: String) async throws {
        let connection = try RawConnection(port: try Served.service.port)
        connection.send(Array((head + "Connection: close\r\n\r\n").utf8))
        let text = String(decoding: await connection.readToEnd(), as: UTF8.self).lowercased()
        for (name, value) in Self.always where name != "Access-Control-Allow-Origin" {
            #expect(text.contains("\(name): \(value)\r\n".lowercased()), "\(name) in \(text)")
        }
        #expect(text.contains("content-security-policy: default-src 'none'; sandbox\r\n"))
    }

    @Test("OPTIONS tells the methods of a path without a body, and of none that there is not")
    func options() async throws {
        let http = try Served.http
        for (target, allow) in [
            ("/v1/process?w=nonsense", "POST, OPTIONS"), ("/v1/info", "POST, OPTIONS"),
            ("/v1/images/none.png", "GET, HEAD, OPTIONS"), ("/health", "GET, HEAD, OPTIONS"),
            ("/a/w:1/plain/b", "GET, HEAD, OPTIONS"),
        ] {
            let answer = try await http.send("OPTIONS", target)
            #expect(answer.status == 204 && answer.body.isEmpty)
            #expect(answer.header("Allow") == allow)
            #expect(answer.header("Content-Length") == nil)
            #expect(answer.header("Access-Control-Allow-Origin") == nil)
        }
        expect(try await http.send("OPTIONS", "/v1/nothing"), isProblem: "not-found", 404)
        let all = try await Served.service.sendVerbatim("OPTIONS *")
        #expect(all.status == 204)
        #expect(all.text.lowercased().contains("allow: get, head, post, options\r\n"))
        #expect(try await Served.service.sendVerbatim("GET *").status == 400)
    }

    @Test("a page may ask before it sends, and gets no for what is not on the list")
    func preflight() async throws {
        let http = try Served.http
        func ask(_ method: String, _ fields: String, _ origin: String) async throws
            -> HTTPCaller.Answer
        {
            let headers = [
                ("Origin", origin), ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", fields),
            ]
            return try await http.send("OPTIONS", "/v1/process?w=8", headers: headers)
        }
        let yes = try await ask("POST", "content-type,x-api-key", "https://shop.example")
        #expect(yes.status == 204)
        #expect(yes.header("Access-Control-Allow-Origin") == "https://shop.example")
        #expect(yes.header("Access-Control-Allow-Methods") == "POST, OPTIONS")
        #expect(yes.header("Access-Control-Allow-Headers")?.contains("x-api-key") == true)
        #expect(yes.header("Access-Control-Max-Age") == "90")
        for name in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
            #expect(yes.header("Vary")?.contains(name) == true)
        }
        for (method, fields, origin) in [
            ("PUT", "content-type", "https://shop.example"),
            ("POST", "x-evil", "https://shop.example"),
            ("POST", "content-type", "https://evil.example"), ("POST", "content-type", "null"),
        ] {
            let no = try await ask(method, fields, origin)
            #expect(no.status == 204 && no.header("Access-Control-Allow-Methods") == nil)
            let isShop = origin == "https://shop.example"
            #expect((no.header("Access-Control-Allow-Origin") != nil) == isShop)
        }
    }

    @Test("another page's request is answered, and the browser gives the answer to nobody")
    func otherPages() async throws {
        for origin in ["https://evil.example", "null", "https://shop.example.evil.example"] {
            let answer = try await Served.http.get("/health", headers: [("Origin", origin)])
            #expect(answer.status == 200)
            #expect(answer.header("Access-Control-Allow-Origin") == nil)
            #expect(answer.header("Vary") == "Origin")
        }
    }

    @Test(
        "a client that takes no format there is gets one all the same (RFC 9110 section 12.4.1)",
        arguments: ["text/html", "image/*;q=0", "*/*;q=0", "application/json", "nonsense", ""])
    func accept(_ accept: String) async throws {
        let answer = try await Served.http.get(
            "/v1/images/a.png?w=8", headers: [("Accept", accept)])
        #expect(answer.status == 200 && SampleFormat.png.begins(answer.body))
    }
}

@Suite("What the admin listener says to browsers", .ownProcess, InWorkspace())
struct AdminAnswerFieldTests {
    @Test("the same fields, nothing for pages, and the key before anything is told")
    func admin() async throws {
        var start = OperatedService.Start()
        start.configuration = "cors: {origins: 'https://shop.example'}\n"
        try await OperatedService.during(start) { operated in
            let page = [("Origin", "https://shop.example")]
            let answers = [
                try await operated.get("/cmd/status"), try await operated.get("/cmd/nothing"),
                try await operated.admin.get("/cmd/status"),
                try await operated.admin.get(
                    "/cmd/status", headers: OperatedService.bearer() + page),
            ]
            #expect(answers.map(\.status) == [200, 404, 401, 403])
            for answer in answers {
                #expect(
                    answer.header("Content-Security-Policy") == "default-src 'none'; sandbox")
                #expect(answer.header("Cross-Origin-Resource-Policy") == "same-origin")
                #expect(answer.header("X-Frame-Options") == "DENY")
                #expect(answer.header("Access-Control-Allow-Origin") == nil)
            }
            let methods = try await operated.admin.send(
                "OPTIONS", "/cmd/reload", headers: OperatedService.bearer())
            #expect(methods.status == 204 && methods.header("Allow") == "POST, OPTIONS")
            let stranger = try await operated.admin.send("OPTIONS", "/cmd/reload")
            expect(stranger, isProblem: "unauthorized", 401)
            let unknown = try await operated.admin.send(
                "PROPFIND", "/cmd/status", headers: OperatedService.bearer())
            expect(unknown, isProblem: "unknown-method", 501)

            // Which pages may read answers changes with a reload.
            let before = try await operated.service.http.get("/health", headers: page)
            #expect(before.header("Access-Control-Allow-Origin") == "https://shop.example")
            try operated.configure("cors: {origins: 'https://other.example'}\n")
            #expect(try await operated.reload() == ["cors.origins"])
            let after = try await operated.service.http.get("/health", headers: page)
            #expect(after.header("Access-Control-Allow-Origin") == nil)
        }
    }
}
