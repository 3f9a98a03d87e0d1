/* libvips as the installed system has it, used directly: the independent source of what tests send
 * and of what they expect. It never runs in a program under test. */
#ifndef CREFERENCE_H
#define CREFERENCE_H

#include <stddef.h>
#include <stdint.h>

struct reference_pixels {
    int width;
    int height;
    int frames;
    /* Always 4 bytes a pixel: sRGB and alpha, rows from the top, frames one below the other. */
    uint8_t *bytes;
};

/* Decodes an image of any format. Returns 0, or -1 when libvips cannot read it. */
int reference_decode(const void *bytes, size_t count, struct reference_pixels *pixels);
/* Encodes sRGB pixels of 3 or 4 bytes as libvips' saver for the suffix does (".png", ".jpg[Q=90]").
 * A positive orientation is stored as EXIF has it. Returns 0, or -1. */
int reference_encode(const uint8_t *pixels, int width, int height, int bands, int orientation,
                     const char *suffix, uint8_t **bytes, size_t *count);
void reference_free(void *memory);

#endif
