// Matrix products. Each result is one chain of fused multiply-adds in the order of the inner index, so its bits depend on
// the operands alone: not on the instruction set, nor on how the loops below are cut to fit registers and caches.

#define INLINE static inline __attribute__((always_inline))
#define S NAME(splat)
#define FMA NAME(fma)

// R rows by C vectors of results stay in registers over `n` inner steps; the last vector may be `tail` floats wide.
INLINE void NAME(productTile)(int R, int C, const KernelProduct *p, int64_t n, const float *a, const float *b, float *c, int accumulate, int64_t tail) {
    V s[8][3];
    for (int i = 0; i < R; i++) for (int j = 0; j < C; j++)
        s[i][j] = !accumulate ? (V){0} : j == C - 1 && tail < 16 ? NAME(loadTail)(c + i * p->outputRow + j * p->outputPanel, tail)
                                                                  : NAME(load)(c + i * p->outputRow + j * p->outputPanel);
    int64_t ai = p->leftRow, ak = p->leftStep, bk = p->rightStep, bs = p->rightPanel;
    for (; n >= 16; n -= 16, a += p->leftPanel) {
        const float *at = a;
        for (int k = 0; k < 16; k++, at += ak, b += bk) {
            V q[3];
            for (int j = 0; j < C; j++) q[j] = NAME(load)(b + j * bs);
            for (int i = 0; i < R; i++) { V x = S(at[i * ai]); for (int j = 0; j < C; j++) s[i][j] = FMA(x, q[j], s[i][j]); }
        }
    }
    for (; n > 0; n--, a += ak, b += bk) {
        V q[3];
        for (int j = 0; j < C; j++) q[j] = NAME(load)(b + j * bs);
        for (int i = 0; i < R; i++) { V x = S(a[i * ai]); for (int j = 0; j < C; j++) s[i][j] = FMA(x, q[j], s[i][j]); }
    }
    for (int i = 0; i < R; i++) for (int j = 0; j < C; j++) {
        float *to = c + i * p->outputRow + j * p->outputPanel;
        if (j == C - 1 && tail < 16) memcpy(to, &s[i][j], tail * sizeof(float)); else NAME(store)(to, s[i][j]);
    }
}

// All rows against C neighbouring panels. Rows of a transposed left operand lie in panels too: a tile stays within one.
INLINE void NAME(productColumn)(int C, const KernelProduct *p, int64_t n, const float *a, const float *b, float *c, int accumulate, int64_t tail) {
#define ROWS(count) \
    for (; m + (count) <= p->rows; m += (count)) \
        NAME(productTile)(count, C, p, n, a + (m / 16) * p->leftRowPanel + (m % 16) * p->leftRow, b, c + m * p->outputRow, accumulate, tail);
    int64_t m = 0;
    ROWS(PRODUCT_ROWS) ROWS(4) ROWS(2) ROWS(1)
#undef ROWS
}

static void NAME(kernel_product)(const KernelProduct *p, float *c, const float *a, const float *b) {
    enum { Depth = 512 };
    int64_t panels = (p->columns + 15) / 16, tail = p->columns - (panels - 1) * 16;
    for (int64_t f = 0; f < p->count; f++, a += p->leftMatrix, b += p->rightMatrix, c += p->outputMatrix)
        for (int64_t k = 0; k < p->inner; k += Depth) {
            int64_t n = p->inner - k < Depth ? p->inner - k : Depth;
            const float *left = a + k / 16 * p->leftPanel;
            int accumulate = p->accumulates || k > 0;
            // A last panel that is not full goes alone: its width is no constant, and would keep results out of registers.
            int64_t whole = tail < 16 ? panels - 1 : panels;
            for (int64_t j = 0; j < whole;) {
                const float *right = b + j * p->rightPanel + k * p->rightStep;
                float *to = c + j * p->outputPanel;
                int64_t rest = whole - j, width = PRODUCT_PANELS < 3 ? 1 : rest == 4 ? 2 : rest > 3 ? 3 : rest;
                if (width == 3) NAME(productColumn)(3, p, n, left, right, to, accumulate, 16);
                else if (width == 2) NAME(productColumn)(2, p, n, left, right, to, accumulate, 16);
                else NAME(productColumn)(1, p, n, left, right, to, accumulate, 16);
                j += width;
            }
            if (tail < 16)
                NAME(productColumn)(1, p, n, left, b + whole * p->rightPanel + k * p->rightStep, c + whole * p->outputPanel, accumulate, tail);
        }
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

// A matrix as panels of 16 columns, the last filled up with zeros.
static void NAME(kernel_pack)(int64_t rows, int64_t columns, int32_t transposed, float *y, const float *x) {
    for (int64_t j = 0; j < columns; j += 16, y += rows * 16) {
        int64_t n = columns - j < 16 ? columns - j : 16;
        if (!transposed) {
            for (int64_t i = 0; i < rows; i++)
                NAME(store)(y + i * 16, n == 16 ? NAME(load)(x + i * columns + j) : NAME(loadTail)(x + i * columns + j, n));
        } else for (int64_t i = 0; i < rows; i += 16) {
            int64_t m = rows - i < 16 ? rows - i : 16;
            V square[16];
            for (int64_t k = 0; k < 16; k++)
                square[k] = k >= n ? (V){0} : m == 16 ? NAME(load)(x + (j + k) * rows + i) : NAME(loadTail)(x + (j + k) * rows + i, m);
            NAME(transposeSquare)(square);
            for (int64_t k = 0; k < m; k++) NAME(store)(y + (i + k) * 16, square[k]);
        }
    }
}

#undef S
#undef FMA
#undef INLINE
