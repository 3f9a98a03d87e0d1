#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
#ifndef PR_MDWE_REFUSE_EXEC_GAIN
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

const int clinux_ns_user = CLONE_NEWUSER, clinux_ns_pid = CLONE_NEWPID,
          clinux_ns_net = CLONE_NEWNET, clinux_ns_mount = CLONE_NEWNS,
          clinux_ns_ipc = CLONE_NEWIPC, clinux_ns_uts = CLONE_NEWUTS,
          clinux_ns_cgroup = CLONE_NEWCGROUP;

static int result(long value) { return value < 0 ? -errno : (int)value; }

int clinux_unshare(int flags) { return result(unshare(flags)); }

int clinux_write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    size_t length = strlen(text);
    ssize_t written = write(fd, text, length);
    int failure = written < 0 ? errno : (size_t)written == length ? 0 : EIO;
    close(fd);
    return -failure;
}

int clinux_set_host_name(const char *name) {
    if (sethostname(name, strlen(name)) != 0) return -errno;
    return result(setdomainname("", 0));
}

int clinux_lock_securebits(void) {
    unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                         SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                         SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    return result(prctl(PR_SET_SECUREBITS, bits, 0, 0, 0));
}

int clinux_drop_bounding_set(void) {
    for (unsigned long capability = 0;; capability++) {
        int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (present < 0) return errno == EINVAL ? 0 : -errno;
        if (present == 1 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return -errno;
    }
}

static int set_capabilities(uint32_t low) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct wanted[2];
    memset(wanted, 0, sizeof wanted);
    wanted[0].effective = wanted[0].permitted = low;
    return result(syscall(SYS_capset, &header, wanted));
}

static int holds_exactly(uint32_t low) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[2];
    if (syscall(SYS_capget, &header, held) != 0) return -errno;
    return held[0].effective == low && held[0].permitted == low && held[0].inheritable == 0 &&
           (held[1].effective | held[1].permitted | held[1].inheritable) == 0;
}

int clinux_drop_capabilities(void) { return set_capabilities(0); }

int clinux_keep_tracing(void) { return set_capabilities(1u << CAP_SYS_PTRACE); }

int clinux_capabilities_are_empty(void) { return holds_exactly(0); }

int clinux_capabilities_are_tracing(void) { return holds_exactly(1u << CAP_SYS_PTRACE); }

int clinux_group_count(void) { return result(getgroups(0, NULL)); }

int clinux_no_new_privileges(void) { return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

int clinux_deny_write_execute(void) {
    return result(prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
}

/* Store bypass reads past a bounds check, indirect branches are how one hardware thread trains the
 * other's predictor; PR_SPEC_FORCE_DISABLE cannot be undone by the process (prctl(2)). */
int clinux_control_speculation(void) {
    static const unsigned long kinds[] = {PR_SPEC_STORE_BYPASS, PR_SPEC_INDIRECT_BRANCH};
    int in_force = 0;
    int failure = 0;
    for (int kind = 0; kind < 2; kind++) {
        if (prctl(PR_SET_SPECULATION_CTRL, kinds[kind], PR_SPEC_FORCE_DISABLE, 0, 0) == 0)
            in_force |= 1 << kind;
        else if (failure == 0)
            failure = errno;
    }
    return in_force != 0 ? in_force : -failure;
}

/* Survives execve of an ordinary program (prctl(2), PR_SET_PDEATHSIG). */
int clinux_die_with_parent(void) { return result(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)); }

int clinux_adopt_orphans(void) { return result(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)); }

int clinux_not_dumpable(void) { return result(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)); }
