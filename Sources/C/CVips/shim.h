/* malloc.h for mallopt(3), which the Glibc module of Swift does not show. */
#include <malloc.h>
#include <vips/vips.h>
/* Not part of vips.h: vips_vector_set_enabled. */
#include <vips/vector.h>
