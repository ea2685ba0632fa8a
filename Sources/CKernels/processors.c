#define _GNU_SOURCE
#include "CKernels.h"
#include <errno.h>
#include <sched.h>

int kernel_processors(void) {
    // Some hosts have more processors than a cpu_set_t has room for.
    for (int count = 1024; count <= 1 << 16; count *= 2) {
        cpu_set_t *set = CPU_ALLOC(count);
        if (!set) return 1;
        size_t size = CPU_ALLOC_SIZE(count);
        int code = sched_getaffinity(0, size, set), reason = errno;
        int found = code == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (code == 0 || reason != EINVAL) return found > 0 ? found : 1;
    }
    return 1;
}
