#include "CHostile.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* What an attacker does with threads while one of them is held for the zygote. */

static volatile int started;

/* As many threads as there may be, up to a hundred, with small stacks. */
static int start_threads(void *(*body)(void *), int most) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    int count = 0;
    pthread_t thread;
    while (count < most && pthread_create(&thread, &attributes, body, NULL) == 0) count++;
    return count;
}

static void wait_for_start(void) {
    while (!started) hostile_syscall(SYS_futex, (long)&started, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
}

static void start(void) {
    started = 1;
    hostile_syscall(SYS_futex, (long)&started, FUTEX_WAKE_PRIVATE, INT_MAX, 0, 0, 0);
}

/* Each call is held until the child is dead. */
static void ask_for_socket(void) {
    hostile_report("socket", hostile_syscall(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0));
}

static void *asking_thread(void *unused) {
    wait_for_start();
    ask_for_socket();
    return unused;
}

static void flood(void) {
    start_threads(asking_thread, 100);
    start();
    ask_for_socket();
}

/* As flood, and worth nothing with fewer threads than a hundred. */
static void flood_from_hundred(void) {
    int count = start_threads(asking_thread, 100);
    if (count != 100) hostile_report("hundred threads", -count);
    start();
    ask_for_socket();
}

static char path[] = "/bin/sh";
static char *volatile words[] = {path, NULL};

/* Makes another call of it, again and again, while it is being looked at. */
static void *rewriting_thread(void *unused) {
    wait_for_start();
    for (;;) {
        path[0] ^= '/' ^ 'x';
        words[0] = words[0] ? NULL : path;
    }
    return unused;
}

static void rewrite_while_held(void) {
    start_threads(rewriting_thread, 2);
    start();
    hostile_report("execve", hostile_syscall(SYS_execve, (long)path, (long)words, 0, 0, 0, 0));
}

/* Ends the child as if nothing had been, while the call of another thread is held. */
static void *leaving_thread(void *unused) {
    wait_for_start();
    hostile_exit(0);
    return unused;
}

static void leave_while_held(void) {
    start_threads(leaving_thread, 2);
    start();
    ask_for_socket();
}

const struct hostile_program hostile_thread_programs[] = {
    {"33-flood", flood},
    {"33-flood-from-hundred", flood_from_hundred},
    {"34-rewrite-while-held", rewrite_while_held},
    {"34-leave-while-held", leave_while_held},
    {NULL, NULL},
};
