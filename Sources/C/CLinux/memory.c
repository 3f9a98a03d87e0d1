#include "CLinux.h"

#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const void *clinux_map_read_only(int fd, size_t length) {
    void *address = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
    return address == MAP_FAILED ? NULL : address;
}

/* A huge page of this processor's page tables: x86-64 and aarch64 with pages of 4 KiB. */
enum { huge_page = 2 << 20 };
/* What the heap has in small pages first: jobs on small images need no more, and to clear a huge page
 * takes as long as 70 faults. */
enum { small_blocks = 256 << 10 };

/* Where the part of the heap begins that was never given out. */
static char *unused_heap(void) { return (char *)sbrk(0) - mallinfo2().keepcost; }

/* Takes what was freed and lies between blocks, and keeps it: it has been written, and a child that got
 * it would have it copied page by page. */
static void fill_holes(void) {
    size_t size = 4 << 20;
    while (size >= 16) {
        char *unused = unused_heap(), *block = malloc(size);
        if (block && block < unused) continue;
        /* Large ones go back into the unused part; malloc keeps small ones apart for their size. */
        if (size > 1024) free(block);
        size = size > 1024 ? size / 2 : size - 16;
    }
}

int clinux_prepare_heap(size_t reserve) {
    /* Blocks come from the heap and not from a mapping each, which the kernel would have to fill with
     * zeroes anew each time; 32 MiB is the most that mallopt(3) takes. Nothing is given back: the
     * process ends soon. */
    if (!mallopt(M_MMAP_THRESHOLD, 32 << 20) || !mallopt(M_TRIM_THRESHOLD, 1 << 30) ||
        !mallopt(M_TOP_PAD, (int)reserve))
        return -EINVAL;
    fill_holes();
    /* More than is free in the heap, so that it grows, now. The block is not touched, and shrinks to
     * what lies between it and the small blocks before the first huge page. */
    char *unused = unused_heap(), *block = malloc(2 * huge_page);
    if (!block) return -ENOMEM;
    char *start = block + small_blocks, *end = sbrk(0);
    /* From elsewhere, others' blocks would lie behind it. */
    if (block < unused || block >= end) return 0;
    size_t gap = -(uintptr_t)start % huge_page;
    if (!realloc(block, gap + 1)) return -ENOMEM;
    if (!mallopt(M_TOP_PAD, 1 << 20)) return -EINVAL;
    start += gap;
    /* One fault for each huge page instead of 512; where the kernel has none, nothing changes. What
     * malloc has written beyond the small blocks means nothing any more, and a huge page that this
     * process had would be copied for every child. */
    if (start < end) {
        (void)madvise(start, (size_t)(end - start), MADV_DONTNEED);
        (void)madvise(start, (size_t)(end - start), MADV_HUGEPAGE);
    }
    return 0;
}

/* Linux 6.1; the toolchain's headers may be older. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* Puts a copy on huge pages in the place of [start, end), which lies on their borders. */
static int move_to_huge_pages(char *start, char *end, int protection) {
    size_t length = (size_t)(end - start);
    char *room = mmap(NULL, length + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
    if (room == MAP_FAILED) return 0;
    char *copy = room + -(uintptr_t)room % huge_page;
    (void)munmap(room, (size_t)(copy - room));
    (void)munmap(copy + length, (size_t)(room + huge_page - copy));
    (void)madvise(copy, length, MADV_HUGEPAGE);
    memcpy(copy, start, length);
    /* On small pages it would be worse than the file: each fork would copy their page tables. */
    if (madvise(copy, length, MADV_COLLAPSE) < 0 || mprotect(copy, length, protection) < 0) {
        (void)munmap(copy, length);
        return 0;
    }
    /* The place may be lost when this fails, so nobody may go on. */
    void *moved = mremap(copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, start);
    return moved == MAP_FAILED ? -errno : 0;
}

struct huge_code {
    uintptr_t within;
    int result;
};

static int find_code(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    struct huge_code *wanted = context;
    int is_it = 0;
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        is_it |= segment->p_type == PT_LOAD &&
                 wanted->within - (info->dlpi_addr + segment->p_vaddr) < segment->p_memsz;
    }
    for (int index = 0; is_it && index < info->dlpi_phnum && wanted->result == 0; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        uintptr_t start = info->dlpi_addr + segment->p_vaddr, end = start + segment->p_filesz;
        start += -start % huge_page;
        end -= end % huge_page;
        int protection = segment->p_flags & PF_X ? PROT_READ | PROT_EXEC : PROT_READ;
        if (start < end)
            wanted->result = move_to_huge_pages((char *)start, (char *)end, protection);
    }
    return is_it;
}

int clinux_huge_code(const void *within) {
    struct huge_code wanted = {.within = (uintptr_t)within, .result = 0};
    dl_iterate_phdr(find_code, &wanted);
    return wanted.result;
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
