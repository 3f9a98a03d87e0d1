import Testing

@testable import Supervisor

@Suite("Files of imgproxy's variables")
struct ImportedVariablesTests {
    private static func read(_ text: String) -> ImportedVariables {
        ImportedVariables(bytes: Array(text.utf8))
    }

    @Test(
        "Docker's env files, shells' exports and the lines of docker inspect say the same",
        arguments: [
            "IMGPROXY_TTL=3600\nIMGPROXY_BASE_URL=https://a.example/b c\n",
            "export IMGPROXY_TTL=3600\nexport IMGPROXY_BASE_URL='https://a.example/b c'\n",
            "  IMGPROXY_TTL=\"3600\"\r\n\r\nIMGPROXY_BASE_URL=\"https://a.example/b c\"\r\n",
            "\u{FEFF}# ours\nPATH=/usr/bin\nIMGPROXY_TTL=3600\nIMGPROXY_BASE_URL=https://a.example/b c",
            """
                        "Env": [
                            "PATH=/usr/bin",
                            "IMGPROXY_TTL=3600",
                            "IMGPROXY_BASE_URL=https:\\/\\/a.example\\/b c"
                        ],
            """,
            #"[{"Id":"5e","Config":{"Tty":false,"Env":["PATH=/usr/bin","IMGPROXY_TTL=3600","#
                + #""IMGPROXY_BASE_URL=https:\/\/a.example\/b c"],"Cmd":null,"Labels":{"a":"b"}}}]"#,
            """
            [
                {
                    "Config": {
                        "Env": [
                            "IMGPROXY_TTL=3600",
                            "IMGPROXY_BASE_URL=https://a.example/b c"
                        ]
                    },
                    "Size": 5.5
                }
            ]
            """,
            #"["IMGPROXY_TTL=3600","IMGPROXY_BASE_URL=https://a.example/b c"]"#,
        ])
    func forms(_ text: String) {
        let variables = Self.read(text)
        #expect(variables.problems == [])
        #expect(
            variables.values == [
                "IMGPROXY_TTL": "3600", "IMGPROXY_BASE_URL": "https://a.example/b c",
            ])
    }

    @Test("what is no value of its own is kept as it stands")
    func literals() {
        let variables = Self.read(
            """
            IMGPROXY_URL_REPLACEMENTS=mys3://*/=s3://b/${1}/images
            IMGPROXY_SECRET="a\\"b\\\\c\\$d"
            IMGPROXY_USER_AGENT='say "hello"'
            IMGPROXY_ETAG_BUSTER=
            OTHER=1
            """)
        #expect(variables.problems == [])
        #expect(
            variables.values == [
                "IMGPROXY_URL_REPLACEMENTS": "mys3://*/=s3://b/${1}/images",
                "IMGPROXY_SECRET": "a\"b\\c$d", "IMGPROXY_USER_AGENT": "say \"hello\"",
                "IMGPROXY_ETAG_BUSTER": "",
            ])
    }

    @Test(
        "what cannot be read is answered with its line and what to write",
        arguments: [
            ("IMGPROXY_TTL\n", "Line 1: IMGPROXY_TTL has no value. Write IMGPROXY_TTL=value"),
            ("IMGPROXY_TTL = 5\n", "Line 1: IMGPROXY_TTL has no value."),
            (
                "\nIMGPROXY_TTL=1\nIMGPROXY_TTL=2\n",
                "Line 3: IMGPROXY_TTL is there already, in line 2"
            ),
            ("IMGPROXY_KEY=\"abc\n", "Line 1: IMGPROXY_KEY has a quote without its partner."),
            ("IMGPROXY_KEY='ab' c\n", "Line 1: IMGPROXY_KEY has a quote without its partner."),
            ("IMGPROXY_KEY=${OTHER_KEY}\n", "Line 1: IMGPROXY_KEY has its value from another"),
            ("IMGPROXY_KEY=\"$OTHER_KEY\"\n", "Line 1: IMGPROXY_KEY has its value from another"),
            ("IMGPROXY_TTL=5 # a day\n", "Line 1: IMGPROXY_TTL has a value with ' #' in it."),
            ("X=1\nIMGPROXY_TTL=5\0\n", "Line 2: there is a NUL byte."),
            ("IMGPROXY_TTL=5\u{1B}[2J\n", "Line 1: IMGPROXY_TTL holds a control character."),
            ("\"IMGPROXY_TTL=5\\q\",\n", "Line 1: this is no text of JSON."),
            (
                "IMGPROXY_PRESETS=\"a=w:1\nb=w:2\"\n",
                "Line 1: IMGPROXY_PRESETS has a quote without its partner. Close the quotes in the "
                    + "same line, with nothing behind them. Values of several lines are not read: "
                    + "write presets with commas between them."
            ),
            (#"[{"Env":["IMGPROXY_TTL=5"]"#, "The file begins as JSON and is none."),
            (String(repeating: "[", count: 200_000), "The file begins as JSON and is none."),
            (
                #"[{"Env":["IMGPROXY_TTL=5"]},{"Env":["IMGPROXY_TTL=6"]}]"#,
                "IMGPROXY_TTL is there already. Inspect one container."
            ),
            (
                "services:\n  imgproxy:\n    environment:\n      IMGPROXY_TTL: 5\n",
                "Compose files are not read."
            ),
            ("    - IMGPROXY_TTL=5\n    - IMGPROXY_KEY=aa\n", "Compose files are not read."),
            ("  IMGPROXY_TTL: 5\n", "Compose files are not read."),
        ])
    func problems(_ text: String, _ sentence: String) {
        let problems = Self.read(text).problems
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(sentence) == true, "\(problems)")
    }

    @Test("bytes that are no text are answered with a sentence")
    func noText() {
        #expect(
            ImportedVariables(bytes: [0x49, 0xFF, 0xFE]).problems
                == ["The file is not UTF-8 text. Save it as UTF-8."])
        #expect(ImportedVariables(bytes: []).values.isEmpty)
    }

    @Test("no value stands in a problem: it may be a secret")
    func secrets() {
        for text in [
            "IMGPROXY_KEY='5ec2e7\n", "IMGPROXY_KEY=5ec2e7 # x\n", "IMGPROXY_KEY=5ec2e7\u{7}\n",
        ] {
            let problems = Self.read(text).problems
            #expect(problems.count == 1 && !problems[0].contains("5ec2e7"))
        }
    }

    @Test("of a process's environment only imgproxy's variables and AWS's are looked at")
    func environment() {
        let variables = ImportedVariables(
            environment: ["PATH": "/bin", "IMGPROXY_TTL": "5", "AWS_REGION": "x"])
        #expect(variables.values == ["IMGPROXY_TTL": "5", "AWS_REGION": "x"])
    }
}
