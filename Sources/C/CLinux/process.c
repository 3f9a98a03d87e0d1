#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int result(long value) { return value < 0 ? -errno : (int)value; }

/* Each wanted descriptor is first copied above the target range, because posix_spawn's dup2 actions
 * run one after the other and could overwrite a source that a later action still needs. */
int clinux_spawn(const char *path, char *const argv[], char *const envp[], const int *fds,
                 size_t fd_count) {
    if (fd_count > CLINUX_MOST_DESCRIPTORS) return -EINVAL;
    int lifted[CLINUX_MOST_DESCRIPTORS];
    int failure = 0;
    for (size_t index = 0; index < fd_count; index++) lifted[index] = -1;
    for (size_t index = 0; index < fd_count && failure == 0; index++) {
        int source = fds[index] < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fds[index];
        if (source >= 0) lifted[index] = fcntl(source, F_DUPFD_CLOEXEC, CLINUX_MOST_DESCRIPTORS * 2);
        if (lifted[index] < 0) failure = errno;
        if (fds[index] < 0 && source >= 0) close(source);
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = -1;
    if (failure == 0) {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        for (size_t index = 0; index < fd_count && failure == 0; index++)
            failure = posix_spawn_file_actions_adddup2(&actions, lifted[index], (int)index);
        if (failure == 0)
            failure = posix_spawn_file_actions_addclosefrom_np(&actions, (int)fd_count);
        sigset_t set;
        sigfillset(&set);
        if (failure == 0) failure = posix_spawnattr_setsigdefault(&attributes, &set);
        sigemptyset(&set);
        if (failure == 0) failure = posix_spawnattr_setsigmask(&attributes, &set);
        if (failure == 0)
            failure = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF |
                                                                POSIX_SPAWN_SETSIGMASK |
                                                                POSIX_SPAWN_SETSID);
        if (failure == 0) failure = posix_spawn(&pid, path, &actions, &attributes, argv, envp);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    for (size_t index = 0; index < fd_count; index++)
        if (lifted[index] >= 0) close(lifted[index]);
    return failure != 0 ? -failure : pid;
}

int clinux_exec_descriptor(int fd, char *const argv[], char *const envp[]) {
    syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
    return -errno;
}

int clinux_pidfd_open(pid_t pid) { return result(syscall(SYS_pidfd_open, pid, 0)); }

int clinux_pidfd_signal(int pidfd, int signal) {
    return result(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

static uint64_t microseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

int clinux_wait(pid_t pid, int dont_wait, struct clinux_usage *usage) {
    struct rusage spent;
    pid_t reaped;
    do {
        reaped = wait4(pid, &usage->status, dont_wait ? WNOHANG : 0, &spent);
    } while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return -errno;
    if (reaped == 0) return 0;
    usage->user_microseconds = microseconds(spent.ru_utime);
    usage->system_microseconds = microseconds(spent.ru_stime);
    usage->peak_resident_kib = (uint64_t)spent.ru_maxrss;
    usage->minor_faults = (uint64_t)spent.ru_minflt;
    usage->major_faults = (uint64_t)spent.ru_majflt;
    return 1;
}

int clinux_reap(int pidfd) {
    siginfo_t info;
    int result;
    do {
        result = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

int clinux_set_limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return result(setrlimit((__rlimit_resource_t)resource, &limit));
}

uint64_t clinux_hard_limit(int resource) {
    struct rlimit limit;
    return getrlimit((__rlimit_resource_t)resource, &limit) == 0 ? limit.rlim_max : RLIM_INFINITY;
}

int clinux_set_limit_of(pid_t process, int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return result(prlimit(process, (__rlimit_resource_t)resource, &limit, NULL));
}

void clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void clinux_reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int clinux_ignore_sigpipe(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    return result(sigaction(SIGPIPE, &ignore, NULL));
}

int clinux_set_identity(uid_t uid, gid_t gid, int keep_saved_root) {
    if (setgroups(0, NULL) != 0) return -errno;
    if (setresgid(gid, gid, keep_saved_root ? 0 : gid) != 0) return -errno;
    if (setresuid(uid, uid, keep_saved_root ? 0 : uid) != 0) return -errno;
    if (keep_saved_root) return 0;
    /* Gone for good, or not gone at all. */
    if (setresuid(-1, 0, -1) == 0 || setresgid(-1, 0, -1) == 0) return -EPERM;
    return 0;
}

int clinux_files_as_root(int is_root) {
    uid_t uid = is_root ? 0 : geteuid();
    gid_t gid = is_root ? 0 : getegid();
    /* Neither call tells whether it worked; asking for nobody answers what is. */
    setfsgid(gid);
    setfsuid(uid);
    return (uid_t)setfsuid((uid_t)-1) == uid && (gid_t)setfsgid((gid_t)-1) == gid;
}

int clinux_restore_root(void) {
    if (setresuid(0, 0, 0) != 0) return -errno;
    return result(setresgid(0, 0, 0));
}
