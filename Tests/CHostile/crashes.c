#include "CHostile.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Faults of a decoder beside the plainest, and what an attacker makes of the report of one. */

static void crash_jump(void) {
    void (*volatile nowhere)(void) = NULL;
    nowhere();
    hostile_report("jump", 0);
}

#if defined(__x86_64__)
static void crash_non_canonical(void) {
    *(volatile int *)0x8000000000000000 = 1;
    hostile_report("non-canonical", 0);
}
#endif

/* Raises the signal once, and goes on behind it. */
static void crash_breakpoint(void) {
#if defined(__x86_64__)
    __asm__ volatile("int3");
#elif defined(__aarch64__)
    __asm__ volatile("brk #0");
#endif
    hostile_report("breakpoint", 0);
}

static void *performing_thread(void *act) {
    hostile_perform(act);
    return NULL;
}

static void perform_in_thread(const char *act) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, performing_thread, (void *)(uintptr_t)act) != 0)
        hostile_report("thread", -1);
    pthread_join(thread, NULL);
}

static void null_in_thread(void) { perform_in_thread("crash-null"); }
static void abort_in_thread(void) { perform_in_thread("crash-abort"); }
static void overflow_in_thread(void) { perform_in_thread("28-stack-overflow"); }
static void socket_in_thread(void) { perform_in_thread("04-socket-inet"); }

static void *spinning_thread(void *unused) {
    for (;;) __asm__ volatile("" ::: "memory");
    return unused;
}

/* One thread is looked at while others work. */
static void socket_beside_work(void) {
    pthread_t thread;
    for (int count = 0; count < 3; count++)
        pthread_create(&thread, NULL, spinning_thread, NULL);
    perform_in_thread("04-socket-inet");
}

/* WIRE.md, "A child's report of its crash": SIGBUS at 0x1234, all registers 0x11, in the first thread. */
static uint8_t forged[8 + 4 + 4 + 8 + 8 + 34 * 8];

static void forge(void) {
    static const uint8_t magic[] = {0x7f, 'G', 'L', 'B', 'X', 0xc1, 0, 1};
    memcpy(forged, magic, sizeof magic);
    forged[8] = 7;
    forged[12] = 2;
    forged[16] = 1;
    forged[24] = 0x34;
    forged[25] = 0x12;
    for (size_t place = 32; place < sizeof forged; place += 8) forged[place] = 0x11;
}

static void forge_report(void) {
    forge();
    hostile_write(2, "before", 6);
    hostile_write(2, forged, sizeof forged);
    hostile_write(2, "after", 5);
    hostile_exit(3);
}

static void forge_half_report(void) {
    forge();
    hostile_write(2, forged, sizeof forged / 2);
    hostile_exit(3);
}

static void forge_and_crash(void) {
    forge();
    for (int count = 0; count < 20; count++) hostile_write(2, forged, sizeof forged);
    hostile_perform("crash-null");
}

static void print_and_crash(void) {
    static char text[4096];
    memset(text, 'A', sizeof text);
    for (int count = 0; count < 50; count++) hostile_write(2, text, sizeof text);
    hostile_perform("crash-null");
}

const struct hostile_program hostile_crash_programs[] = {
    {"crash-jump", crash_jump},
#if defined(__x86_64__)
    {"crash-non-canonical", crash_non_canonical},
#endif
    {"crash-breakpoint", crash_breakpoint},
    {"crash-null-in-thread", null_in_thread},
    {"crash-abort-in-thread", abort_in_thread},
    {"crash-overflow-in-thread", overflow_in_thread},
    {"04-socket-in-thread", socket_in_thread},
    {"33-socket-beside-work", socket_beside_work},
    {"32-forged-report", forge_report},
    {"32-half-a-report", forge_half_report},
    {"32-forged-before-crash", forge_and_crash},
    {"crash-after-much-text", print_and_crash},
    {NULL, NULL},
};
