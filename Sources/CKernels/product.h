// Matrix products. Each result is one chain of fused multiply-adds in the order of the inner index, so its bits depend on
// the operands alone: not on the instruction set, nor on how the loops below are cut to fit registers and caches.

#define INLINE static inline __attribute__((always_inline))
#define S NAME(splat)
#define FMA NAME(fma)

// Two steps of the inner index at once, from pairs of bfloat16: the odd one first, each rounded, as the instruction does it.
INLINE V NAME(addPairs)(V sum, V a, V b) {
#ifdef PRODUCT_PAIRS
    return PRODUCT_PAIRS(sum, a, b);
#else
    const I odd = {-65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536};
    sum = FMA((V)((I)a & odd), (V)((I)b & odd), sum);
    return FMA((V)((I)a << 16), (V)((I)b << 16), sum);
#endif
}

// R rows by C vectors of results stay in registers over `n` inner steps; the last vector may be `tail` floats wide.
// Strides are in elements of `size` bytes; pairs of two bytes are read as one float. On the way the next panel of the left operand
// and the one of the right at `ahead` are fetched.
INLINE void NAME(productTile)(
    int size, int R, int C, const KernelProduct *p, int64_t n, const char *a, const char *b, float *c, int accumulate, int64_t tail, const char *ahead
) {
    V s[8][3];
    for (int i = 0; i < R; i++) for (int j = 0; j < C; j++)
        s[i][j] = !accumulate ? (V){0} : j == C - 1 && tail < 16 ? NAME(loadTail)(c + i * p->outputRow + j * p->outputPanel, tail)
                                                                  : NAME(load)(c + i * p->outputRow + j * p->outputPanel);
    const int step = 4 / size;
    int64_t ai = p->leftRow * size, ak = p->leftStep * 4, bk = p->rightStep * 4, bs = p->rightPanel * size;
#define STEP(at) { \
        V q[3]; \
        __builtin_prefetch(ahead); \
        for (int j = 0; j < C; j++) q[j] = NAME(load)((const float *)(b + j * bs)); \
        for (int i = 0; i < R; i++) { \
            V x = S(*(const float *)((at) + i * ai)); \
            for (int j = 0; j < C; j++) s[i][j] = size == 2 ? NAME(addPairs)(s[i][j], x, q[j]) : FMA(x, q[j], s[i][j]); \
        } \
    }
    for (; n >= 16; n -= 16, a += p->leftPanel * size) {
        const char *at = a;
        for (int i = 0; i < R; i++) __builtin_prefetch(a + p->leftPanel * size + i * ai);
        for (int k = 0; k < 16; k += step, at += ak, b += bk, ahead += bk) STEP(at)
    }
    for (; n > 0; n -= step, a += ak, b += bk, ahead += bk) STEP(a)
#undef STEP
    for (int i = 0; i < R; i++) for (int j = 0; j < C; j++) {
        float *to = c + i * p->outputRow + j * p->outputPanel;
        if (j == C - 1 && tail < 16) memcpy(to, &s[i][j], tail * sizeof(float)); else NAME(store)(to, s[i][j]);
    }
}

// All rows against C neighbouring panels. The first tiles fetch the C panels at `next`, one each; the rest fetch what is there.
// Rows of a transposed left operand lie in panels too: a tile stays within one.
INLINE void NAME(productColumn)(
    int size, int C, const KernelProduct *p, int64_t n, const char *a, const char *b, float *c, int accumulate, int64_t tail, const char *next
) {
#define ROWS(count) \
    for (; m + (count) <= p->rows; m += (count), ahead = ++fetched < C ? ahead + p->rightPanel * size : b) \
        NAME(productTile)( \
            size, count, C, p, n, a + ((m / 16) * p->leftRowPanel + (m % 16) * p->leftRow) * size, b, c + m * p->outputRow, accumulate, tail, ahead);
    int64_t m = 0, fetched = 0;
    const char *ahead = next;
    ROWS(PRODUCT_ROWS) ROWS(4) ROWS(2) ROWS(1)
#undef ROWS
}

INLINE void NAME(productOf)(int size, const KernelProduct *p, float *c, const char *a, const char *b) {
    // Three panels of so many inner steps fit a first-level cache of 32 KB.
    enum { Depth = 128 };
    int64_t panels = (p->columns + 15) / 16, tail = p->columns - (panels - 1) * 16;
    for (int64_t f = 0; f < p->count; f++, a += p->leftMatrix * size, b += p->rightMatrix * size, c += p->outputMatrix)
        for (int64_t k = 0; k < p->inner; k += Depth) {
            int64_t n = p->inner - k < Depth ? p->inner - k : Depth;
            const char *left = a + k / 16 * p->leftPanel * size;
            int accumulate = p->accumulates || k > 0;
            const char *after = b + (k + n < p->inner ? (k + n) * p->rightStep : p->rightMatrix) * size;
            // A last panel that is not full goes alone: its width is no constant, and would keep results out of registers.
            int64_t whole = tail < 16 ? panels - 1 : panels;
            for (int64_t j = 0; j < whole;) {
                const char *right = b + (j * p->rightPanel + k * p->rightStep) * size;
                float *to = c + j * p->outputPanel;
                int64_t rest = whole - j, width = PRODUCT_PANELS < 3 ? 1 : rest == 4 ? 2 : rest > 3 ? 3 : rest;
                const char *next = j + width < panels ? right + width * p->rightPanel * size : after;
                if (width == 3) NAME(productColumn)(size, 3, p, n, left, right, to, accumulate, 16, next);
                else if (width == 2) NAME(productColumn)(size, 2, p, n, left, right, to, accumulate, 16, next);
                else NAME(productColumn)(size, 1, p, n, left, right, to, accumulate, 16, next);
                j += width;
            }
            if (tail < 16)
                NAME(productColumn)(size, 1, p, n, left, b + (whole * p->rightPanel + k * p->rightStep) * size, c + whole * p->outputPanel, accumulate, tail, after);
        }
}

static void NAME(kernel_product)(const KernelProduct *p, float *c, const float *a, const float *b) {
    NAME(productOf)(4, p, c, (const char *)a, (const char *)b);
}
static void NAME(kernel_product_bfloat16)(const KernelProduct *p, float *c, const uint16_t *a, const uint16_t *b) {
    NAME(productOf)(2, p, c, (const char *)a, (const char *)b);
}

// Element k of vector i becomes element i of vector k.
INLINE void NAME(transposeSquare)(V x[16]) {
#define LIST(...) __VA_ARGS__
#define STEP(s, low, high) \
    for (int i = 0; i < 16; i++) if (!(i & s)) { \
        V a = x[i], b = x[i + s]; \
        x[i] = __builtin_shufflevector(a, b, LIST low); x[i + s] = __builtin_shufflevector(a, b, LIST high); \
    }
    STEP(1, (0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30), (1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
    STEP(2, (0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29), (2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
    STEP(4, (0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27), (4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
    STEP(8, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#undef STEP
#undef LIST
}

// Rounded to the nearest bfloat16, ties to even, in the low half of each element; what is no number stays none.
INLINE U NAME(shortened)(V x) {
    U rounded = ((U)x + 0x7fff + ((U)x >> 16 & 1)) >> 16;
    return (U)NAME(choose)(x != x, (V)((U)x >> 16 | 0x40), (V)rounded);
}

// Sixteen numbers as row `row` of a panel. Of two paired rows the even one comes first, and leaves zeros for the odd.
INLINE void NAME(storeRow)(int format, void *panel, int64_t row, V x) {
    typedef uint16_t H __attribute__((vector_size(32), aligned(2), may_alias));
    typedef uint32_t UU __attribute__((vector_size(64), aligned(2), may_alias));
    if (format == KernelFloats) NAME(store)((float *)panel + row * 16, x);
    else if (format == KernelShortRows) *(H *)((uint16_t *)panel + row * 16) = __builtin_convertvector(NAME(shortened)(x), H);
    else {
        UU *pair = (UU *)((uint16_t *)panel + row / 2 * 32);
        *pair = row % 2 ? *pair | NAME(shortened)(x) << 16 : NAME(shortened)(x);
    }
}

// A matrix as panels of 16 columns, the last filled up with zeros.
INLINE void NAME(packInto)(int format, int64_t rows, int64_t columns, int transposed, void *panels, const float *x) {
    int64_t height = format == KernelShortPairs ? (rows + 1) / 2 * 2 : rows;
    for (int64_t j = 0; j < columns; j += 16) {
        int64_t n = columns - j < 16 ? columns - j : 16;
        void *panel = (char *)panels + j * height * (format == KernelFloats ? 4 : 2);
        if (!transposed) {
            for (int64_t i = 0; i < rows; i++)
                NAME(storeRow)(format, panel, i, n == 16 ? NAME(load)(x + i * columns + j) : NAME(loadTail)(x + i * columns + j, n));
        } else for (int64_t i = 0; i < rows; i += 16) {
            int64_t m = rows - i < 16 ? rows - i : 16;
            V square[16];
            for (int64_t k = 0; k < 16; k++)
                square[k] = k >= n ? (V){0} : m == 16 ? NAME(load)(x + (j + k) * rows + i) : NAME(loadTail)(x + (j + k) * rows + i, m);
            NAME(transposeSquare)(square);
            for (int64_t k = 0; k < m; k++) NAME(storeRow)(format, panel, i + k, square[k]);
        }
    }
}

static void NAME(kernel_pack)(KernelFormat format, int64_t rows, int64_t columns, int32_t transposed, void *panels, const float *x) {
    if (format == KernelFloats) NAME(packInto)(KernelFloats, rows, columns, transposed, panels, x);
    else if (format == KernelShortRows) NAME(packInto)(KernelShortRows, rows, columns, transposed, panels, x);
    else NAME(packInto)(KernelShortPairs, rows, columns, transposed, panels, x);
}

#undef S
#undef FMA
#undef INLINE
