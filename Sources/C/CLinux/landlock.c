#include "CLinux.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

/* linux/landlock.h as of ABI 6; older kernel headers lack the later members. */
struct ruleset_attributes {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

int clinux_landlock_abi(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* VERSION */);
    return abi < 0 ? -errno : (int)abi;
}

/* Handles every right the ABI knows and grants none (landlock(7), "Compatibility"). */
int clinux_landlock_deny_all(int abi) {
    static const uint8_t file_rights[] = {0, 13, 14, 15, 15, 16};
    struct ruleset_attributes attributes = {0};
    size_t size = sizeof attributes.handled_access_fs;
    unsigned rights = file_rights[abi > 5 ? 5 : abi];
    attributes.handled_access_fs = (1ull << rights) - 1;
    if (abi >= 4) {
        attributes.handled_access_net = 3;
        size += sizeof attributes.handled_access_net;
    }
    if (abi >= 6) {
        attributes.scoped = 3;
        size += sizeof attributes.scoped;
    }
    long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return -errno;
    int failure = syscall(SYS_landlock_restrict_self, (int)ruleset, 0) != 0 ? errno : 0;
    close((int)ruleset);
    return -failure;
}
