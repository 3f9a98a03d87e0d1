import SandboxPolicy

/// The metrics that say what the sandbox is doing at the moment of asking.
enum StatusMetrics {
    private static let build = MetricFamily(
        "glovebox_build_info", .gauge, by: ["version", "swift", "libvips"],
        "Always 1; the versions of the service, of its compiler and of libvips in its zygotes.")
    private static let policy = MetricFamily(
        "glovebox_policy_info", .gauge,
        by: ["policy", "sha256", "base_sha256", "program_sha256", "libvips"],
        "Always 1; the policy file, its base and its program by their hashes, and libvips by the "
            + "zygote's word.")
    private static let running = MetricFamily(
        "glovebox_jobs_running", .gauge, "Jobs that run.")
    private static let workers = MetricFamily(
        "glovebox_workers", .gauge, "Jobs that may run at a time.")
    private static let waiting = MetricFamily(
        "glovebox_queue_jobs", .gauge, "Jobs that wait for a child.")
    private static let queue = MetricFamily(
        "glovebox_queue_capacity_jobs", .gauge, "Jobs that may wait for a child.")
    private static let serving = MetricFamily(
        "glovebox_pool_serving", .gauge, by: ["policy"],
        "1 while the policy is served, 0 while its zygote starts or cannot be had.")
    private static let children = MetricFamily(
        "glovebox_children", .gauge, by: ["policy", "state"], "Children that live, by state.")
    private static let generations = MetricFamily(
        "glovebox_generations", .gauge, by: ["policy", "role"], "Zygotes that live, by role.")
    private static let age = MetricFamily(
        "glovebox_generation_age_seconds", .gauge, by: ["policy"], "Age of the zygote that forks.")
    private static let forks = MetricFamily(
        "glovebox_generation_forks", .gauge, by: ["policy"],
        "Children asked of the zygote that forks.")
    private static let layer = MetricFamily(
        "glovebox_layer_enforced", .gauge, by: ["policy", "layer"],
        "1 for each layer of confinement that is in force, 0 for each that is not.")

    private static let reloadSuccess = MetricFamily(
        "glovebox_last_reload_successful", .gauge,
        "1 while what the files said last is in force; 0 after a reload that was refused.")
    private static let reloadTime = MetricFamily(
        "glovebox_last_reload_success_timestamp_seconds", .gauge,
        "When the files were last read and put in force, by a reload or by the start; Unix time.")

    /// - Parameters:
    ///   - isCurrent: whether the last reload was applied, or there was none.
    ///   - applied: seconds since 1970 of the last one that was, or of the start.
    static func append(reload isCurrent: Bool, applied: Double, to text: inout PrometheusText) {
        text.append(reloadSuccess, [MetricSeries(isCurrent ? 1 : 0)])
        text.append(reloadTime, [MetricSeries(applied)])
    }

    static func append(_ status: RunnerStatus, to text: inout PrometheusText) {
        let pools = status.pools
        let libraries = Set(pools.compactMap(\.libvips)).sorted().joined(separator: ",")
        text.append(build, [MetricSeries([Version.current, Version.swift, libraries], 1)])
        text.append(
            policy,
            pools.map { pool in
                let policy = pool.identity
                return MetricSeries(
                    [
                        policy.name, policy.sha256, policy.baseSHA256 ?? "", policy.programSHA256,
                        pool.libvips ?? "",
                    ], 1)
            })
        text.append(running, [MetricSeries(Double(status.running))])
        text.append(workers, [MetricSeries(Double(status.workers))])
        text.append(waiting, [MetricSeries(Double(status.waiting))])
        text.append(queue, [MetricSeries(Double(status.queue))])
        text.append(
            serving, pools.map { MetricSeries([$0.policy], $0.state == .serving ? 1 : 0) })
        text.append(
            children,
            pools.flatMap { pool in
                ChildStatus.State.allCases.map { state in
                    let count = pool.children.count { $0.state == state }
                    return MetricSeries([pool.policy, state.rawValue], Double(count))
                }
            })
        text.append(
            generations,
            pools.flatMap { pool in
                GenerationStatus.Role.allCases.map { role in
                    let count = pool.generations.count { $0.role == role }
                    return MetricSeries([pool.policy, role.rawValue], Double(count))
                }
            })
        text.append(
            age,
            pools.compactMap { pool in
                pool.current.map { MetricSeries([pool.policy], $0.age / .seconds(1)) }
            })
        text.append(
            forks,
            pools.compactMap { pool in
                pool.current.map { MetricSeries([pool.policy], Double($0.forks)) }
            })
        text.append(
            layer,
            pools.flatMap { pool in
                // Before the first child is ready nothing is known, which is not the same as 0.
                guard let posture = pool.posture else { return [MetricSeries]() }
                return Layer.allCases.map { layer in
                    let isEnforced = posture[layer]?.state == .enforced
                    return MetricSeries([pool.policy, layer.rawValue], isEnforced ? 1 : 0)
                }
            })
    }
}

extension PoolStatus {
    /// The generation that forks.
    var current: GenerationStatus? { generations.first { $0.role == .current } }
}

extension Version {
    /// The compiler's version.
    static var swift: String {
        #if compiler(>=6.5)
            "6.5 or newer"
        #elseif compiler(>=6.4)
            "6.4"
        #else
            "6.3"
        #endif
    }
}
