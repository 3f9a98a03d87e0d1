/* System calls and structures that Swift's Glibc module does not show, as plain functions.
 *
 * Unless said otherwise a function returns 0 or a non-negative value, and the negated errno when it
 * fails, so that no caller reads errno after the fact. None of them takes a lock or allocates but
 * clinux_spawn, and clinux_set_identity and clinux_restore_root, which stop all threads. */
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* descriptors.c */
#define CLINUX_MOST_DESCRIPTORS 8
int clinux_pipe(int *read_end, int *write_end);
int clinux_seqpacket_pair(int *one, int *other);
int clinux_memfd(const char *name);
int clinux_seal_all(int fd);
int clinux_reopen_read_only(int fd);
/* For reading, without a symbolic link or a step out of the directory (openat2(2)). */
int clinux_open_beneath(int directory, const char *path);
int clinux_open_directory(const char *path);
int clinux_open_path(const char *path);
int clinux_set_nonblocking(int fd);
int clinux_close_range(unsigned first, unsigned last);
int clinux_dup_to(int fd, int target);
int clinux_link_count(int fd);
int64_t clinux_regular_file_size(int fd);
int clinux_is_world_readable(int fd);
/* Sends one packet with up to CLINUX_MOST_DESCRIPTORS descriptors (unix(7), SCM_RIGHTS). */
int clinux_send(int socket, const void *bytes, size_t count, const int *fds, size_t fd_count,
                int dont_wait);
/* Receives one packet. Descriptors arrive close-on-exec. A packet or descriptor list that does not
 * fit is -EMSGSIZE, whatever arrived of it closed. 0 is the end of the conversation. */
ssize_t clinux_receive(int socket, void *bytes, size_t capacity, int *fds, size_t *fd_count,
                       int dont_wait);
/* Sends one datagram to the socket of that name (unix(7)); a first byte of 0 is an abstract one. */
int clinux_send_to(const char *path, size_t path_length, const void *bytes, size_t count);

/* process.c */
/* Starts a program with exactly the given descriptors, numbered from 0: fds[i] becomes i, a
 * negative entry becomes /dev/null. Everything above is closed before exec, signals are at their
 * defaults, nothing is blocked. Returns the process id. */
int clinux_spawn(const char *path, char *const argv[], char *const envp[], const int *fds,
                 size_t fd_count);
int clinux_exec_descriptor(int fd, char *const argv[], char *const envp[]);
int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_signal(int pidfd, int signal);
struct clinux_usage {
    int status;               /* as wait(2) reports it */
    uint64_t user_microseconds;
    uint64_t system_microseconds;
    uint64_t peak_resident_kib;
    uint64_t minor_faults;
    uint64_t major_faults;
};
/* Reaps `pid`. Returns 1 when it was reaped, 0 when it has not ended and dont_wait is set. */
int clinux_wait(pid_t pid, int dont_wait, struct clinux_usage *usage);

/* Waits for the end of the child that a pidfd names, and reaps it; -ECHILD at once when it is
 * somebody else's child, or reaped already. */
int clinux_reap(int pidfd);
int clinux_set_limit(int resource, uint64_t soft, uint64_t hard);
/* The hard limit in force, which only a privileged process may raise. */
uint64_t clinux_hard_limit(int resource);
/* Sets a limit of another process of the same user (prlimit(2)). */
int clinux_set_limit_of(pid_t process, int resource, uint64_t soft, uint64_t hard);
/* The soft limit on descriptors becomes the hard one. */
void clinux_raise_descriptor_limit(void);
void clinux_reset_signals(void);
int clinux_ignore_sigpipe(void);
/* All threads become this user and group, without supplementary groups: for good, or with root kept
 * as the saved id, from where clinux_restore_root takes it up again. */
int clinux_set_identity(uid_t uid, gid_t gid, int keep_saved_root);
int clinux_restore_root(void);
/* This thread alone reaches files as root while root is kept as the saved id (setfsuid(2)), or as its
 * effective user again. Returns whether it does. */
int clinux_files_as_root(int is_root);

/* confinement.c */
extern const int clinux_ns_user, clinux_ns_pid, clinux_ns_net, clinux_ns_mount, clinux_ns_ipc,
    clinux_ns_uts, clinux_ns_cgroup;
int clinux_unshare(int flags);
int clinux_write_file(const char *path, const char *text);
int clinux_set_host_name(const char *name);
int clinux_lock_securebits(void);
int clinux_drop_bounding_set(void);
int clinux_drop_capabilities(void);
/* All but CAP_SYS_PTRACE. */
int clinux_keep_tracing(void);
int clinux_capabilities_are_empty(void);
/* Whether CAP_SYS_PTRACE is held, and no other. */
int clinux_capabilities_are_tracing(void);
int clinux_group_count(void);
int clinux_no_new_privileges(void);
int clinux_deny_write_execute(void);
/* Bit 0: store bypass, bit 1: indirect branches; what is switched off for good. */
int clinux_control_speculation(void);
int clinux_not_dumpable(void);
int clinux_die_with_parent(void);
/* What a child of this process leaves behind becomes its child, not init's (prctl(2)). */
int clinux_adopt_orphans(void);

/* root.c, in the order in which a root is built */
/* Nothing that is mounted from here on is seen outside, nor the other way round. */
int clinux_private_mounts(void);
/* A copy of the mounts at and below an open directory, attached nowhere: read-only, and without
 * set-user-id programs, devices and programs at all. Needs Linux 5.12. */
int clinux_sealed_copy(int directory);
/* Mounts an empty file system with room for so many folders on /tmp, and goes there. */
int clinux_begin_root(unsigned folders);
/* Attaches a copy at a path below the current directory, whose folders it makes. */
int clinux_attach(int copy, const char *path);
/* The current directory becomes the root, read-only; the old root is detached. */
int clinux_finish_root(void);

/* landlock.c */
int clinux_landlock_abi(void);
/* A ruleset that denies every right the ABI knows; a descriptor. */
int clinux_landlock_deny_all(int abi);
/* Reading files and listing folders, in and below a directory. */
int clinux_landlock_allow_reading(int ruleset, int directory);
/* Puts it in force. Needs no_new_privs. */
int clinux_landlock_restrict(int ruleset);

/* seccomp.c */
struct clinux_notification {
    uint64_t id;
    uint32_t pid;             /* the thread, in the reader's PID namespace */
    uint32_t number;
    uint32_t arch;
    uint64_t instruction_pointer;
    uint64_t arguments[6];
};
extern const uint32_t clinux_number_tgkill;
/* Installs a program of `count` BPF instructions of 8 bytes each; returns its listener. */
int clinux_seccomp_install(const void *program, uint16_t count);
int clinux_seccomp_receive(int listener, struct clinux_notification *notification);
/* Lets a held call fail with an errno, or with 0 lets the kernel carry it out, which says nothing about
 * it: seccomp_unotify(2), SECCOMP_USER_NOTIF_FLAG_CONTINUE. -ENOENT when its thread is gone. */
int clinux_seccomp_reply(int listener, uint64_t id, int code);
/* Whether the thread of a notification still waits for its answer. */
int clinux_seccomp_is_held(int listener, uint64_t id);

/* memory.c */
/* Maps `length` bytes of a sealed file read-only; MAP_FAILED is reported as NULL. */
const void *clinux_map_read_only(int fd, size_t length);
/* Grows malloc's heap by `reserve` bytes of address space, in huge pages where the kernel has them, that
 * a process forked from here fills without asking for memory. For the main thread of a process whose
 * libraries are loaded. */
int clinux_prepare_heap(size_t reserve);
/* Puts the code and constants of the loaded file that holds an address on huge pages, as far as they fill
 * such pages, where the kernel can (madvise(2), MADV_COLLAPSE): a fork copies one entry for 2 MiB and its
 * child has no faults there. They are the process's own memory then, and lie where they lay. For a process
 * with one thread that is not in that code. Fails where the code may be lost. */
int clinux_huge_code(const void *within);
/* The address space and data segment of this process in bytes, from an open /proc/self/statm. */
int clinux_memory_in_use(int statm, uint64_t *address_space, uint64_t *data);

/* libraries.c */
#define CLINUX_LONGEST_NAME 63
#define CLINUX_LONGEST_BUILD_ID 20
struct clinux_library {
    uint8_t name_length, build_length;
    char name[CLINUX_LONGEST_NAME]; /* the file's, without its folder */
    uint8_t build[CLINUX_LONGEST_BUILD_ID];
    /* What the addresses in the file are moved by, and where in the file's own addresses its code
     * starts and ends; both 0 where it has none. */
    uint64_t bias, code_start, code_end;
};
/* The files that this process has loaded, in the dynamic linker's order, the program first and with
 * an empty name. Returns how many of them were written. Takes the linker's lock. */
int clinux_libraries(struct clinux_library *libraries, int most);

/* frames.c */
/* By architecture. x86-64: rip rsp rbp rax rbx rcx rdx rsi rdi r8 to r15 eflags orig_rax. AArch64: pc
 * sp x0 to x30 pstate. The rest is 0. */
#define CLINUX_REGISTERS 34
struct clinux_registers {
    uint64_t values[CLINUX_REGISTERS];
};
#define CLINUX_MOST_FRAMES 64
struct clinux_frames {
    uint32_t count, is_truncated;
    uint64_t addresses[CLINUX_MOST_FRAMES]; /* the innermost first */
};
/* Bytes of a stack that are looked at. */
#define CLINUX_STACK_PIECE (64 << 10)
/* Of the stack of a held thread, bytes. */
#define CLINUX_HELD_PIECE (16 << 10)
/* Notes where the code is that this process has loaded, for what follows. Takes the linker's lock. */
void clinux_note_code(void);
/* Finds the addresses in a piece of a stack, from the stack pointer up, that a call returns to.
 * Reads no more of it than CLINUX_STACK_PIECE. */
void clinux_find_frames(const struct clinux_registers *registers, const uint64_t *words, size_t size,
                        struct clinux_frames *frames);

/* crash.c */
#define CLINUX_CRASH_MAGIC {0x7f, 'G', 'L', 'B', 'X', 0xc1, 0x00, 0x01}
#define CLINUX_FRAMES_MAGIC {0x7f, 'G', 'L', 'B', 'X', 0xc2, 0x00, 0x01}
/* From here on a crash of this process is reported on descriptor 2 before its signal ends it, of this
 * thread also when its stack has overflowed. */
int clinux_report_crashes(void);

/* trace.c: ptrace(2), of a thread whose process is to be killed next */
/* Asks for a stop, which comes a little later. */
int clinux_trace_stop(pid_t thread);
/* Once it has stopped: its registers and the piece of its stack. 0 when it has not stopped yet, 1 when
 * everything is there, -ESRCH when it is gone. */
int clinux_trace_look(pid_t thread, struct clinux_registers *registers,
                      struct clinux_frames *frames);
/* Takes away a thread that was stopped and has ended; its process cannot be reaped before. Returns 1
 * when nothing is left of it. Not for a process's first thread. */
int clinux_trace_reap(pid_t thread);
/* Since some moment, never backwards. */
uint64_t clinux_microseconds(void);

#endif
