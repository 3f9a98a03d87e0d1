/* What an attacker does who has taken over the decoder: system calls without libc between, and the
 * ways to use a machine up. Only the test program HostileSandbox performs any of it. */
#ifndef CHOSTILE_H
#define CHOSTILE_H

#include <stddef.h>
#include <stdint.h>

/* How a child ends that has tried something and is still alive. */
#define HOSTILE_BROKE_OUT 70
#define HOSTILE_CONTAINED 71
/* How a child ends that was asked for an act that nobody knows. */
#define HOSTILE_UNKNOWN 72

/* Performs an act of the tables in calls.c and programs.c, with which the child ends. Returns when
 * there is none of that name. */
void hostile_perform(const char *act);

/* The number of the system call that an act of calls.c tries, -1 when it is no such act. */
long hostile_number(const char *act);

/* A system call as it is, without errno: the result is what the kernel left in the register. */
long hostile_syscall(long number, long a, long b, long c, long d, long e, long f);

/* Says on the error descriptor what happened, and ends the child. */
_Noreturn void hostile_report(const char *what, long result);
_Noreturn void hostile_exit(int status);

/* Writes all bytes, or returns 0 when the other end is gone. */
int hostile_write(int fd, const void *bytes, size_t count);
void hostile_close(int fd);

/* programs.c */
struct hostile_program {
    const char *act;
    void (*perform)(void);
};
extern const struct hostile_program hostile_programs[];
extern const size_t hostile_program_count;

#endif
