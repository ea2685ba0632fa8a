// Images enlarged and reduced by whole factors: each is the other's adjoint. Separable, so rows are combined into
// `line` first and its pixels after that. A pixel is `width` floats, the channels of a block.

#define INLINE static inline __attribute__((always_inline))

// y = near * a + far * b
INLINE void NAME(mixLines)(int64_t n, float near, float far, float *y, const float *a, const float *b) {
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
        NAME(store)(y + i, NAME(fma)(NAME(load)(b + i), NAME(splat)(far), NAME(load)(a + i) * NAME(splat)(near)));
    for (; i < n; i++) y[i] = __builtin_elementwise_fma(b[i], far, a[i] * near);
}
// y = scale * ((a + b) * 3 + (c + d)) / 4
INLINE void NAME(gatherLines)(int64_t n, float scale, float *y, const float *a, const float *b, const float *c, const float *d) {
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) {
        V outer = (NAME(load)(c + i) + NAME(load)(d + i)) * NAME(splat)(0.25f);
        NAME(store)(y + i, NAME(fma)(NAME(load)(a + i) + NAME(load)(b + i), NAME(splat)(0.75f), outer) * NAME(splat)(scale));
    }
    for (; i < n; i++) y[i] = __builtin_elementwise_fma(a[i] + b[i], 0.75f, (c[i] + d[i]) * 0.25f) * scale;
}
INLINE int64_t NAME(within)(int64_t i, int64_t n) { return i < 0 ? 0 : i < n ? i : n - 1; }

INLINE void NAME(enlargeImages)(int W, const KernelImages *k, int bilinear, float scale, float *y, float *line, const float *x) {
    int64_t w = W ? W : k->width, row = k->columns * w, f = k->columnFactor;
    for (int64_t p = 0; p < k->planes; p++, x += k->rows * row)
        for (int64_t Y = 0; Y < k->rows * k->rowFactor; Y++, y += row * f) {
            int64_t i = Y / k->rowFactor;
            const float *from = x + i * row;
            if (bilinear && k->rowFactor == 2) {
                NAME(mixLines)(row, 0.75f, 0.25f, line, from, x + NAME(within)(i + (Y % 2 ? 1 : -1), k->rows) * row);
                from = line;
            }
            for (int64_t j = 0; j < k->columns; j++) {
                const float *a = from + j * w;
                float *o = y + j * f * w;
                if (bilinear && f == 2) {
                    const float *l = from + NAME(within)(j - 1, k->columns) * w, *r = from + NAME(within)(j + 1, k->columns) * w;
                    NAME(mixLines)(w, 0.75f * scale, 0.25f * scale, o, a, l);
                    NAME(mixLines)(w, 0.75f * scale, 0.25f * scale, o + w, a, r);
                } else for (int64_t c = 0; c < f; c++) for (int64_t e = 0; e < w; e++) o[c * w + e] = a[e] * scale;
            }
        }
}

INLINE void NAME(reduceImages)(int W, const KernelImages *k, int bilinear, float scale, float *y, float *line, const float *x) {
    int64_t w = W ? W : k->width, row = k->columns * w, f = k->columnFactor, wide = row * f;
    for (int64_t p = 0; p < k->planes; p++, x += k->rows * k->rowFactor * wide)
        for (int64_t i = 0; i < k->rows; i++, y += row) {
            const float *a = x + i * k->rowFactor * wide;
            if (bilinear && k->rowFactor == 2) {
                const float *before = x + NAME(within)(2 * i - 1, 2 * k->rows) * wide, *after = x + NAME(within)(2 * i + 2, 2 * k->rows) * wide;
                NAME(gatherLines)(wide, 1, line, a, a + wide, before, after);
            } else {
                for (int64_t e = 0; e < wide; e++) line[e] = a[e];
                for (int64_t c = 1; c < k->rowFactor; c++) for (int64_t e = 0; e < wide; e++) line[e] += a[c * wide + e];
            }
            for (int64_t j = 0; j < k->columns; j++) {
                const float *b = line + j * f * w;
                float *o = y + j * w;
                if (bilinear && f == 2) {
                    const float *l = line + NAME(within)(2 * j - 1, 2 * k->columns) * w, *r = line + NAME(within)(2 * j + 2, 2 * k->columns) * w;
                    NAME(gatherLines)(w, scale, o, b, b + w, l, r);
                } else for (int64_t e = 0; e < w; e++) {
                    float s = b[e];
                    for (int64_t c = 1; c < f; c++) s += b[c * w + e];
                    o[e] = s * scale;
                }
            }
        }
}

// Loops over a pixel unroll only where its width is a constant.
#define EACH_WIDTH(name, k, ...) \
    if ((k)->width == 16) NAME(name)(16, k, __VA_ARGS__); \
    else if ((k)->width == 8) NAME(name)(8, k, __VA_ARGS__); \
    else if ((k)->width == 1) NAME(name)(1, k, __VA_ARGS__); \
    else NAME(name)(0, k, __VA_ARGS__);

static void NAME(kernel_enlarge)(const KernelImages *k, int32_t bilinear, float scale, float *y, float *line, const float *x) {
    EACH_WIDTH(enlargeImages, k, bilinear, scale, y, line, x)
}
static void NAME(kernel_reduce)(const KernelImages *k, int32_t bilinear, float scale, float *y, float *line, const float *x) {
    EACH_WIDTH(reduceImages, k, bilinear, scale, y, line, x)
}

#undef EACH_WIDTH
#undef INLINE
