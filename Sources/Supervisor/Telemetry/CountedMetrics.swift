/// The metrics that are counted as things happen. Their names and labels never change meaning.
enum CountedMetrics {
    static let requests = MetricFamily(
        "glovebox_requests_total", .counter, by: ["route", "format", "status", "outcome"],
        "Requests answered, by status code; outcome is ok or the problem's name.")
    static let requestTime = MetricFamily(
        "glovebox_request_duration_seconds", .histogram(bounds: times),
        by: ["route", "format", "status_class"],
        "From a request's head to its answer, without the time the client took to read it.")
    static let requestSize = MetricFamily(
        "glovebox_request_size_bytes", .histogram(bounds: sizes), by: ["route", "format"],
        "Inputs, by the format of the result.")
    static let responseSize = MetricFamily(
        "glovebox_response_size_bytes", .histogram(bounds: sizes), by: ["route", "format"],
        "Bodies of answers.")

    static let jobs = MetricFamily(
        "glovebox_jobs_total", .counter, by: ["policy", "outcome"],
        "Jobs that ended, those of health checks among them and the canaries of reloads not; outcome "
            + "is completed, refused or the failure's name.")
    static let jobWait = MetricFamily(
        "glovebox_job_wait_seconds", .histogram(bounds: times), by: ["policy"],
        "How long jobs waited for a child.")
    static let jobWork = MetricFamily(
        "glovebox_job_work_seconds", .histogram(bounds: times), by: ["policy"],
        "How long children worked on jobs.")
    static let jobsRestarted = MetricFamily(
        "glovebox_jobs_restarted_total", .counter, by: ["policy"],
        "Jobs given to a second child, because the first died before it had sent anything.")
    static let jobsCoalesced = MetricFamily(
        "glovebox_jobs_coalesced_total", .counter, by: ["policy"],
        "Requests that waited for the job of an equal one instead of having their own.")

    static let childrenEnded = MetricFamily(
        "glovebox_children_ended_total", .counter, by: ["policy", "class"],
        "Children that were reaped, but for those that canaries of a reload were sent to; class is "
            + "completed, dismissed (never had a job) or how the child died.")
    static let callsRecorded = MetricFamily(
        "glovebox_calls_recorded_total", .counter, by: ["policy"],
        "Calls beyond a policy that the posture audit recorded and let pass; at most 65536 of one "
            + "child.")
    static let crashRecords = MetricFamily(
        "glovebox_crash_records_total", .counter, by: ["outcome"],
        "Children that did not end well, by what the crash log has of them: written is a record, "
            + "counted a part of a count, since there were too many of one kind or the log could not "
            + "be written, and lost neither, at the end of the service.")
    static let childTime = MetricFamily(
        "glovebox_child_cpu_seconds", .histogram(bounds: times), by: ["policy"],
        "Processor time of a child that had a job, in user mode and in the kernel.")
    static let childMemory = MetricFamily(
        "glovebox_child_peak_resident_bytes", .histogram(bounds: memory), by: ["policy"],
        "Largest resident memory of a child that had a job, pages shared with its zygote included.")
    static let childFaults = MetricFamily(
        "glovebox_child_minor_page_faults", .histogram(bounds: faults), by: ["policy"],
        "Minor page faults of a child that had a job.")

    static let generations = MetricFamily(
        "glovebox_generations_started_total", .counter, by: ["policy", "reason"],
        "Zygotes that became the one that forks, by the reason for the change.")
    static let rotationsHeldBack = MetricFamily(
        "glovebox_rotations_held_back_total", .counter, by: ["policy"],
        "Crashes that would have ended a generation, had the last change not been too short ago.")
    static let zygoteStart = MetricFamily(
        "glovebox_zygote_start_seconds", .histogram(bounds: times), by: ["policy"],
        "From the start of a zygote's program to its greeting.")

    static let reloads = MetricFamily(
        "glovebox_reloads_total", .counter, by: ["outcome"],
        "Reloads of configuration and policies, applied or refused.")

    static let poisonRefused = MetricFamily(
        "glovebox_poison_refused_total", .counter, by: [],
        "Inputs refused without a child, because they had killed children.")
    static let requestsSlowed = MetricFamily(
        "glovebox_requests_slowed_total", .counter, by: [],
        "Requests refused because their client's requests kept killing children.")
    static let quarantined = MetricFamily(
        "glovebox_quarantined_inputs_total", .counter, by: ["outcome"],
        "Inputs of which children died: stored, known (stored before) or failed.")

    static let all = [
        requests, requestTime, requestSize, responseSize, jobs, jobWait, jobWork, jobsRestarted,
        jobsCoalesced, childrenEnded, callsRecorded, crashRecords, childTime, childMemory,
        childFaults,
        generations, rotationsHeldBack, zygoteStart, reloads, poisonRefused, requestsSlowed,
        quarantined,
    ]

    /// Seconds. An image takes milliseconds, and a job at most its deadline.
    private static let times = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// Bytes: 1 KiB to 64 MiB.
    private static let sizes = (0...8).map { Double(1 << (10 + 2 * $0)) }
    /// Bytes: 16 MiB to 2 GiB.
    private static let memory = (0...7).map { Double(1 << (24 + $0)) }
    private static let faults = [250.0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 64_000, 256_000]
}
