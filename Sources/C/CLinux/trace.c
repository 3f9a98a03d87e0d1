#include "CLinux.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int result(long value) { return value < 0 ? -errno : (int)value; }

/* Should this process die, the kernel ends what it traces. */
int clinux_trace_stop(pid_t thread) {
    if (ptrace(PTRACE_SEIZE, thread, NULL, (void *)(uintptr_t)PTRACE_O_EXITKILL) != 0)
        return -errno;
    return result(ptrace(PTRACE_INTERRUPT, thread, NULL, NULL));
}

static int take_registers(pid_t thread, struct clinux_registers *to) {
    memset(to, 0, sizeof *to);
#if defined(__x86_64__)
    struct user_regs_struct held;
    struct iovec part = {.iov_base = &held, .iov_len = sizeof held};
    if (ptrace(PTRACE_GETREGSET, thread, (void *)NT_PRSTATUS, &part) != 0) return -errno;
    const uint64_t values[] = {held.rip, held.rsp, held.rbp, held.rax, held.rbx,
                               held.rcx, held.rdx, held.rsi, held.rdi, held.r8,
                               held.r9,  held.r10, held.r11, held.r12, held.r13,
                               held.r14, held.r15, held.eflags, held.orig_rax};
    memcpy(to->values, values, sizeof values);
#elif defined(__aarch64__)
    struct user_regs_struct held;
    struct iovec part = {.iov_base = &held, .iov_len = sizeof held};
    if (ptrace(PTRACE_GETREGSET, thread, (void *)NT_PRSTATUS, &part) != 0) return -errno;
    to->values[0] = held.pc;
    to->values[1] = held.sp;
    memcpy(&to->values[2], held.regs, 31 * sizeof(uint64_t));
    to->values[33] = held.pstate;
#endif
    return 0;
}

int clinux_trace_look(pid_t thread, struct clinux_registers *registers,
                      struct clinux_frames *frames) {
    /* Stops alone: the end of a child is for whoever reaps it. */
    siginfo_t info;
    info.si_pid = 0;
    if (waitid(P_PID, (id_t)thread, &info, WSTOPPED | WNOHANG | __WALL) != 0) return -errno;
    if (info.si_pid == 0) return 0;
    int failure = take_registers(thread, registers);
    if (failure != 0) return failure;

    /* One thread alone does this, and a word more than the piece tells whether there is more. Reading
     * waits for the child's mmap_lock, which its other threads may fight over: one call, for two
     * parts. The first ends with its page, since the stack may end there too. */
    static uint64_t piece[CLINUX_HELD_PIECE / sizeof(uint64_t) + 1];
    uintptr_t from = registers->values[1] & ~(uintptr_t)7;
    size_t first = 4096 - (from & 4095);
    struct iovec here = {.iov_base = piece, .iov_len = sizeof piece};
    struct iovec there[] = {
        {.iov_base = (void *)from, .iov_len = first},
        {.iov_base = (void *)(from + first), .iov_len = sizeof piece - first},
    };
    ssize_t size = process_vm_readv(thread, &here, 1, there, 2, 0);
    if (size < 0) size = 0;
    int is_longer = size > CLINUX_HELD_PIECE;
    clinux_find_frames(registers, piece, is_longer ? CLINUX_HELD_PIECE : (size_t)size, frames);
    if (is_longer) frames->is_truncated = 1;
    return 1;
}

int clinux_trace_reap(pid_t thread) {
    int status;
    pid_t changed = waitpid(thread, &status, WNOHANG | __WALL);
    if (changed < 0) return 1;
    return changed == thread && !WIFSTOPPED(status);
}

uint64_t clinux_microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
