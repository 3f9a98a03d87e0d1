extension SyscallCatalogue {
    /// Calls for clocks and timers.
    static let time: [SyscallEntry] = [
        .init(
            "clock_gettime", 228, 113, .time, .limited, "tells a clock's time",
            "fine times, for side channels", ("which_clock", .clock), ("tp", .pointer)),
        .init(
            "clock_getres", 229, 114, .time, .harmless, "tells how fine a clock is", nil,
            ("which_clock", .clock), ("tp", .pointer)),
        .init(
            "clock_settime", 227, 112, .time, .dangerous, "sets a clock",
            "with CAP_SYS_TIME the time of the machine", ("which_clock", .clock), ("tp", .pointer)),
        .init(
            "clock_adjtime", 305, 266, .time, .dangerous, "tunes a clock",
            "with CAP_SYS_TIME the time of the machine", ("which_clock", .clock), ("utx", .pointer)),
        .init(
            "clock_nanosleep", 230, 115, .time, .harmless, "sleeps by a clock", nil,
            ("which_clock", .clock), ("flags", .int), ("rqtp", .pointer), ("rmtp", .pointer)),
        .init(
            "nanosleep", 35, 101, .time, .harmless, "sleeps", nil, ("rqtp", .pointer),
            ("rmtp", .pointer)),
        .init(
            "gettimeofday", 96, 169, .time, .limited, "tells the time", "times, for side channels",
            ("tv", .pointer), ("tz", .pointer)),
        .init(
            "settimeofday", 164, 170, .time, .dangerous, "sets the time",
            "with CAP_SYS_TIME the time of the machine", ("tv", .pointer), ("tz", .pointer)),
        .init(
            "adjtimex", 159, 171, .time, .dangerous, "tunes the machine's clock",
            "with CAP_SYS_TIME the time of the machine", ("txc_p", .pointer)),
        .init(
            "time", 201, nil, .time, .limited, "tells the time in seconds", "little: seconds",
            ("tloc", .pointer)),
        .init(
            "alarm", 37, nil, .time, .limited, "asks for SIGALRM after some seconds",
            "signals to itself", ("seconds", .unsigned)),
        .init(
            "getitimer", 36, 102, .time, .harmless, "tells what is left of a timer", nil,
            ("which", .int), ("value", .pointer)),
        .init(
            "setitimer", 38, 103, .time, .limited, "asks for signals at times", "signals to itself",
            ("which", .int), ("value", .pointer), ("ovalue", .pointer)),
        .init(
            "timer_create", 222, 107, .time, .limited, "makes a timer that sends signals",
            "kernel objects, with a history of flaws", ("which_clock", .clock),
            ("timer_event_spec", .pointer), ("created_timer_id", .pointer)),
        .init(
            "timer_settime", 223, 110, .time, .limited, "starts or stops a timer",
            "little without timer_create", ("timer_id", .int), ("flags", .int),
            ("new_setting", .pointer), ("old_setting", .pointer)),
        .init(
            "timer_gettime", 224, 108, .time, .harmless, "tells what is left of a timer", nil,
            ("timer_id", .int), ("setting", .pointer)),
        .init(
            "timer_getoverrun", 225, 109, .time, .harmless, "tells how often a timer ran over", nil,
            ("timer_id", .int)),
        .init(
            "timer_delete", 226, 111, .time, .harmless, "removes a timer", nil, ("timer_id", .int)),
        .init(
            "timerfd_create", 283, 85, .time, .limited, "makes a timer that can be read",
            "a kernel object", ("clockid", .clock), ("flags", .openFlags)),
        .init(
            "timerfd_settime", 286, 86, .time, .limited, "starts or stops a timer that can be read",
            "little without timerfd_create", ("ufd", .descriptor), ("flags", .int),
            ("utmr", .pointer), ("otmr", .pointer)),
        .init(
            "timerfd_gettime", 287, 87, .time, .harmless,
            "tells what is left of a timer that can be read", nil, ("ufd", .descriptor),
            ("otmr", .pointer)),
    ]
}
