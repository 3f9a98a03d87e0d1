#include "probe.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Lets seccomp(2), and nothing else, through the stacked filter. */
static const uint64_t magic = 0x676c6f7665626f78;

/* SYS_SECCOMP of asm-generic/siginfo.h, which glibc's signal.h lacks. */
enum { sys_seccomp = 1 };

static const struct probe_job *current;

/* The end without a system call, which the program may not allow: a signal by the processor. */
static _Noreturn void end(void) { __builtin_trap(); }

static _Noreturn void fail(int code) {
    current->board->failure = (uint32_t)code;
    end();
}

/* A trap's handler cannot return, since that takes a call as well. */
static void on_sigsys(int signal, siginfo_t *info, void *context) {
    (void)signal;
    (void)context;
    struct probe_board *board = current->board;
    if (info->si_code == sys_seccomp) {
        board->verdicts[board->next] =
            (struct probe_verdict){PROBE_TRAPPED, (uint32_t)info->si_errno & 0xffff};
    }
    end();
}

/* Installed before the program, so that where both answer with the same action the program's data
 * count: the kernel asks the newest filter first, and an older one only wins with a lower action. */
static void stack_filter(uint32_t answer) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_seccomp, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)magic, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5]) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(magic >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, answer),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) fail(errno);
}

static void install_program(void) {
    struct sock_fprog program = {current->instructions, (struct sock_filter *)current->program};
    long listener = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                            &program, 0L, 0L, magic);
    if (listener < 0) fail(errno);
    current->board->listener = (uint32_t)listener + 1;
}

static long call_as_i386(const struct probe_call *call) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"((long)call->number), "b"(call->arguments[0]), "c"(call->arguments[1]),
                       "d"(call->arguments[2]), "S"(call->arguments[3]), "D"(call->arguments[4])
                     : "memory", "r8", "r9", "r10", "r11");
    return result;
#else
    (void)call;
    return -ENOSYS;
#endif
}

static struct probe_verdict make(const struct probe_call *call) {
    const uint64_t *a = call->arguments;
    long result = call->manner == 1
                      ? call_as_i386(call)
                      : syscall((long)(int32_t)call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (result == -1) return (struct probe_verdict){PROBE_ERRNO, (uint32_t)errno};
    return (struct probe_verdict){PROBE_ERRNO, result < 0 ? (uint32_t)-result : 0};
}

_Noreturn void probe_child(const struct probe_job *job) {
    current = job;
    struct rlimit none = {0, 0};
    struct sigaction trap = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO | SA_NODEFER};
    /* Handlers of Swift's runtime, which the build links in, would make calls of its own. */
    signal(SIGILL, SIG_DFL);
    signal(SIGTRAP, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || sigaction(SIGSYS, &trap, NULL) != 0) {
        fail(errno);
    }
    stack_filter(job->stacked);
    install_program();
    struct probe_board *board = job->board;
    for (; board->next < job->count; board->next++) {
        struct probe_verdict verdict = make(&job->calls[board->next]);
        /* What the listener saw stands there already. */
        if (board->verdicts[board->next].kind == 0) board->verdicts[board->next] = verdict;
    }
    board->is_done = 1;
    end();
}
