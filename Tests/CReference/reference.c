#include "CReference.h"

#include <vips/vips.h>

static void start(void) {
    static gsize started = 0;
    if (g_once_init_enter(&started)) {
        int failed = vips_init("reference");
        if (!failed) vips_concurrency_set(1);
        g_once_init_leave(&started, 1);
    }
}

/* All frames where the loader knows of frames, else the one image there is. */
static VipsImage *load(const void *bytes, size_t count) {
    VipsImage *image = vips_image_new_from_buffer(bytes, count, "[n=-1]", NULL);
    if (image) return image;
    vips_error_clear();
    return vips_image_new_from_buffer(bytes, count, "", NULL);
}

int reference_decode(const void *bytes, size_t count, struct reference_pixels *pixels) {
    start();
    VipsImage *image = load(bytes, count);
    if (!image) {
        vips_error_clear();
        return -1;
    }
    VipsObject *scope = VIPS_OBJECT(vips_image_new());
    VipsImage **step = (VipsImage **)vips_object_local_array(scope, 4);
    step[0] = image;
    int result = -1;
    size_t size = 0;
    if (vips_colourspace(step[0], &step[1], VIPS_INTERPRETATION_sRGB, NULL) == 0 &&
        vips_cast(step[1], &step[2], VIPS_FORMAT_UCHAR, NULL) == 0) {
        VipsImage *opaque = step[2];
        if (!vips_image_hasalpha(opaque) && vips_addalpha(opaque, &step[3], NULL) == 0)
            opaque = step[3];
        pixels->width = opaque->Xsize;
        pixels->frames = vips_image_get_n_pages(opaque);
        pixels->height = opaque->Ysize / pixels->frames;
        pixels->bytes = vips_image_write_to_memory(opaque, &size);
        if (pixels->bytes && size == (size_t)opaque->Xsize * (size_t)opaque->Ysize * 4) result = 0;
    }
    g_object_unref(scope);
    vips_error_clear();
    return result;
}

int reference_encode(const uint8_t *pixels, int width, int height, int bands, int orientation,
                     const char *suffix, uint8_t **bytes, size_t *count) {
    start();
    size_t size = (size_t)width * (size_t)height * (size_t)bands;
    VipsImage *memory =
        vips_image_new_from_memory_copy(pixels, size, width, height, bands, VIPS_FORMAT_UCHAR);
    VipsImage *image = NULL;
    if (!memory || vips_copy(memory, &image, "interpretation", VIPS_INTERPRETATION_sRGB, NULL)) {
        if (memory) g_object_unref(memory);
        return -1;
    }
    if (orientation > 0) vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
    void *encoded = NULL;
    int result = vips_image_write_to_buffer(image, suffix, &encoded, count, NULL);
    *bytes = encoded;
    g_object_unref(image);
    g_object_unref(memory);
    vips_error_clear();
    return result;
}

void reference_free(void *memory) { g_free(memory); }
