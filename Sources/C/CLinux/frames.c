#include "CLinux.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* Frames without frame pointers and without unwind tables, which most libraries of a distribution
 * lack or keep where they cannot be trusted: the words of a stack that point behind a call. Some of
 * them are left over from calls that have returned. */

#define MOST_RANGES 256

static struct {
    uintptr_t start, end;
} code[MOST_RANGES];
static size_t code_count;

static int note_code(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    for (int index = 0; index < info->dlpi_phnum && code_count < MOST_RANGES; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        /* The instructions before an address are looked at, so they have to be readable. */
        if (segment->p_type != PT_LOAD || (segment->p_flags & (PF_X | PF_R)) != (PF_X | PF_R))
            continue;
        code[code_count].start = info->dlpi_addr + segment->p_vaddr;
        code[code_count].end = info->dlpi_addr + segment->p_vaddr + segment->p_filesz;
        code_count++;
    }
    return 0;
}

static int by_start(const void *one, const void *other) {
    uintptr_t a = *(const uintptr_t *)one, b = *(const uintptr_t *)other;
    return (a > b) - (a < b);
}

void clinux_note_code(void) {
    code_count = 0;
    dl_iterate_phdr(note_code, NULL);
    qsort(code, code_count, sizeof *code, by_start);
}

/* Whether the instruction before this one is a call. */
static int follows_call(uintptr_t address) {
    size_t low = 0, high = code_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == code_count || address < code[low].start + 8) return 0;
#if defined(__x86_64__)
    const uint8_t *at = (const uint8_t *)address;
    if (at[-5] == 0xe8) return 1;
    /* FF /2 in its lengths: register or plain memory, with 8 bits more, 32 bits more, and a SIB byte
     * in each. */
    if (at[-2] == 0xff && ((at[-1] & 0xf8) == 0xd0 || (at[-1] & 0xf8) == 0x10)) return 1;
    if (at[-3] == 0xff && ((at[-2] & 0xf8) == 0x50 || at[-2] == 0x14)) return 1;
    if (at[-4] == 0xff && at[-3] == 0x54) return 1;
    if (at[-6] == 0xff && ((at[-5] & 0xf8) == 0x90 || at[-5] == 0x15)) return 1;
    return at[-7] == 0xff && at[-6] == 0x94;
#elif defined(__aarch64__)
    if (address & 3) return 0;
    uint32_t before;
    memcpy(&before, (const void *)(address - 4), sizeof before);
    return (before & 0xfc000000) == 0x94000000 || (before & 0xfffffc1f) == 0xd63f0000;
#endif
}

void clinux_find_frames(const struct clinux_registers *registers, const uint64_t *words, size_t size,
                        struct clinux_frames *frames) {
    memset(frames, 0, sizeof *frames);
    uint32_t count = 0;
    frames->addresses[count++] = registers->values[0];
#if defined(__aarch64__)
    /* The link register, where a function that calls nobody has its way back. */
    if (follows_call(registers->values[32])) frames->addresses[count++] = registers->values[32];
#endif
    size_t most = size < CLINUX_STACK_PIECE ? size : CLINUX_STACK_PIECE;
    frames->is_truncated = size > most;
    for (size_t index = 0; index < most / sizeof *words; index++) {
        if (!follows_call((uintptr_t)words[index])) continue;
        if (count == CLINUX_MOST_FRAMES) {
            frames->is_truncated = 1;
            break;
        }
        frames->addresses[count++] = words[index];
    }
    frames->count = count;
}
