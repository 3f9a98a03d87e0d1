/* The loop that the service is measured against: one image, decoded, scaled and encoded again and
 * again by libvips in this process, with nothing between the two.
 *
 *   inprocess thumbnail|steps jpg|webp FILE SECONDS THREADS [OUT]
 *
 * `thumbnail` is what most programs write: vips_thumbnail_buffer. `steps` makes the calls of a
 * confined child, one by one, so that nothing but the isolation is left between the two figures.
 * The file is read once; each image becomes a JPEG of quality 80 or a WebP of quality 75, of at most
 * 300 x 300 pixels. Prints one line of JSON; OUT gets the first result.
 *
 * Compiled against the system's headers; LD_LIBRARY_PATH chooses the library at run time. */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <vips/vips.h>

enum { side = 300, most_times = 1 << 20 };

static void *file;
static size_t file_size;
static gboolean is_thumbnail, to_webp, has_keep;
static double end_time;
static float times[most_times];
static atomic_int count;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "inprocess: %s: %s\n", what, vips_error_buffer());
    exit(1);
}

static VipsImage *thumbnail(void) {
    VipsImage *image;
    if (vips_thumbnail_buffer(file, file_size, &image, side, "height", side, "size",
                              VIPS_SIZE_DOWN, "fail_on", VIPS_FAIL_ON_ERROR, NULL))
        fail("vips_thumbnail_buffer");
    return image;
}

/* The sources say it in Sources/Sandbox/Transforming: the header for the facts, the source at a
 * smaller scale where the format can, then the steps, then the pixels. */
static VipsImage *steps(void) {
    const char *options = "[access=sequential,fail-on=error]";
    VipsImage *image, *next;
    char smaller[64] = "";
    double factor = 1;
    for (int pass = 0; pass < 2; pass++) {
        const char *chosen = options;
        if (pass == 1) {
            factor = (double)side / VIPS_MAX(image->Xsize, image->Ysize);
            const char *loader;
            vips_image_get_string(image, VIPS_META_LOADER, &loader);
            int shrink = factor >= 1 ? 1 : factor <= 1 / 8. ? 8 : factor <= .25 ? 4 : factor <= .5 ? 2 : 1;
            if (g_str_has_prefix(loader, "jpeg") && shrink > 1)
                snprintf(smaller, sizeof smaller, "[access=sequential,fail-on=error,shrink=%d]", shrink);
            else if (g_str_has_prefix(loader, "webp") && factor < 1)
                snprintf(smaller, sizeof smaller, "[access=sequential,fail-on=error,scale=%.15g]", factor);
            if (*smaller) chosen = smaller;
            g_object_unref(image);
        }
        if (!(image = vips_image_new_from_buffer(file, file_size, chosen, NULL))) fail("load");
    }
    gboolean alpha = vips_image_hasalpha(image);
    if (factor < 1) {
        double scale = (double)side / VIPS_MAX(image->Xsize, image->Ysize);
        VipsImage *weighted = image, *scaled;
        if (alpha) {
            if (vips_premultiply(image, &next, NULL) || vips_cast_uchar(next, &weighted, NULL))
                fail("premultiply");
            g_object_unref(next);
            g_object_unref(image);
        }
        if (vips_resize(weighted, &scaled, scale, NULL)) fail("resize");
        g_object_unref(weighted);
        image = scaled;
        if (alpha) {
            if (vips_unpremultiply(scaled, &next, NULL) || vips_cast_uchar(next, &image, NULL))
                fail("unpremultiply");
            g_object_unref(next);
            g_object_unref(scaled);
        }
    }
    return image;
}

/* All pixels, top to bottom and on this thread, as VipsImageRef.copiedToMemory computes them. */
static VipsImage *pixels(VipsImage *image) {
    enum { strip = 16 };
    VipsImage *copy = vips_image_new_memory(), *inputs[] = {image, NULL};
    VipsRegion *region = vips_region_new(image);
    if (vips_image_pio_input(image) ||
        vips_image_pipeline_array(copy, VIPS_DEMAND_STYLE_ANY, inputs))
        fail("decode");
    for (int y = 0; y < image->Ysize; y += strip) {
        VipsRect rows = {0, y, image->Xsize, VIPS_MIN(strip, image->Ysize - y)};
        if (vips_region_prepare(region, &rows)) fail("decode");
        for (int row = y; row < y + rows.height; row++)
            if (vips_image_write_line(copy, row, VIPS_REGION_ADDR(region, 0, row))) fail("decode");
    }
    g_object_unref(region);
    return copy;
}

static void one(void **result, size_t *size) {
    VipsImage *image = is_thumbnail ? thumbnail() : steps(), *next;
    if (vips_image_hasalpha(image)) {
        VipsArrayDouble *white = vips_array_double_newv(1, 255.);
        if (vips_flatten(image, &next, "background", white, NULL)) fail("flatten");
        vips_area_unref(VIPS_AREA(white));
        g_object_unref(image);
        image = next;
    }
    if (!is_thumbnail) {
        next = pixels(image);
        g_object_unref(image);
        image = next;
    }
    /* 8.15 put `keep` in the place of `strip`. */
    const char *strip = has_keep ? "keep" : "strip";
    int value = has_keep ? 0 : TRUE;
    int failed = to_webp ? vips_webpsave_buffer(image, result, size, "Q", 75, strip, value, NULL)
                         : vips_jpegsave_buffer(image, result, size, "Q", 80, "optimize-coding",
                                                TRUE, strip, value, NULL);
    if (failed) fail("save");
    g_object_unref(image);
}

static void *loop(void *unused) {
    (void)unused;
    for (double start = now(), end; start < end_time; start = end) {
        void *result;
        size_t size;
        one(&result, &size);
        g_free(result);
        end = now();
        int index = atomic_fetch_add(&count, 1);
        if (index < most_times) times[index] = (float)(end - start);
    }
    vips_thread_shutdown();
    return NULL;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double milliseconds(struct timeval t) {
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

int main(int argc, char **argv) {
    if (argc < 6 || VIPS_INIT(argv[0])) {
        fprintf(stderr, "usage: inprocess thumbnail|steps jpg|webp FILE SECONDS THREADS [OUT]\n");
        return 2;
    }
    is_thumbnail = strcmp(argv[1], "thumbnail") == 0;
    to_webp = strcmp(argv[2], "webp") == 0;
    has_keep = vips_version(0) > 8 || vips_version(1) >= 15;
    double seconds = atof(argv[4]);
    int threads = VIPS_CLIP(1, atoi(argv[5]), 64);
    /* As in the service: one thread of libvips for each image, and nothing remembered. */
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    if (!is_thumbnail) {
        /* As in the zygote: blocks come from the heap, and nothing is given back. */
        mallopt(M_MMAP_THRESHOLD, 32 << 20);
        mallopt(M_TRIM_THRESHOLD, 1 << 30);
    }
    gchar *bytes;
    if (!g_file_get_contents(argv[3], &bytes, &file_size, NULL)) {
        fprintf(stderr, "inprocess: %s cannot be read\n", argv[3]);
        return 1;
    }
    file = bytes;

    void *result;
    size_t size;
    /* Once before the clock starts: whatever is set up at first use is set up. */
    one(&result, &size);
    VipsImage *image = vips_image_new_from_buffer(result, size, "", NULL);
    if (!image) fail("result");
    if (argc > 6 && !g_file_set_contents(argv[6], result, (gssize)size, NULL)) return 1;

    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    double start = now();
    end_time = start + seconds;
    pthread_t ids[64];
    for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, loop, NULL);
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    double elapsed = now() - start;
    getrusage(RUSAGE_SELF, &after);

    int images = count, kept = VIPS_MIN(images, most_times);
    qsort(times, (size_t)kept, sizeof times[0], ascending);
    printf("{\"libvips\": \"%s\", \"images\": %d, \"seconds\": %.4f, \"user_ms\": %.1f, "
           "\"system_ms\": %.1f, \"p50_ms\": %.3f, \"p95_ms\": %.3f, \"p99_ms\": %.3f, "
           "\"minor_faults\": %ld, \"peak_kib\": %ld, \"width\": %d, \"height\": %d, "
           "\"bytes\": %zu}\n",
           vips_version_string(), images, elapsed,
           milliseconds(after.ru_utime) - milliseconds(before.ru_utime),
           milliseconds(after.ru_stime) - milliseconds(before.ru_stime),
           1e3 * times[kept / 2], 1e3 * times[kept * 95 / 100], 1e3 * times[kept * 99 / 100],
           after.ru_minflt - before.ru_minflt, after.ru_maxrss, image->Xsize, image->Ysize, size);
    return 0;
}
