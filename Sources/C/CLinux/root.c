#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/mount.h, which glibc's sys/mount.h cannot stand beside in every version. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#define CLONE_OF_TREE (1 | O_CLOEXEC)
#define FROM_EMPTY_PATH 4
#define SEALED (0x1 | 0x2 | 0x4 | 0x8) /* MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC */

struct attributes {
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t namespace;
};

static const unsigned long own_flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

static int result(long value) { return value < 0 ? -errno : (int)value; }

int clinux_private_mounts(void) {
    return result(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* With what is mounted below: a mount that came along from a more privileged namespace may not be
 * looked under (mount_namespaces(7)). The flags are added to those the mounts have. */
int clinux_sealed_copy(int directory) {
    long copy = syscall(SYS_open_tree, directory, "", CLONE_OF_TREE | AT_EMPTY_PATH | AT_RECURSIVE);
    if (copy < 0) return -errno;
    struct attributes attributes = {.set = SEALED};
    if (syscall(SYS_mount_setattr, (int)copy, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                sizeof attributes) != 0) {
        int failure = errno;
        close((int)copy);
        return -failure;
    }
    return (int)copy;
}

/* An inode for each folder, one for the root, and no room for a byte of a file beyond a page. */
int clinux_begin_root(unsigned folders) {
    char options[64];
    snprintf(options, sizeof options, "size=4k,nr_inodes=%u,mode=0555", folders + 2);
    if (mount("none", "/tmp", "tmpfs", own_flags, options) != 0) return -errno;
    return result(chdir("/tmp"));
}

int clinux_attach(int copy, const char *path) {
    char part[256];
    size_t length = strlen(path);
    if (length >= sizeof part) return -ENAMETOOLONG;
    for (size_t end = 1; end <= length; end++) {
        if (path[end] != '/' && path[end] != 0) continue;
        memcpy(part, path, end);
        part[end] = 0;
        if (mkdir(part, 0555) != 0 && errno != EEXIST) return -errno;
    }
    return result(syscall(SYS_move_mount, copy, "", AT_FDCWD, path, FROM_EMPTY_PATH));
}

/* pivot_root(".", ".") stacks the old root over the new one; detaching "." then takes the old one
 * away (pivot_root(2), NOTES). Nothing can ever be created in what is remounted read-only. */
int clinux_finish_root(void) {
    if (syscall(SYS_pivot_root, ".", ".") != 0) return -errno;
    if (umount2(".", MNT_DETACH) != 0) return -errno;
    if (chdir("/") != 0) return -errno;
    return result(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | own_flags, NULL));
}
