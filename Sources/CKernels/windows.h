// The windows that a convolution sees of an image in row order, one a row: `[pixel][channel][tap row][tap column]`.

#define INLINE static inline __attribute__((always_inline))

INLINE void NAME(gatherWindows)(int64_t side, const KernelWindows *windows, float *window, const float *image) {
    const KernelWindows own = *windows, *k = &own;
    for (int64_t y = 0; y < k->outputRows; y++) for (int64_t x = 0; x < k->outputColumns; x++) {
        int64_t top = y * k->stride - k->padding, left = x * k->stride - k->padding;
        int isWide = left >= 0 && left + side <= k->columns;
        for (int64_t c = 0; c < k->channels; c++) for (int64_t i = 0; i < side; i++, window += side) {
            const float *from = image + (c * k->rows + top + i) * k->columns + left;
            int hasRow = top + i >= 0 && top + i < k->rows;
            if (hasRow && isWide) memcpy(window, from, side * sizeof(float));
            else for (int64_t j = 0; j < side; j++)
                window[j] = hasRow && left + j >= 0 && left + j < k->columns ? from[j] : 0;
        }
    }
}

INLINE void NAME(scatterWindows)(int64_t side, const KernelWindows *windows, float *image, const float *window) {
    const KernelWindows own = *windows, *k = &own;
    memset(image, 0, k->channels * k->rows * k->columns * sizeof(float));
    for (int64_t y = 0; y < k->outputRows; y++) for (int64_t x = 0; x < k->outputColumns; x++) {
        int64_t top = y * k->stride - k->padding, left = x * k->stride - k->padding;
        int isWide = left >= 0 && left + side <= k->columns;
        for (int64_t c = 0; c < k->channels; c++) for (int64_t i = 0; i < side; i++, window += side) {
            if (top + i < 0 || top + i >= k->rows) continue;
            float *to = image + (c * k->rows + top + i) * k->columns + left;
            if (isWide) for (int64_t j = 0; j < side; j++) to[j] += window[j];
            else for (int64_t j = 0; j < side; j++) if (left + j >= 0 && left + j < k->columns) to[j] += window[j];
        }
    }
}

// Rows of taps are copied whole only where their length is a constant.
#define EACH_SIDE(name, ...) \
    if (k->side == 4) NAME(name)(4, __VA_ARGS__); \
    else if (k->side == 3) NAME(name)(3, __VA_ARGS__); \
    else NAME(name)(k->side, __VA_ARGS__);

static void NAME(kernel_gather_windows)(const KernelWindows *k, float *windows, const float *image) {
    EACH_SIDE(gatherWindows, k, windows, image)
}
static void NAME(kernel_scatter_windows)(const KernelWindows *k, float *image, const float *windows) {
    EACH_SIDE(scatterWindows, k, image, windows)
}

#undef EACH_SIDE
#undef INLINE
