/* malloc.h for mallopt(3), which the Glibc module of Swift does not show. */
#include <malloc.h>
#include <vips/vips.h>
