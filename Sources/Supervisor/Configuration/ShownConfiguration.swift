/// Every setting with its value and where it comes from, for people and for programs. Secrets show
/// only that they are there.
struct ShownConfiguration {
    private let configuration: ServiceConfiguration

    init(_ configuration: ServiceConfiguration) { self.configuration = configuration }

    /// One line a setting, in columns.
    var text: String {
        let rows = SettingTable.all.map { setting in
            let origin = configuration.origin(of: setting.key)
            let reason = configuration.reasons[setting.key].map { " (\($0))" } ?? ""
            let from = origin.kind == .standard ? origin.kind.rawValue + reason : origin.label
            return [setting.key, setting.text(in: configuration), from]
        }
        let all = [["# \(configuration.file ?? "no configuration file")"]] + rows
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, cell in
                let missing = column + 1 < row.count ? widths[column] - cell.count : 0
                return cell + String(repeating: " ", count: missing)
            }.joined(separator: "  ")
        }.joined(separator: "\n") + "\n"
    }

    var json: JSONValue {
        .object([
            ("file", configuration.file.map { .string($0) } ?? .null),
            (
                "settings",
                .array(
                    SettingTable.all.map { setting in
                        let origin = configuration.origin(of: setting.key)
                        return .object([
                            ("key", .string(setting.key)),
                            ("value", setting.json(in: configuration)),
                            ("source", .string(origin.kind.rawValue)),
                            ("origin", .string(origin.label)),
                            ("reload", .bool(setting.reloads)),
                        ])
                    })
            ),
        ])
    }
}
