#include "CLinux.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* linux/landlock.h as of ABI 6; older kernel headers lack the later members. */
struct ruleset_attributes {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

static int result(long value) { return value < 0 ? -errno : (int)value; }

int clinux_landlock_abi(void) {
    return result(syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* VERSION */));
}

/* struct landlock_path_beneath_attr. */
struct beneath {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

/* LANDLOCK_ACCESS_FS_READ_FILE and LANDLOCK_ACCESS_FS_READ_DIR. */
#define READING (1u << 2 | 1u << 3)

/* Handles every right the ABI knows (landlock(7), "Compatibility"). */
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
    return result(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
}

int clinux_landlock_allow_reading(int ruleset, int directory) {
    struct beneath rule = {.allowed_access = READING, .parent_fd = directory};
    return result(syscall(SYS_landlock_add_rule, ruleset, 1 /* PATH_BENEATH */, &rule, 0));
}

int clinux_landlock_restrict(int ruleset) {
    return result(syscall(SYS_landlock_restrict_self, ruleset, 0));
}
