#include "CHostile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t length = (ssize_t)strlen(text);
    int written = write(fd, text, (size_t)length) == length;
    close(fd);
    return written;
}

/* Root's map holds every account, so that it can drop to another; an ordinary user may map itself
 * alone (user_namespaces(7)). The maps are written by a process that stays outside. */
static int write_maps(pid_t process, uid_t uid, gid_t gid) {
    char path[64], map[64];
    if (uid != 0) {
        snprintf(path, sizeof path, "/proc/%d/setgroups", process);
        if (!write_text(path, "deny")) return 0;
    }
    snprintf(path, sizeof path, "/proc/%d/uid_map", process);
    snprintf(map, sizeof map, uid == 0 ? "0 0 65536" : "%u %u 1", uid, uid);
    if (!write_text(path, map)) return 0;
    snprintf(path, sizeof path, "/proc/%d/gid_map", process);
    snprintf(map, sizeof map, uid == 0 ? "0 0 65536" : "%u %u 1", gid, gid);
    return write_text(path, map);
}

/* With root's rights in it until the next exec, or for good where root itself asks. */
static int enter_user_namespace(void) {
    pid_t self = getpid();
    uid_t uid = getuid();
    gid_t gid = getgid();
    int entered[2];
    if (pipe(entered) != 0) return 0;
    pid_t writer = fork();
    if (writer < 0) return 0;
    if (writer == 0) {
        char word;
        _exit(read(entered[0], &word, 1) == 1 && write_maps(self, uid, gid) ? 0 : 1);
    }
    int status = unshare(CLONE_NEWUSER) == 0 && write(entered[1], "x", 1) == 1 ? 0 : -1;
    close(entered[0]);
    close(entered[1]);
    int ending;
    return waitpid(writer, &ending, 0) == writer && ending == 0 && status == 0;
}

static int forbid_user_namespaces(void) {
    return enter_user_namespace() && write_text("/proc/sys/user/max_user_namespaces", "0");
}

/* The path under which this process, which uses it, has loaded the system's libvips. */
static int find_libvips(struct dl_phdr_info *info, size_t size, void *path) {
    (void)size;
    return strstr(info->dlpi_name, "/libvips.so") && realpath(info->dlpi_name, path) != NULL;
}

static int hide_libvips(void) {
    char path[PATH_MAX];
    return dl_iterate_phdr(find_libvips, path) == 1 && enter_user_namespace() &&
           unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("/dev/null", path, NULL, MS_BIND, NULL) == 0;
}

#define REFUSE(number, error)                                                                     \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                                          \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))

static int install(const struct sock_filter *program, size_t count) {
    struct sock_fprog filter = {
        .len = (unsigned short)count,
        .filter = (struct sock_filter *)(uintptr_t)program,
    };
    if (getuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 0;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

static int refuse_namespaces(void) {
    static const struct sock_filter program[] = {
        NUMBER,
        REFUSE(SYS_unshare, EPERM),
        REFUSE(SYS_setns, EPERM),
        REFUSE(SYS_mount, EPERM),
        REFUSE(SYS_umount2, EPERM),
        REFUSE(SYS_pivot_root, EPERM),
        REFUSE(SYS_sethostname, EPERM),
        REFUSE(SYS_clone3, ENOSYS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7e020000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return install(program, sizeof program / sizeof program[0]);
}

/* landlock_create_ruleset(2) as of a kernel that was built without it. */
static int refuse_all_walls(void) {
    static const struct sock_filter program[] = {
        NUMBER,
        REFUSE(444, ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return refuse_namespaces() && install(program, sizeof program / sizeof program[0]);
}

static int refuse_filters(void) {
    static const struct sock_filter program[] = {
        NUMBER,
        REFUSE(SYS_seccomp, EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return install(program, sizeof program / sizeof program[0]);
}

static int adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0; }

void hostile_run_under(char *const argv[]) {
    static const struct {
        const char *name;
        int (*enter)(void);
    } surroundings[] = {
        {"no-user-namespaces", forbid_user_namespaces},
        {"refused-namespaces", refuse_namespaces},
        {"refused-walls", refuse_all_walls},
        {"refused-filters", refuse_filters},
        {"adopts-orphans", adopt_orphans},
        {"no-system-libvips", hide_libvips},
    };
    for (size_t index = 0; index < sizeof surroundings / sizeof surroundings[0]; index++)
        if (argv[0] && argv[1] && strcmp(argv[0], surroundings[index].name) == 0 &&
            surroundings[index].enter())
            execv(argv[1], argv + 1);
}
