extension ImgproxyVariables {
    static let server: [Row] = [
        Row(
            ["IMGPROXY_BIND"], ["listen"], .operation,
            "An IP address and a port. Without a host, or without the variable, 0.0.0.0."
        ) { text, context in address(text, "listen", context) }
        .unset { _ in
            .taken(
                [Written("listen", "0.0.0.0:8080")],
                note: "It is not set: imgproxy listens on port 8080 of all addresses, Glovebox "
                    + "by itself on 127.0.0.1 alone.")
        },
        Row(
            ["IMGPROXY_NETWORK"], [], .operation, "TCP; there are no Unix sockets."
        ) { text, _ in
            ["tcp", "tcp4", "tcp6"].contains(text)
                ? .taken([], note: "The address of IMGPROXY_BIND decides.")
                : .unsupported("Images are served over TCP alone.")
        },
        .seconds("IMGPROXY_TIMEOUT", ["timeout"], .result),
        Row.seconds("IMGPROXY_WRITE_TIMEOUT", ["timeout"], .result)
            .yielding(to: "IMGPROXY_TIMEOUT"),
        .seconds("IMGPROXY_READ_REQUEST_TIMEOUT", ["http.header_timeout"]),
        Row.seconds("IMGPROXY_READ_TIMEOUT", ["http.header_timeout"])
            .yielding(to: "IMGPROXY_READ_REQUEST_TIMEOUT"),
        .seconds("IMGPROXY_WRITE_RESPONSE_TIMEOUT", ["http.write_timeout"]),
        Row(
            ["IMGPROXY_KEEP_ALIVE_TIMEOUT"], ["http.idle_timeout"], .operation,
            "0 becomes the least there is, 100 ms."
        ) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            guard value > 0 else {
                return .changed(
                    [Written("http.idle_timeout", "100ms")], "100 ms is the least there is.")
            }
            return .taken([Written("http.idle_timeout", "\(value)s")])
        },
        .seconds("IMGPROXY_GRACEFUL_STOP_TIMEOUT", ["drain_timeout"]),
        .number(
            "IMGPROXY_WORKERS", "workers", .operation,
            "Each worker is a process here; leave it out for what processors and memory carry."),
        Row.number("IMGPROXY_CONCURRENCY", "workers", .operation).yielding(to: "IMGPROXY_WORKERS"),
        Row(
            ["IMGPROXY_REQUESTS_QUEUE_SIZE"], ["queue"], .operation,
            "0 is no limit there; here 16 for each worker."
        ) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            guard value > 0 else {
                return .changed([], "0 is no limit there; here 16 wait for each worker (queue).")
            }
            return .taken([Written("queue", "\(value)")])
        },
        Row(
            ["IMGPROXY_MAX_CLIENTS"], ["http.connections"], .operation,
            "0 is no limit there; here the default holds. One address has at most 256 "
                + "(http.connections_per_address), a reverse proxy too."
        ) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            guard value > 0 else {
                return .changed(
                    [], "0 is no limit there; here the default of http.connections holds.")
            }
            return .taken(
                [Written("http.connections", "\(value)")],
                note: "http.connections_per_address is at most 256, for a reverse proxy too.")
        },
        .absent(["IMGPROXY_SO_REUSEPORT"], .operation, "One service listens on one address."),
        .absent(
            ["IMGPROXY_HEALTH_CHECK_PATH", "IMGPROXY_HEALTH_CHECK_MESSAGE"], .operation,
            "Health is told at /health, /health/live and /health/ready."),
        Row(
            ["IMGPROXY_LOG_LEVEL"], ["log_level"], .operation,
            "warn becomes notice, the level of the line 'source not used'. error hides that line."
        ) { text, _ in
            let level = text.lowercased()
            switch level {
            case "warn":
                return .changed(
                    [Written("log_level", "notice")],
                    "The level warning hides the line 'source not used', which says why a source "
                        + "is refused and what would permit it.")
            case "error":
                return .taken(
                    [Written("log_level", level)],
                    note: "It hides the line 'source not used', which notice and info show.")
            default: return .taken([Written("log_level", level)])
            }
        },
        Row(
            ["IMGPROXY_LOG_FORMAT"], ["log_format"], .operation,
            "pretty and structured become text, gcp becomes json."
        ) { text, _ in
            switch text.lowercased() {
            case "pretty", "structured":
                .changed([Written("log_format", "text")], "Lines look different.")
            case "gcp": .changed([Written("log_format", "json")], "Names in lines are Glovebox's.")
            default: .taken([Written("log_format", text.lowercased())])
            }
        },
        .absent(
            ["IMGPROXY_SYSLOG_*"], .operation,
            "Logs go to standard error; the journal or the container runtime takes them on."),
        .absent(
            ["IMGPROXY_DEVELOPMENT_ERRORS_MODE"], .operation,
            "Errors never tell clients details: they are in the log and in crash records."),
    ]

    /// Where something is served. Go listens on every address where there is no host.
    private static func address(
        _ text: String, _ key: String, _ context: ImportContext
    ) -> ImgproxyVariable.Translation {
        guard !["unix", "unixpacket"].contains(context.values["IMGPROXY_NETWORK"]) else {
            return .unsupported("There are no Unix sockets. Write an IP address and a port.")
        }
        guard text.first == ":" else { return .taken([Written(key, text)]) }
        let host = context.values["IMGPROXY_NETWORK"] == "tcp6" ? "[::]" : "0.0.0.0"
        return .taken([Written(key, host + text)])
    }

    static let answers: [Row] = [
        .seconds("IMGPROXY_TTL", ["signed.max_age"], .result, "Cache-Control alone, no Expires."),
        .flag("IMGPROXY_CACHE_CONTROL_PASSTHROUGH", "signed.cache_control"),
        .fixed(
            "IMGPROXY_USE_ETAG", true, .operation,
            "A source's ETag is always passed on, and asked about."),
        .fixed(
            "IMGPROXY_USE_LAST_MODIFIED", true, .operation,
            "A source's Last-Modified is always passed on, and asked about."),
        .absent(
            ["IMGPROXY_ETAG_BUSTER", "IMGPROXY_LAST_MODIFIED_BUSTER"], .operation,
            "ETags are the sources' own. Change URLs with the option cachebuster."),
        .absent(
            ["IMGPROXY_SET_CANONICAL_HEADER"], .result,
            "No Link field is sent. Let the reverse proxy add it."),
        .absent(
            ["IMGPROXY_ALLOW_ORIGIN"], .result,
            "No Access-Control-Allow-Origin is sent. Let the reverse proxy add it; images are shown "
                + "on other sites without it."),
        .absent(
            ["IMGPROXY_ENABLE_DEBUG_HEADERS"], .operation,
            "Sizes of sources and results are not in header fields; /v1/info has them."),
        .absent(
            ["IMGPROXY_CUSTOM_RESPONSE_HEADERS", "IMGPROXY_RESPONSE_HEADERS_PASSTHROUGH"], .result,
            "Answers have no fields of yours. Let the reverse proxy add them."),
        .absent(
            ["IMGPROXY_CUSTOM_HEADERS_SEPARATOR", "IMGPROXY_SERVER_NAME"], .operation,
            "Answers have no fields of yours."),
    ]

    static let monitoring: [Row] = [
        Row(
            ["IMGPROXY_PROMETHEUS_BIND"], ["admin_listen"], .operation,
            "Metrics are at /metrics there, beside operators' commands, and ask for the admin key: "
                + "set GLOVEBOX_ADMIN_KEY. Their names are Glovebox's."
        ) { text, context in
            guard case .taken(let written, _) = address(text, "admin_listen", context) else {
                return .unsupported("Metrics are served over TCP alone.")
            }
            return .changed(
                written,
                "Operators' commands are there too, and both ask for the admin key: set "
                    + "GLOVEBOX_ADMIN_KEY, and name it to Prometheus. Metrics have other names.")
        }.unset { _ in
            .taken(
                [Written("admin_listen", "off")],
                note:
                    "It is not set: there are no metrics, and no operators' commands. Both are where "
                    + "admin_listen says, with an admin_key.")
        },
        .absent(
            ["IMGPROXY_PROMETHEUS_NAMESPACE"], .operation, "The names of metrics are fixed."),
        .absent(
            [
                "IMGPROXY_DATADOG_*", "IMGPROXY_NEW_RELIC_*", "IMGPROXY_OPEN_TELEMETRY_*",
                "IMGPROXY_CLOUD_WATCH_*",
            ], .operation, "Metrics are Prometheus's alone; its exporters and agents pass them on."),
        .absent(
            [
                "IMGPROXY_BUGSNAG_*", "IMGPROXY_HONEYBADGER_*", "IMGPROXY_SENTRY_*",
                "IMGPROXY_AIRBRAKE_*", "IMGPROXY_REPORT_DOWNLOADING_ERRORS",
                "IMGPROXY_REPORT_IO_ERRORS",
            ], .operation,
            "Nothing is sent to others. Failures are in the log and in crash records."),
    ]
}
