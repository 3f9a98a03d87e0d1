#include "CLinux.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const void *clinux_map_read_only(int fd, size_t length) {
    void *address = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
    return address == MAP_FAILED ? NULL : address;
}

/* proc_pid_statm(5): size, resident, shared, text, lib, data, dt, in pages. */
int clinux_memory_in_use(int statm, uint64_t *address_space, uint64_t *data) {
    char text[256];
    ssize_t count = pread(statm, text, sizeof text - 1, 0);
    if (count < 0) return -errno;
    text[count] = 0;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    char *cursor = text;
    for (int field = 0; field < 6; field++) {
        char *end;
        unsigned long long pages = strtoull(cursor, &end, 10);
        if (end == cursor) return -EPROTO;
        if (field == 0) *address_space = pages * page;
        if (field == 5) *data = pages * page;
        cursor = end;
    }
    return 0;
}
