-- For wrk: asks for the lines of the file that TARGETS names in turn, so that no two equal requests
-- are in flight. A line is KIND PATH, and BODY for a POST with that file. Prints one line of JSON.
--
-- With RECORD each answer is a line KIND STATUS MILLISECONDS in RECORD.1 and so on, one file for
-- each of THREADS threads, which have a part of the lines each. There must be a connection for each
-- thread then, or an answer would not know its request.
local requests, kinds, turn = {}, {}, 0
local record = os.getenv("RECORD")
local parts = tonumber(os.getenv("THREADS") or 1)
local clock, asked, file
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init()
    local lines = {}
    for line in io.lines(os.getenv("TARGETS")) do
        lines[#lines + 1] = line
    end
    local part = math.floor(#lines / parts)
    for place = (number - 1) * part + 1, number * part do
        local kind, path, body = lines[place]:match("^(%S+) (%S+) ?(%S*)$")
        local text
        if body ~= "" then
            local source = assert(io.open(body, "rb"))
            text = source:read("*a")
            source:close()
        end
        kinds[#kinds + 1] = kind
        requests[#requests + 1] = wrk.format(text and "POST" or "GET", path, nil, text)
    end
    -- Not all of them at the same kind of image at the same time.
    turn = number * 3
    if record then
        local ffi = require("ffi")
        ffi.cdef("typedef struct { long seconds, nanoseconds; } moment;"
            .. "int clock_gettime(int, moment *);")
        local now = ffi.new("moment")
        clock = function()
            ffi.C.clock_gettime(1, now)
            return tonumber(now.seconds) * 1e3 + tonumber(now.nanoseconds) / 1e6
        end
        file = assert(io.open(record .. "." .. number, "w"))
        file:setvbuf("line")
    end
end

function request()
    turn = turn % #requests + 1
    if record then
        asked = clock()
    end
    return requests[turn]
end

if record then
    function response(status)
        file:write(kinds[turn], " ", status, " ", string.format("%.3f", clock() - asked), "\n")
    end
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"images": %d, "seconds": %.6f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, '
            .. '"failed": %d, "refused": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
        latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
