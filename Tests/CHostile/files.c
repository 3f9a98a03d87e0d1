#include "CHostile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Acts that begin where a child may: with a file or a folder that it can open for reading. Where it
 * can open none, they end with that. */

static long open_at(long folder, const char *path, long flags) {
    return hostile_syscall(SYS_openat, folder, (long)path, flags, 0, 0, 0);
}

static long open_allowed(const char *path, long flags) {
    long fd = open_at(AT_FDCWD, path, O_RDONLY | flags);
    if (fd < 0) hostile_report("openat", fd);
    return fd;
}

static long settings(void) { return open_allowed("/etc/fonts/fonts.conf", O_CLOEXEC); }

static long map(long fd, long protection, long flags) {
    return hostile_syscall(SYS_mmap, 0, 4096, protection, flags, fd, 0);
}

/* No attack: what the policy is for. */
static void read_file(void) {
    char byte;
    long count = hostile_syscall(SYS_read, settings(), (long)&byte, 1, 0, 0, 0);
    if (count != 1) hostile_report("read", count);
    hostile_exit(0);
}

static void climb_from_folder(void) {
    long folder = open_allowed("/usr/share/fonts", O_DIRECTORY);
    hostile_report("openat", open_at(folder, "../../../etc/passwd", O_RDONLY));
}

static void write_file(void) {
    hostile_report("write", hostile_syscall(SYS_write, settings(), (long)"x", 1, 0, 0, 0));
}

/* The number that the filter lets it write to, of a file that it has open for reading. */
static void write_as_result(void) {
    hostile_close(4);
    long fd = settings();
    while (fd < 4) fd = settings();
    hostile_report("write", hostile_syscall(SYS_write, fd, (long)"x", 1, 0, 0, 0));
}

static void open_without_end(void) {
    for (;;) settings();
}

static void map_executable(void) {
    hostile_report("mmap", map(settings(), PROT_READ | PROT_EXEC, MAP_PRIVATE));
}

static void map_shared(void) {
    hostile_report("mmap", map(settings(), PROT_READ | PROT_WRITE, MAP_SHARED));
}

static void make_mapping_executable(void) {
    long address = map(settings(), PROT_READ, MAP_PRIVATE);
    if (address < 0 && address >= -4095) hostile_report("mmap", address);
    hostile_report("mprotect", hostile_syscall(SYS_mprotect, address, 4096, PROT_READ | PROT_EXEC,
                                               0, 0, 0));
}

static void execute_file(void) {
    hostile_report("execveat", hostile_syscall(SYS_execveat, settings(), (long)"", 0, 0,
                                               AT_EMPTY_PATH, 0));
}

const struct hostile_program hostile_file_programs[] = {
    {"01-execute-file", execute_file},
    {"02-read-file", read_file},
    {"02-climb-from-folder", climb_from_folder},
    {"02-write-file", write_file},
    {"02-write-as-result", write_as_result},
    {"02-open-without-end", open_without_end},
    {"09-map-file-executable", map_executable},
    {"09-map-file-shared", map_shared},
    {"10-file-executable", make_mapping_executable},
    {NULL, NULL},
};
