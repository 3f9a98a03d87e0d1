import ImageVocabulary

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
        return rules
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
