/* What an attacker does who has taken over the decoder: system calls without libc between, and the
 * ways to use a machine up. Only the test program HostileSandbox performs any of it. */
/* The number before an act's name is what it goes for:
 *
 *   01  run another program
 *   02  open a file by its path
 *   03  open a file past the path: openat2's resolving, file handles
 *   04  make a socket of any family
 *   05  reach somebody over a socket: the supervisor, the cloud's metadata
 *   06  make another process
 *   07  enter or make a namespace
 *   08  make threads until none is left for others
 *   09  map memory that code can run from
 *   10  make memory executable afterwards, or share it
 *   13  look into another process, or take its descriptors
 *   14  send signals beyond itself
 *   15  name a system call so that a filter might not know it: other architectures, odd numbers
 *   24  break the protocol of the result pipe
 *   25  keep the protocol and lie in it
 *   26  close the result pipe and stay
 *   27  use up time, working or waiting
 *   28  use up memory
 *   29  send without end
 *   30  change the input, or other bytes it was given to read
 *   31  block, ignore or handle signals, so that its end looks like another
 *   32  forge a line of the log, or a report of its zygote
 *   33  flood the zygote with calls to be judged
 *   34  change memory, or end, while a call is being judged
 *   35  end without an answer, or stop
 *   37  be in work when the zygote dies
 *
 * An act called crash is a decoder's own fault, and no try at anything. */
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

/* The name of the act at this place of the tables, NULL behind the last. */
const char *hostile_act(size_t index);

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

/* surroundings.c: runs the program argv[1] with its arguments, in surroundings that stand in for
 * machines that give a sandbox less, or a container:
 *
 *   no-user-namespaces   user.max_user_namespaces is 0
 *   refused-namespaces   a seccomp filter refuses what Docker's refuses without CAP_SYS_ADMIN
 *   refused-walls        the same, and a kernel without Landlock
 *   refused-filters      a seccomp filter answers seccomp(2) as a kernel without it does
 *   adopts-orphans       it is the parent of all orphans below it, as a container's first process is
 *   no-system-libvips    the system's libvips is an empty file
 *
 * Returns when that cannot be done. */
void hostile_run_under(char *const argv[]);

/* An action as rt_sigaction(2) has it, without libc's own type between. */
struct hostile_sigaction {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
};

/* Acts of more than one call. A table ends with a NULL. */
struct hostile_program {
    const char *act;
    void (*perform)(void);
};
extern const struct hostile_program hostile_programs[];
extern const struct hostile_program hostile_signal_programs[];
extern const struct hostile_program hostile_thread_programs[];
extern const struct hostile_program hostile_crash_programs[];
extern const struct hostile_program hostile_file_programs[];

#endif
