#ifndef FILTER_PROBE_H
#define FILTER_PROBE_H

#include <stdint.h>

/* A request on standard input, all little-endian: this header, `instructions` times 8 bytes of BPF,
 * `calls` times a probe_call. The answer on standard output: `calls` times a probe_verdict. */
struct probe_header {
    uint32_t instructions;
    uint32_t calls;
};

struct probe_call {
    uint32_t number;
    uint32_t manner; /* 0: this machine's own; 1: 32-bit calls of x86 (int 0x80) */
    uint64_t arguments[6];
};

enum probe_kind {
    PROBE_PASSED = 1, /* allow, log, or trace without a tracer */
    PROBE_ERRNO = 2,  /* data: the errno */
    PROBE_NOTIFIED = 3,
    PROBE_TRAPPED = 4, /* data: the program's */
    PROBE_KILLED = 5,  /* the process or its only thread */
    PROBE_NO_SUCH_MANNER = 6, /* a kernel without 32-bit calls */
    PROBE_CARRIED_OUT = 7,    /* the kernel made the call without asking, and it was SIGILL */
};

struct probe_verdict {
    uint32_t kind;
    uint32_t data;
};

/* What a child writes for its parent: the verdict on each call, and how far it has come. */
struct probe_board {
    volatile uint32_t listener; /* the descriptor plus one, once there is one */
    volatile uint32_t failure;  /* an errno, when the child could not be set up */
    volatile uint32_t next;     /* the call that is being made */
    volatile uint32_t is_done;
    struct probe_verdict verdicts[];
};

struct probe_job {
    const void *program;
    uint16_t instructions;
    const struct probe_call *calls;
    uint32_t count;
    uint32_t stacked; /* what the filter under the program returns */
    struct probe_board *board;
};

/* Runs in a child of its own that shares the table of descriptors. Never returns. */
_Noreturn void probe_child(const struct probe_job *job);

#endif
