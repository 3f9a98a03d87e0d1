#include "CHostile.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <linux/time_types.h>

/* glibc 2.36 has no name for them yet in every header. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* One system call each: a child of the default policy may make none of them. CHostile.h says what
 * the numbers stand for. */
struct call {
    const char *act;
    long number;
    uintptr_t arguments[6];
};

/* What children of some policies may read. */
#define FONTS "/usr/share/fonts"
#define SETTINGS "/etc/fonts/fonts.conf"

#define A(value) ((uintptr_t)(value))

static const char *const arguments[] = {"/bin/sh", "-c", "id", NULL};
static const char *const environment[] = {NULL};
static const struct open_how beneath = {
    .flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS};
static const struct open_how plain = {.flags = O_RDONLY};
static const struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0glovebox"};
/* 169.254.169.254:80, in network byte order whatever the machine's is. */
static const unsigned char metadata[16] = {AF_INET, 0, 0, 80, 169, 254, 169, 254};
static const struct __kernel_timespec hour = {.tv_sec = 3600};
static alignas(4096) char page[4096];
static char handle[136] = {8, 0, 0, 0, 1, 0, 0, 0};
static int mount_id;
static struct msghdr message;
static struct clone_args fork_arguments = {.exit_signal = SIGCHLD};
static const struct hostile_sigaction ignoring = {.handler = (uintptr_t)SIG_IGN};
static const struct hostile_sigaction reaping = {.handler = (uintptr_t)SIG_DFL,
                                                 .flags = SA_NOCLDWAIT};
static const struct hostile_sigaction running_page = {.handler = (uintptr_t)page};
static const stack_t other_stack = {.ss_sp = page, .ss_size = sizeof page};
static const uint64_t all_signals = ~(uint64_t)0;
static siginfo_t forged = {.si_signo = SIGKILL, .si_code = SI_QUEUE};
static struct {
    void *base;
    size_t length;
} vector = {page, sizeof page};

#define THREAD_FLAGS                                                                              \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
#define READ_EXECUTE (PROT_READ | PROT_EXEC)
#define READ_WRITE (PROT_READ | PROT_WRITE)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define NOBODY A(-1)

static const struct call calls[] = {
    {"01-execve", SYS_execve, {A("/bin/sh"), A(arguments), A(environment)}},
    {"01-execveat-input", SYS_execveat, {3, A(""), A(arguments), A(environment), AT_EMPTY_PATH}},
    {"01-memfd-create", SYS_memfd_create, {A("payload"), 0}},

    {"02-openat-passwd", SYS_openat, {A(AT_FDCWD), A("/etc/passwd"), O_RDONLY}},
    {"02-openat-own-memory", SYS_openat, {A(AT_FDCWD), A("/proc/self/mem"), O_RDWR}},
    {"02-openat-null", SYS_openat, {A(AT_FDCWD), A("/dev/null"), O_RDWR}},
    {"02-openat-dot", SYS_openat, {A(AT_FDCWD), A("."), O_RDONLY | O_DIRECTORY}},
    {"02-openat-create", SYS_openat, {A(AT_FDCWD), A("/tmp/x"), O_WRONLY | O_CREAT, 0600}},
    {"02-openat2-passwd", SYS_openat2, {A(AT_FDCWD), A("/etc/passwd"), A(&plain), sizeof plain}},
#ifdef SYS_open
    {"02-open-passwd", SYS_open, {A("/etc/passwd"), O_RDONLY}},
#endif

    {"02-openat-path-only", SYS_openat, {A(AT_FDCWD), A("/"), O_PATH | O_DIRECTORY}},
    {"02-openat-from-input", SYS_openat, {3, A("../../../etc/passwd"), O_RDONLY}},
    {"02-openat-climb", SYS_openat, {A(AT_FDCWD), A(FONTS "/../../../../etc/passwd"), O_RDONLY}},
    {"02-openat-root-of-zygote", SYS_openat, {A(AT_FDCWD), A("/proc/1/root/etc/passwd"), O_RDONLY}},
    {"02-openat-descriptor", SYS_openat, {A(AT_FDCWD), A("/proc/self/fd/4"), O_RDONLY}},
    {"02-openat-write", SYS_openat, {A(AT_FDCWD), A(SETTINGS), O_WRONLY}},
    {"02-openat-read-write", SYS_openat, {A(AT_FDCWD), A(SETTINGS), O_RDWR}},
    {"02-openat-truncate", SYS_openat, {A(AT_FDCWD), A(SETTINGS), O_RDONLY | O_TRUNC}},
    {"02-openat-create-read", SYS_openat, {A(AT_FDCWD), A(FONTS "/x"), O_RDONLY | O_CREAT, 0600}},
    {"02-openat-nameless", SYS_openat, {A(AT_FDCWD), A(FONTS), O_TMPFILE | O_RDWR, 0600}},
    {"02-symlinkat", SYS_symlinkat, {A("/etc/passwd"), A(AT_FDCWD), A(FONTS "/x")}},
    {"02-linkat", SYS_linkat, {3, A(""), A(AT_FDCWD), A(FONTS "/x"), AT_EMPTY_PATH}},
    {"02-mkdirat", SYS_mkdirat, {A(AT_FDCWD), A("/x"), 0700}},
    {"02-mknodat", SYS_mknodat, {A(AT_FDCWD), A("/null"), S_IFCHR | 0600, 0x103}},
    {"02-unlinkat", SYS_unlinkat, {A(AT_FDCWD), A(SETTINGS), 0}},
    {"02-renameat2", SYS_renameat2, {A(AT_FDCWD), A(SETTINGS), A(AT_FDCWD), A("/x"), 0}},
    {"02-chdir", SYS_chdir, {A("..")}},
    {"02-fchdir", SYS_fchdir, {3}},

    {"03-openat2-resolve", SYS_openat2, {A(AT_FDCWD), A("/x"), A(&beneath), sizeof beneath}},
    {"03-name-to-handle",
     SYS_name_to_handle_at,
     {A(AT_FDCWD), A("/"), A(handle), A(&mount_id), 0}},
    {"03-open-by-handle", SYS_open_by_handle_at, {A(AT_FDCWD), A(handle), O_RDONLY}},

    {"04-socket-inet", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"04-socket-inet6", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}},
    {"04-socket-unix", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"04-socket-netlink", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    {"04-socket-vsock", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}},
    {"04-socket-alg", SYS_socket, {AF_ALG, SOCK_SEQPACKET, 0}},
    {"04-socket-packet", SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
    {"04-socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, A(page)}},

    {"05-connect-abstract", SYS_connect, {5, A(&abstract), sizeof abstract}},
    {"05-connect-metadata", SYS_connect, {4, A(metadata), sizeof metadata}},
    {"05-sendmsg-results", SYS_sendmsg, {4, A(&message), 0}},

#ifdef SYS_fork
    {"06-fork", SYS_fork, {0}},
    {"06-vfork", SYS_vfork, {0}},
#endif
    {"06-clone-process", SYS_clone, {SIGCHLD}},
    {"06-clone-shared-memory", SYS_clone, {CLONE_VM | CLONE_PARENT | SIGCHLD}},
    {"06-clone3", SYS_clone3, {A(&fork_arguments), sizeof fork_arguments}},

    {"07-clone-new-user", SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
    {"07-clone-new-pid", SYS_clone, {CLONE_NEWPID | SIGCHLD}},
    {"07-clone-new-net", SYS_clone, {CLONE_NEWNET | SIGCHLD}},
    {"07-clone-new-mount", SYS_clone, {CLONE_NEWNS | SIGCHLD}},
    {"07-clone-new-ipc", SYS_clone, {CLONE_NEWIPC | SIGCHLD}},
    {"07-clone-new-uts", SYS_clone, {CLONE_NEWUTS | SIGCHLD}},
    {"07-clone-new-cgroup", SYS_clone, {CLONE_NEWCGROUP | SIGCHLD}},
    {"07-clone-thread-new-user", SYS_clone, {THREAD_FLAGS | CLONE_NEWUSER}},
    {"07-unshare-user", SYS_unshare, {CLONE_NEWUSER}},
    {"07-unshare-mount", SYS_unshare, {CLONE_NEWNS}},
    {"07-setns", SYS_setns, {3, 0}},
    {"07-chroot", SYS_chroot, {A("/")}},
    {"07-mount", SYS_mount, {A("none"), A("/"), A("tmpfs"), 0, 0}},
    {"07-remount", SYS_mount, {0, A("/"), 0, MS_REMOUNT | MS_BIND, 0}},
    {"07-umount", SYS_umount2, {A(FONTS), MNT_DETACH}},
    {"07-pivot-root", SYS_pivot_root, {A("."), A(".")}},
    {"07-open-tree", SYS_open_tree, {A(AT_FDCWD), A("/"), 1}},
    {"07-fsopen", SYS_fsopen, {A("proc"), 0}},

    {"09-mmap-read-execute", SYS_mmap, {0, 4096, READ_EXECUTE, ANONYMOUS, NOBODY, 0}},
    {"09-mmap-write-execute", SYS_mmap, {0, 4096, READ_WRITE | PROT_EXEC, ANONYMOUS, NOBODY, 0}},
    {"09-mmap-shared", SYS_mmap, {0, 4096, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, NOBODY, 0}},
    {"09-mmap-input-execute", SYS_mmap, {0, 4096, READ_EXECUTE, MAP_PRIVATE, 3, 0}},

    {"10-mprotect-execute", SYS_mprotect, {A(page), sizeof page, READ_EXECUTE}},
    {"10-mprotect-write-execute", SYS_mprotect, {A(page), sizeof page, READ_WRITE | PROT_EXEC}},
    {"10-pkey-mprotect", SYS_pkey_mprotect, {A(page), sizeof page, READ_EXECUTE, A(-1)}},
    {"10-shmget", SYS_shmget, {IPC_PRIVATE, 4096, IPC_CREAT | 0700}},
    {"10-shmat-execute", SYS_shmat, {0, 0, SHM_EXEC}},

    {"13-ptrace-traceme", SYS_ptrace, {PTRACE_TRACEME}},
    {"13-ptrace-zygote", SYS_ptrace, {PTRACE_ATTACH, 1}},
    {"13-ptrace-sibling", SYS_ptrace, {PTRACE_SEIZE, 2}},
    {"13-process-vm-readv", SYS_process_vm_readv, {1, A(&vector), 1, A(&vector), 1, 0}},
    {"13-process-vm-writev", SYS_process_vm_writev, {1, A(&vector), 1, A(&vector), 1, 0}},
    {"13-kcmp", SYS_kcmp, {1, 2, 0, 0, 0}},
    {"13-pidfd-open", SYS_pidfd_open, {1, 0}},
    {"13-pidfd-getfd", SYS_pidfd_getfd, {3, 0, 0}},

    {"14-kill-group", SYS_kill, {0, SIGKILL}},
    {"14-kill-all", SYS_kill, {A(-1), SIGKILL}},
    {"14-kill-zygote", SYS_kill, {1, SIGKILL}},
    {"14-kill-probe", SYS_kill, {2, 0}},
    {"14-tgkill-zygote", SYS_tgkill, {1, 1, SIGABRT}},
    {"14-tkill-zygote", SYS_tkill, {1, SIGKILL}},
    {"14-rt-sigqueueinfo", SYS_rt_sigqueueinfo, {1, SIGKILL, A(&forged)}},
    {"14-rt-tgsigqueueinfo", SYS_rt_tgsigqueueinfo, {1, 1, SIGKILL, A(&forged)}},
    {"14-pidfd-send-signal", SYS_pidfd_send_signal, {3, SIGKILL, 0, 0}},

    {"15-number-minus-one", -1, {0}},
    {"15-number-32-bits", 0xffffffffL, {0}},
    {"15-number-high-half", 0x100000000L | SYS_execve, {A("/bin/sh"), A(arguments), A(environment)}},

#ifdef SYS_pause
    {"27-pause", SYS_pause, {0}},
#endif
    {"27-nanosleep", SYS_nanosleep, {A(&hour), 0}},
    {"27-clock-nanosleep", SYS_clock_nanosleep, {0, 0, A(&hour), 0}},

    {"30-write-input", SYS_write, {3, A(page), sizeof page}},
    {"30-write-job-pipe", SYS_write, {0, A(page), sizeof page}},
    {"30-pwrite-input", SYS_pwrite64, {3, A(page), sizeof page, 0}},
    {"30-ftruncate-input", SYS_ftruncate, {3, 0}},
    {"30-fallocate-input", SYS_fallocate, {3, 0, 0, 1 << 20}},
    {"30-seal-input", SYS_fcntl, {3, F_ADD_SEALS, F_SEAL_WRITE}},
    {"30-mmap-input-writable", SYS_mmap, {0, 4096, READ_WRITE, MAP_SHARED, 3, 0}},

    {"31-handle-sigsys", SYS_rt_sigaction, {SIGSYS, A(&running_page), 0, 8}},
    {"31-ignore-sigsys", SYS_rt_sigaction, {SIGSYS, A(&ignoring), 0, 8}},
    {"31-handle-sigsegv", SYS_rt_sigaction, {SIGSEGV, A(&running_page), 0, 8}},
    {"31-ignore-sigxcpu", SYS_rt_sigaction, {SIGXCPU, A(&ignoring), 0, 8}},
    {"31-no-child-wait", SYS_rt_sigaction, {SIGCHLD, A(&reaping), 0, 8}},
    {"31-other-stack", SYS_sigaltstack, {A(&other_stack), 0}},
    {"31-wait-for-signals", SYS_rt_sigtimedwait, {A(&all_signals), 0, 0, 8}},
    {"31-suspend", SYS_rt_sigsuspend, {A(&all_signals), 8}},

    {"35-sigkill-group", SYS_kill, {0, SIGKILL}},
    {"35-sigstop-group", SYS_kill, {0, SIGSTOP}},
};

static const struct hostile_program *const programs[] = {
    hostile_programs, hostile_signal_programs, hostile_thread_programs, hostile_file_programs,
    hostile_crash_programs};
#define PROGRAM_TABLES (sizeof programs / sizeof programs[0])

const char *hostile_act(size_t index) {
    const size_t count = sizeof calls / sizeof calls[0];
    if (index < count) return calls[index].act;
    index -= count;
    for (size_t table = 0; table < PROGRAM_TABLES; table++)
        for (const struct hostile_program *program = programs[table]; program->act; program++)
            if (index-- == 0) return program->act;
    return NULL;
}

static const struct call *find(const char *act) {
    for (size_t index = 0; index < sizeof calls / sizeof calls[0]; index++)
        if (strcmp(calls[index].act, act) == 0) return &calls[index];
    return NULL;
}

long hostile_number(const char *act) {
    const struct call *call = find(act);
    /* seccomp's data carries the low half of the register (seccomp(2), struct seccomp_data). */
    return call ? (long)(uint32_t)call->number : -1;
}

void hostile_perform(const char *act) {
    const struct call *call = find(act);
    if (call) {
        const uintptr_t *a = call->arguments;
        long result = hostile_syscall(call->number, (long)a[0], (long)a[1], (long)a[2],
                                      (long)a[3], (long)a[4], (long)a[5]);
        hostile_report(act, result);
    }
    for (size_t table = 0; table < PROGRAM_TABLES; table++)
        for (const struct hostile_program *program = programs[table]; program->act; program++)
            if (strcmp(program->act, act) == 0) program->perform();
}
