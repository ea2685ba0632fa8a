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

static void NAME(kernel_product)(const KernelProduct *p, float *c, const float *a, const float *b, float *edge) {
    enum { Depth = 512 };
    int64_t panels = (p->columns + 15) / 16, tail = p->columns - (panels - 1) * 16;
    for (int64_t f = 0; f < p->count; f++, a += p->leftMatrix, b += p->rightMatrix, c += p->outputMatrix) {
        // The right operand's last columns, where they do not fill a vector.
        if (tail < 16) for (int64_t k = 0; k < p->inner; k++)
            NAME(store)(edge + k * 16, NAME(loadTail)(b + (panels - 1) * p->rightPanel + k * p->rightStep, tail));
        for (int64_t k = 0; k < p->inner; k += Depth) {
            int64_t n = p->inner - k < Depth ? p->inner - k : Depth;
            const float *left = a + k / 16 * p->leftPanel;
            int accumulate = p->accumulates || k > 0;
            int64_t whole = tail < 16 ? panels - 1 : panels;
            for (int64_t j = 0; j < whole;) {
                const float *right = b + j * p->rightPanel + k * p->rightStep;
                float *to = c + j * p->outputPanel;
                int64_t rest = whole - j;
                if (PRODUCT_PANELS == 3 && rest != 4 && rest >= 3) { NAME(productColumn)(3, p, n, left, right, to, accumulate, 16); j += 3; }
                else if (PRODUCT_PANELS == 3 && rest >= 2) { NAME(productColumn)(2, p, n, left, right, to, accumulate, 16); j += 2; }
                else { NAME(productColumn)(1, p, n, left, right, to, accumulate, 16); j += 1; }
            }
            if (tail < 16) {
                KernelProduct last = *p;
                last.rightStep = 16;
                NAME(productColumn)(1, &last, n, left, edge + k * 16, c + (panels - 1) * p->outputPanel, accumulate, tail);
            }
        }
    }
}

#undef S
#undef FMA
#undef INLINE
