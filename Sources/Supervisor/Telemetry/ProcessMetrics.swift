import FoundationEssentials
import Glibc

/// The supervisor's own use of the machine, under the names that Prometheus's client libraries
/// share (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
enum ProcessMetrics {
    private static let processor = MetricFamily(
        "process_cpu_seconds_total", .counter,
        "Processor time of the supervisor, in user mode and in the kernel.")
    private static let openDescriptors = MetricFamily(
        "process_open_fds", .gauge, "Descriptors the supervisor has open.")
    private static let mostDescriptors = MetricFamily(
        "process_max_fds", .gauge, "Descriptors the supervisor may have open.")
    private static let resident = MetricFamily(
        "process_resident_memory_bytes", .gauge, "Resident memory of the supervisor.")
    private static let virtual = MetricFamily(
        "process_virtual_memory_bytes", .gauge, "Address space of the supervisor.")
    private static let start = MetricFamily(
        "process_start_time_seconds", .gauge,
        "When the supervisor started, in seconds since 1970.")

    /// Appends what can be read; what cannot is left out, as the convention has it.
    static func append(to text: inout PrometheusText) {
        let all: [(MetricFamily, Double?)] = [
            (processor, processorSeconds()), (openDescriptors, openDescriptorCount()),
            (mostDescriptors, descriptorLimit()), (resident, pages(1)), (virtual, pages(0)),
            (start, startTime),
        ]
        for (family, value) in all {
            if let value { text.append(family, [MetricSeries(value)]) }
        }
    }

    private static func processorSeconds() -> Double? {
        var usage = rusage()
        // The call fills the structure, which outlives it.
        guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
        let times = [usage.ru_utime, usage.ru_stime]
        return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    private static func descriptorLimit() -> Double? {
        var limit = rlimit()
        // As above.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        return Double(limit.rlim_cur)
    }

    /// Since Linux 6.2 the folder's size is their number. That works where its list does not: a
    /// process that has dropped root may not read its own.
    private static func openDescriptorCount() -> Double? {
        let path = "/proc/self/fd"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? UInt64, size > 0 { return Double(size) }
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        // Reading the list takes a descriptor itself.
        return names.map { Double($0.count - 1) }
    }

    /// A field of proc_pid_statm(5), which counts pages, in bytes.
    private static func pages(_ field: Int) -> Double? {
        guard let fields = fields("/proc/self/statm"), fields.indices.contains(field),
            let count = Double(fields[field])
        else { return nil }
        return count * Double(sysconf(CInt(_SC_PAGESIZE)))
    }

    /// Boot time, plus field 22 of proc_pid_stat(5) in clock ticks.
    private static let startTime: Double? = {
        guard let text = contents("/proc/self/stat"),
            // The second field is the program's name, which may hold anything.
            let end = text.lastIndex(of: ")"),
            let lines = contents("/proc/stat")?.split(separator: "\n"),
            let boot = lines.first(where: { $0.hasPrefix("btime ") })?.split(separator: " ").last,
            let booted = Double(boot)
        else { return nil }
        let fields = text[end...].split(separator: " ").dropFirst()
        guard fields.count > 19, let ticks = Double(fields[fields.startIndex + 19]) else {
            return nil
        }
        return booted + ticks / Double(sysconf(CInt(_SC_CLK_TCK)))
    }()

    private static func fields(_ path: String) -> [Substring]? {
        contents(path)?.split { $0 == " " || $0 == "\n" }
    }

    private static func contents(_ path: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
