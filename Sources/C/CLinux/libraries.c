#include "CLinux.h"

#include <elf.h>
#include <link.h>
#include <string.h>

struct search {
    struct clinux_library *libraries;
    int count, most;
};

/* The id stands in a note of the file itself (elf(5), NT_GNU_BUILD_ID). Its sizes come from a file on
 * disk, so each is held against the segment before it is used. */
static void find_build_id(const struct dl_phdr_info *info, struct clinux_library *library) {
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        if (segment->p_type != PT_NOTE) continue;
        const uint8_t *note = (const uint8_t *)(info->dlpi_addr + segment->p_vaddr);
        size_t rest = segment->p_memsz;
        while (rest >= sizeof(ElfW(Nhdr))) {
            ElfW(Nhdr) head;
            memcpy(&head, note, sizeof head);
            size_t name = ((size_t)head.n_namesz + 3) & ~(size_t)3;
            size_t text = ((size_t)head.n_descsz + 3) & ~(size_t)3;
            if (name > rest - sizeof head || text > rest - sizeof head - name) break;
            const uint8_t *content = note + sizeof head + name;
            if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 &&
                memcmp(note + sizeof head, "GNU", 4) == 0 &&
                head.n_descsz <= CLINUX_LONGEST_BUILD_ID) {
                memcpy(library->build, content, head.n_descsz);
                library->build_length = (uint8_t)head.n_descsz;
                return;
            }
            note = content + text;
            rest -= sizeof head + name + text;
        }
    }
}

/* From the first executable byte to the last. */
static void find_code(const struct dl_phdr_info *info, struct clinux_library *library) {
    library->bias = info->dlpi_addr;
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_X) == 0) continue;
        uint64_t end = segment->p_vaddr + segment->p_memsz;
        if (library->code_end == 0 || segment->p_vaddr < library->code_start)
            library->code_start = segment->p_vaddr;
        if (end > library->code_end) library->code_end = end;
    }
}

static int note_library(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    if (search->count == search->most) return 1;
    struct clinux_library *library = &search->libraries[search->count++];
    memset(library, 0, sizeof *library);
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash ? slash + 1 : info->dlpi_name;
    size_t length = strlen(name);
    if (length > CLINUX_LONGEST_NAME) length = CLINUX_LONGEST_NAME;
    memcpy(library->name, name, length);
    library->name_length = (uint8_t)length;
    find_build_id(info, library);
    find_code(info, library);
    return 0;
}

int clinux_libraries(struct clinux_library *libraries, int most) {
    struct search search = {.libraries = libraries, .count = 0, .most = most};
    dl_iterate_phdr(note_library, &search);
    return search.count;
}
