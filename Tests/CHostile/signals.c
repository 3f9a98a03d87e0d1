#include "CHostile.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* What an attacker does with signals so that its end should look like another. */

static const struct hostile_sigaction ignoring = {.handler = (uintptr_t)SIG_IGN};

static void leave(int number) {
    (void)number;
    hostile_exit(0);
}

/* Blocks every signal that can be blocked, which the policy allows. */
static void block_all(void) {
    const uint64_t all = ~(uint64_t)0;
    long result = hostile_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)(uintptr_t)&all, 0,
                                  sizeof all, 0, 0);
    if (result != 0) hostile_report("rt_sigprocmask", result);
}

static void perform_blocked(const char *act) {
    block_all();
    hostile_perform(act);
}

static void block_and_crash(void) { perform_blocked("crash-null"); }
static void block_and_trap(void) { perform_blocked("crash-trap"); }
static void block_and_abort(void) { perform_blocked("crash-abort"); }
static void block_and_call(void) { perform_blocked("04-socket-inet"); }
static void block_and_spin(void) { perform_blocked("27-infinite-loop"); }
#if defined(__x86_64__)
static void block_and_foreign_call(void) { perform_blocked("15-int80-socket"); }
#endif

/* The one signal whose action the policy leaves to the child. */
static void set_abort_action(const struct hostile_sigaction *action) {
    long result = hostile_syscall(SYS_rt_sigaction, SIGABRT, (long)(uintptr_t)action, 0,
                                  sizeof action->mask, 0, 0);
    if (result != 0) hostile_report("rt_sigaction", result);
    abort();
}

static void ignore_abort(void) { set_abort_action(&ignoring); }

static void handle_abort(void) {
    const struct hostile_sigaction leaving = {.handler = (uintptr_t)leave};
    set_abort_action(&leaving);
}

/* The end of a handler that never began: the kernel takes whatever lies on the stack for what it
 * had saved there. Zeros are an instruction pointer that nobody can go to. */
static void forge_frame(void) {
    char nothing[4096];
    memset(nothing, 0, sizeof nothing);
    __asm__ volatile("" : : "r"(nothing) : "memory");
    hostile_report("rt_sigreturn", hostile_syscall(SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0));
}

const struct hostile_program hostile_signal_programs[] = {
    {"31-block-and-crash", block_and_crash},
    {"31-block-and-trap", block_and_trap},
    {"31-block-and-abort", block_and_abort},
    {"31-block-and-call", block_and_call},
    {"31-block-and-spin", block_and_spin},
#if defined(__x86_64__)
    {"31-block-and-foreign-call", block_and_foreign_call},
#endif
    {"31-ignore-abort", ignore_abort},
    {"31-handle-abort", handle_abort},
    {"31-forge-frame", forge_frame},
    {NULL, NULL},
};
