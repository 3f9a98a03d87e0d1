#include "CHostile.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define CALL(number) hostile_syscall(number, 0, 0, 0, 0, 0, 0)

static int never;

/* Waits on a word that nobody changes and nobody wakes. */
static void wait_for_ever(void) {
    for (;;) hostile_syscall(SYS_futex, (long)&never, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
}

static void spin(void) {
    for (;;) __asm__ volatile("" ::: "memory");
}

static void *waiting_thread(void *unused) {
    wait_for_ever();
    return unused;
}

static void *spinning_thread(void *unused) {
    spin();
    return unused;
}

/* Threads with small stacks, so that it is their number that ends and not the memory. */
static void thread_bomb(void) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    for (long count = 0; count < 10000; count++) {
        pthread_t thread;
        int failure = pthread_create(&thread, &attributes, waiting_thread, NULL);
        if (failure != 0) hostile_report("thread", -failure);
    }
    hostile_report("10000 threads", 0);
}

static void spin_in_threads(void) {
    for (int count = 0; count < 3; count++) {
        pthread_t thread;
        pthread_create(&thread, NULL, spinning_thread, NULL);
    }
    spin();
}

static void yield_storm(void) {
    for (;;) CALL(SYS_sched_yield);
}

static void close_and_spin(void) {
    hostile_close(4);
    spin();
}

static void close_and_wait(void) {
    hostile_close(4);
    wait_for_ever();
}

/* Makes the program's own code writable: what a jump into shellcode needs. */
static void unlock_code(void) {
    long code = (long)(uintptr_t)&unlock_code & ~4095L;
    hostile_report("mprotect", hostile_syscall(SYS_mprotect, code, 4096,
                                               PROT_READ | PROT_WRITE | PROT_EXEC, 0, 0, 0));
}

/* Takes memory until there is none, then fails the way GLib does. */
static void allocate(void) {
    const size_t piece = 1 << 20;
    for (long count = 0; count < 64 * 1024; count++) {
        char *memory = malloc(piece);
        if (!memory) abort();
        for (size_t offset = 0; offset < piece; offset += 4096) memory[offset] = 1;
    }
    hostile_report("64 GiB", 0);
}

static void map_terabyte(void) {
    hostile_report("mmap", hostile_syscall(SYS_mmap, 0, 1L << 40, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

/* Neighbouring mappings of different protection are never merged, so each one counts. */
static void many_mappings(void) {
    for (long count = 0; count < 1000000; count++) {
        long protection = count % 2 ? PROT_READ : PROT_READ | PROT_WRITE;
        long result = hostile_syscall(SYS_mmap, 0, 4096, protection,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (result < 0 && result >= -4095) hostile_report("mmap", result);
    }
    hostile_report("1000000 mappings", 0);
}

static volatile int endless = 1;

static long overflow(volatile char *caller) {
    volatile char frame[4096];
    if (!endless) return 0;
    frame[0] = (char)(caller[0] + 1);
    return overflow(frame) + frame[1];
}

static void stack_overflow(void) {
    volatile char start[1] = {0};
    hostile_report("recursion", overflow(start));
}

static void flood_errors(void) {
    static char text[65536];
    for (size_t index = 0; index < sizeof text; index++) text[index] = 'A';
    while (hostile_write(2, text, sizeof text)) {}
    hostile_report("write", -EPIPE);
}

static void crash_null(void) { *(volatile int *)8 = 1; }
static void crash_trap(void) { __builtin_trap(); }
static void crash_abort(void) { abort(); }

static void crash_heap(void) {
    char *block = malloc(64);
    /* Not the pointer malloc returned: glibc notices and aborts. */
    void *volatile inside = block + 16;
    free(inside);
}

extern _Noreturn void __stack_chk_fail(void);
static void crash_smashed_stack(void) { __stack_chk_fail(); }

static void signal_self(int number) {
    long own = CALL(SYS_getpid);
    hostile_report("tgkill", hostile_syscall(SYS_tgkill, own, CALL(SYS_gettid), number, 0, 0, 0));
}

static void kill_self(void) { signal_self(SIGKILL); }
static void stop_self(void) { signal_self(SIGSTOP); }

static void exit_0(void) { hostile_exit(0); }
static void exit_42(void) { hostile_exit(42); }

#if defined(__x86_64__)
static long interrupt80(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c)
                     : "r8", "r9", "r10", "r11", "memory");
    return result;
}

/* Numbers of the 32-bit table: 20 is getpid, 359 is socket. */
static void int80_getpid(void) { hostile_report("int80 getpid", interrupt80(20, 0, 0, 0)); }
static void int80_socket(void) { hostile_report("int80 socket", interrupt80(359, 2, 1, 0)); }

static volatile int zero;
static void crash_divide(void) { zero = 1 / zero; }

#define X32 0x40000000L
static void x32_getpid(void) { hostile_report("x32 getpid", CALL(X32 | SYS_getpid)); }
static void x32_execve(void) { hostile_report("x32 execve", CALL(X32 | 520)); }
#endif

const struct hostile_program hostile_programs[] = {
    {"08-thread-bomb", thread_bomb},
    {"10-unlock-code", unlock_code},
#if defined(__x86_64__)
    {"15-int80-getpid", int80_getpid},
    {"15-int80-socket", int80_socket},
    {"15-x32-getpid", x32_getpid},
    {"15-x32-execve", x32_execve},
    {"crash-divide", crash_divide},
#endif
    {"26-close-and-spin", close_and_spin},
    {"26-close-and-wait", close_and_wait},
    {"27-infinite-loop", spin},
    {"27-spinning-threads", spin_in_threads},
    {"27-yield-storm", yield_storm},
    {"27-futex-forever", wait_for_ever},
    {"28-allocate", allocate},
    {"28-map-terabyte", map_terabyte},
    {"28-many-mappings", many_mappings},
    {"28-stack-overflow", stack_overflow},
    {"29-flood-errors", flood_errors},
    {"35-exit-0", exit_0},
    {"35-exit-42", exit_42},
    {"35-sigkill-self", kill_self},
    {"35-sigstop-self", stop_self},
    {"crash-null", crash_null},
    {"crash-trap", crash_trap},
    {"crash-abort", crash_abort},
    {"crash-heap", crash_heap},
    {"crash-smashed-stack", crash_smashed_stack},
    {NULL, NULL},
};
