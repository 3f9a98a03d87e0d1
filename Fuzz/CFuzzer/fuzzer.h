#ifndef GLOVEBOX_FUZZER_H
#define GLOVEBOX_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/* The entry of libFuzzer as a library; see "Using libFuzzer as a library" in LLVM's manual. */
int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));

#endif
