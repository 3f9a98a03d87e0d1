#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ucontext.h>
#include <unistd.h>

/* A child's own report of a crash: what it was doing, written to descriptor 2 before it dies. Nothing
 * here allocates, locks, or makes another system call than write(2). */

#if defined(__x86_64__)
/* Ends this process by this signal, whose action is the default one by now, with the instruction that
 * raises it: a system call that sends a signal is none that a policy allows. */
static void die_of(int number) {
    if (number == SIGILL) __asm__ volatile("ud2");
    if (number == SIGTRAP) __asm__ volatile("int3");
    if (number == SIGFPE) __asm__ volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
    /* An access that is not aligned, while that is checked (the flag AC). */
    if (number == SIGBUS)
        __asm__ volatile("pushfq\n\torl $0x40000, (%%rsp)\n\tpopfq\n\tmovl 1(%%rsp), %%eax"
                         :
                         :
                         : "rax", "memory", "cc");
    __asm__ volatile("hlt");
}
#elif defined(__aarch64__)
static void die_of(int number) {
    if (number == SIGTRAP) __asm__ volatile("brk #0");
    if (number == SIGSEGV) __asm__ volatile("str xzr, [%0]" : : "r"(0L) : "memory");
    __asm__ volatile("udf #0");
}
#endif

static void take_registers(const ucontext_t *context, struct clinux_registers *to) {
    memset(to, 0, sizeof *to);
#if defined(__x86_64__)
    static const int order[] = {REG_RIP, REG_RSP, REG_RBP, REG_RAX, REG_RBX, REG_RCX,
                                REG_RDX, REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10,
                                REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_EFL};
    for (size_t index = 0; index < sizeof order / sizeof *order; index++)
        to->values[index] = (uint64_t)context->uc_mcontext.gregs[order[index]];
#elif defined(__aarch64__)
    to->values[0] = context->uc_mcontext.pc;
    to->values[1] = context->uc_mcontext.sp;
    for (int index = 0; index < 31; index++)
        to->values[2 + index] = context->uc_mcontext.regs[index];
    to->values[33] = context->uc_mcontext.pstate;
#endif
}

/* What is written: fixed sizes, and magic numbers that no text has. WIRE.md has the layout. */
static struct {
    uint8_t magic[8];
    uint32_t signal;
    int32_t code;
    uint64_t is_first_thread;
    uint64_t fault_address;
    struct clinux_registers registers;
} crash = {.magic = CLINUX_CRASH_MAGIC};

static struct {
    uint8_t magic[8];
    struct clinux_frames frames;
} stack = {.magic = CLINUX_FRAMES_MAGIC};

static pthread_t first_thread;

/* The largest stack: more than RLIMIT_STACK ever allows one of them. */
#define LARGEST_STACK (16ul << 20)

/* How many bytes of the stack can be read from this pointer into it. The first thread's has the
 * kernel's own strings at its end; in any other one that glibc has made the thread's descriptor lies
 * above all frames. 0 for a pointer that is into no such stack. */
static size_t rest_of_stack(uintptr_t from, int is_first) {
    uintptr_t end = is_first ? (uintptr_t)getauxval(AT_EXECFN) : (uintptr_t)pthread_self();
    return from < end && end - from < LARGEST_STACK ? end - from : 0;
}

static void report(int number, siginfo_t *info, void *context) {
    int saved = errno;
    int is_first = pthread_self() == first_thread;
    crash.signal = (uint32_t)number;
    crash.code = info->si_code;
    crash.is_first_thread = (uint64_t)is_first;
    /* A signal that somebody sent has a sender here, and no address. */
    crash.fault_address = info->si_code > 0 ? (uint64_t)(uintptr_t)info->si_addr : 0;
    take_registers(context, &crash.registers);
    /* First and by itself: reading the stack may fault again, and then this was said. */
    ssize_t written = write(2, &crash, sizeof crash);

    uintptr_t from = crash.registers.values[1] & ~(uintptr_t)7;
    /* A stack that has overflowed has no memory at the pointer. What there is begins on the page
     * after the one that was missing. */
    uintptr_t missing = (uintptr_t)crash.fault_address;
    if (missing >= from && missing - from < LARGEST_STACK) from = (missing | 4095) + 1;
    clinux_find_frames(&crash.registers, (const uint64_t *)from, rest_of_stack(from, is_first),
                       &stack.frames);
    written = write(2, &stack, sizeof stack);
    (void)written;
    errno = saved;
    /* abort(3) raises SIGABRT again, and processor time runs out for good a second later. A fault
     * happens again once this returns. A trap would not, and neither would a signal that was sent. */
    if (number == SIGABRT || number == SIGXCPU) return;
    if (number == SIGTRAP || info->si_code <= 0) die_of(number);
}

/* What a handler runs on when it is the stack itself that has overflowed. Its first page is left
 * alone until then. The frame of a signal is up to 12 KiB where the processor has AMX. */
static uint8_t spare[64 << 10] __attribute__((aligned(4096)));

int clinux_report_crashes(void) {
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGXCPU};
    first_thread = pthread_self();
    const stack_t other = {.ss_sp = spare, .ss_size = sizeof spare};
    if (sigaltstack(&other, NULL) != 0) return -errno;
    struct sigaction action = {
        .sa_sigaction = report,
        .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER,
    };
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++)
        if (sigaction(numbers[index], &action, NULL) != 0) return -errno;
    return 0;
}
