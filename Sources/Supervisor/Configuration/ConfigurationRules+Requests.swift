import ImageVocabulary
import RequestSyntax

/// What settings about requests have to be together.
extension ConfigurationRules {
    var requestRules: [Rule] {
        let results = configuration.results
        let lists = [
            ("result.preferred", results.preferred), ("result.auto", results.auto),
            ("result.enforce", results.enforced),
        ]
        var rules: [Rule] = lists.map { key, formats in
            (["result.formats", key], leftOut(key, formats))
        }
        rules.append((["options.presets", "options.only_presets"], missingPresets))
        let (watermark, fallback) = (configuration.watermark, configuration.fallback)
        rules.append(
            (
                ["watermark.path", "watermark.data"],
                twice("watermark", watermark.path, watermark.data)
            ))
        rules.append(
            (["fallback.path", "fallback.data"], twice("fallback", fallback.path, fallback.data)))
        rules.append((["s3.access_key", "s3.secret_key", "s3.session_token"], halfOfKeys))
        rules.append((["s3.endpoint", "s3.path_style"], bucketsOfAddress))
        return rules
    }

    private var halfOfKeys: ConfigurationProblem? {
        let s3 = configuration.s3
        switch (s3.accessKey, s3.secretKey) {
        case (_?, nil):
            return problem(
                "s3.secret_key", "there is none, and there is s3.access_key",
                "Set both, for example as GLOVEBOX_S3_ACCESS_KEY and GLOVEBOX_S3_SECRET_KEY_FILE, or "
                    + "neither.")
        case (nil, _?):
            return problem(
                "s3.access_key", "there is none, and there is s3.secret_key",
                "Set both, or neither.")
        case (nil, nil) where s3.sessionToken != nil:
            return problem(
                "s3.session_token", "the keys that it goes with are not there",
                "Set s3.access_key and s3.secret_key, or remove it.")
        default: return nil
        }
    }

    private var bucketsOfAddress: ConfigurationProblem? {
        guard let endpoint = configuration.s3.endpoint, endpoint.isLiteral,
            !configuration.s3.pathStyle
        else { return nil }
        return problem(
            "s3.path_style", "\(endpoint.host) is an address, before which no bucket's name fits",
            "Write s3.path_style: true, or a name as s3.endpoint.")
    }

    private var missingPresets: ConfigurationProblem? {
        let options = configuration.options
        guard options.onlyPresets, options.presets.isEmpty else { return nil }
        return problem(
            "options.only_presets", "there is no preset, so that requests could ask for nothing",
            "Write some as options.presets, or options.only_presets: false.")
    }

    private func twice(
        _ section: String, _ path: String?, _ data: ImageData?
    ) -> ConfigurationProblem? {
        guard path != nil, data != nil else { return nil }
        return problem(
            "\(section).data", "there is also \(section).path, and one image is wanted",
            "Remove one of them.")
    }

    private func leftOut(_ key: String, _ formats: [ImageFormat]) -> ConfigurationProblem? {
        guard let format = formats.first(where: { !configuration.results.allows($0) }) else {
            return nil
        }
        return problem(
            key, "result.formats leaves out \(format.name)", "Write it there too, or not here.")
    }
}
