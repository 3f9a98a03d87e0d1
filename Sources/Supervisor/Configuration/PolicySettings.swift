import FoundationEssentials
import ImageVocabulary

/// What of the configuration concerns the policies.
extension ServiceConfiguration {
    /// The policy files: every *.yaml and *.json in the folder, by name. Blocks on the file system.
    ///
    /// - Throws: ``ConfigurationError`` when there are none.
    func policyFiles() throws(ConfigurationError) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: policies)) ?? []
        let files = names.filter(PolicyReader.isPolicyFile)
        guard !files.isEmpty else {
            let problem = ConfigurationProblem(
                origin(of: "policies"),
                "there is no policy in the folder \(ConfigurationProblem.quoted(policies))",
                "Name a folder with policy files, such as the one that comes with glovebox.")
            throw ConfigurationError([problem])
        }
        return files.sorted().map { "\(policies)/\($0)" }
    }

    /// A policy's limits, narrowed by what was set. They are never widened: what a child may take of
    /// memory and time is cut for the policy's own.
    ///
    /// - Throws: ``ConfigurationError`` with each setting that is above the policy's limit.
    func limits(within policy: JobLimits) throws(ConfigurationError) -> JobLimits {
        var limits = policy
        var problems: [ConfigurationProblem] = []
        func narrow(_ key: String, _ value: Int?, _ limit: UInt64) -> UInt64 {
            guard let value = value.map(UInt64.init) else { return limit }
            if value > limit {
                problems.append(
                    ConfigurationProblem(
                        origin(of: key), "\(value) is more than the policy's \(limit)",
                        "Write at most \(limit), or raise it in the policy."))
            }
            return min(value, limit)
        }
        limits.inputBytes = narrow("max_input_bytes", self.limits.inputBytes, policy.inputBytes)
        limits.pixels = narrow("max_pixels", self.limits.pixels, policy.pixels)
        limits.framePixels = narrow(
            "max_frame_pixels", self.limits.framePixels, policy.framePixels)
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return limits
    }
}
