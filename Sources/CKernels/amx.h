// Matrix products of bfloat16 numbers by AMX, whose registers are tiles of 16 rows of 64 bytes.
//
// One instruction takes 16 x 16 sums 32 inner steps further: of those, even and odd steps are two chains of fused
// multiply-adds from zero, and both together are added to what the sum was. The groups of 32 begin where a product does: how
// its loops are cut changes no bit of a result, but those are not the bits of pairs, nor of an inner index that is cut
// into several products that accumulate.

#define INLINE static inline __attribute__((always_inline))

// Rows and columns of results, inner steps and numbers of a register; inner steps, in whole groups, whose left operand fits the first cache.
enum { TileRows = 16, TileInner = 32, TileNumbers = TileRows * TileInner, TileDepth = 16 * TileInner };

INLINE void configureTiles(void) {
    struct { uint8_t palette, start, reserved[14]; uint16_t bytes[16]; uint8_t rows[16]; } shape = {.palette = 1};
    for (int i = 0; i < 8; i++) { shape.bytes[i] = 64; shape.rows[i] = TileRows; }
    __builtin_ia32_tile_loadconfig(&shape);
}

// Up to 16 rows of the left operand over `n` <= 32 inner steps, filled up with zeros.
// Whole ones apart: copies of a size that is not constant are calls, and cost half of the product's speed.
INLINE void packLeftTile(const KernelProduct *p, uint16_t *tile, const uint16_t *a, int64_t rows, int64_t n) {
    if (p->leftStep == 1 && n == TileInner) {
        for (int64_t i = 0; i < rows; i++) {
            memcpy(tile + i * TileInner, a + i * p->leftRow, 32);
            memcpy(tile + i * TileInner + 16, a + i * p->leftRow + p->leftPanel, 32);
        }
        memset(tile + rows * TileInner, 0, (TileRows - rows) * 64);
    } else if (p->leftStep == 1) {
        memset(tile, 0, TileNumbers * sizeof(uint16_t));
        for (int64_t i = 0; i < rows; i++) for (int64_t k = 0; k < n; k += 16)
            memcpy(tile + i * TileInner + k, a + i * p->leftRow + k / 16 * p->leftPanel, (n - k < 16 ? n - k : 16) * sizeof(uint16_t));
    } else {
        V pairs[16] = {{0}};
        for (int64_t k = 0; k < n; k += 2) pairs[k / 2] = load_avx512((const float *)(a + k * p->leftStep));
        transposeSquare_avx512(pairs);
        memcpy(tile, pairs, sizeof pairs);
    }
}

// R x C tiles of results over `n` inner steps; at the edge of the output only `rows` and `columns` of the last are there.
INLINE void multiplyTiles(
    int R, int C, const KernelProduct *p, int64_t n, const uint16_t *left, const uint16_t *right, float *c, int accumulate, int64_t rows, int64_t columns
) {
    const int64_t step = p->rightStep * 4, whole = n / TileInner;
    float edge[2][2][TileRows][16] __attribute__((aligned(64)));
    uint16_t last[2][TileNumbers] __attribute__((aligned(64)));
#define IS_EDGE(i, j) (((i) == R - 1 && rows < TileRows) || ((j) == C - 1 && columns < 16))
#define EACH_RESULT(...) \
    { enum { i = 0, j = 0, tile = 0 }; __VA_ARGS__ } \
    if (C == 2) { enum { i = 0, j = 1, tile = 1 }; __VA_ARGS__ } \
    if (R == 2) { enum { i = 1, j = 0, tile = 2 }; __VA_ARGS__ } \
    if (R == 2 && C == 2) { enum { i = 1, j = 1, tile = 3 }; __VA_ARGS__ }
#define PLACE (c + i * TileRows * p->outputRow + j * p->outputPanel)
#define EACH_EDGE_ROW(...) \
    for (int64_t y = 0; y < (i == R - 1 ? rows : TileRows); y++) { \
        float *inside = edge[i][j][y], *outside = PLACE + y * p->outputRow; \
        size_t size = (j == C - 1 ? columns : 16) * sizeof(float); \
        __VA_ARGS__ \
    }
    EACH_RESULT(
        if (!accumulate) __builtin_ia32_tilezero(tile);
        else if (IS_EDGE(i, j)) {
            EACH_EDGE_ROW(memcpy(inside, outside, size);)
            __builtin_ia32_tileloadd64(tile, edge[i][j], 64);
        } else __builtin_ia32_tileloadd64(tile, PLACE, p->outputRow * 4);
    )
#define MULTIPLY(a, first, second, bytes) { \
        __builtin_ia32_tileloadd64(4, a, 64); \
        if (R == 2) __builtin_ia32_tileloadd64(5, (a) + TileNumbers, 64); \
        __builtin_ia32_tileloadd64(6, first, bytes); \
        if (C == 2) __builtin_ia32_tileloadd64(7, second, bytes); \
        __builtin_ia32_tdpbf16ps(0, 4, 6); \
        if (C == 2) __builtin_ia32_tdpbf16ps(1, 4, 7); \
        if (R == 2) __builtin_ia32_tdpbf16ps(2, 5, 6); \
        if (R == 2 && C == 2) __builtin_ia32_tdpbf16ps(3, 5, 7); \
    }
    for (int64_t k = 0; k < whole; k++, left += 2 * TileNumbers, right += TileInner * p->rightStep)
        MULTIPLY(left, right, right + p->rightPanel, step)
    if (n % TileInner) {
        memset(last, 0, sizeof last);
        for (int j = 0; j < C; j++) for (int64_t k = 0; k < n % TileInner; k += 2)
            memcpy(last[j] + k * 16, right + j * p->rightPanel + k * p->rightStep, 64);
        MULTIPLY(left, last[0], last[1], 64)
    }
    EACH_RESULT(
        if (IS_EDGE(i, j)) {
            __builtin_ia32_tilestored64(tile, edge[i][j], 64);
            EACH_EDGE_ROW(memcpy(outside, inside, size);)
        } else __builtin_ia32_tilestored64(tile, PLACE, p->outputRow * 4);
    )
#undef IS_EDGE
#undef EACH_RESULT
#undef EACH_EDGE_ROW
#undef PLACE
#undef MULTIPLY
}

static void kernel_product_bfloat16_amx(const KernelProduct *p, float *c, const uint16_t *a, const uint16_t *b) {
    uint16_t left[TileDepth / TileInner * 2 * TileNumbers] __attribute__((aligned(64)));
    configureTiles();
    for (int64_t f = 0; f < p->count; f++, a += p->leftMatrix, b += p->rightMatrix, c += p->outputMatrix)
        for (int64_t k = 0; k < p->inner; k += TileDepth) {
            int64_t n = p->inner - k < TileDepth ? p->inner - k : TileDepth;
            int accumulate = p->accumulates || k > 0;
            for (int64_t m = 0; m < p->rows; m += 2 * TileRows) {
                int64_t rows = p->rows - m < 2 * TileRows ? p->rows - m : 2 * TileRows;
                for (int64_t i = 0; i < rows; i += TileRows) for (int64_t h = 0; h < n; h += TileInner)
                    packLeftTile(
                        p, left + (h / TileInner * 2 + i / TileRows) * TileNumbers, a + (m + i) / 16 * p->leftRowPanel + (k + h) / 16 * p->leftPanel,
                        rows - i < TileRows ? rows - i : TileRows, n - h < TileInner ? n - h : TileInner);
                for (int64_t j = 0; j < p->columns; j += 32) {
                    int64_t columns = p->columns - j < 32 ? p->columns - j : 32;
                    const uint16_t *right = b + j / 16 * p->rightPanel + k * p->rightStep;
                    float *to = c + m * p->outputRow + j / 16 * p->outputPanel;
                    if (rows > TileRows && columns > 16) multiplyTiles(2, 2, p, n, left, right, to, accumulate, rows - TileRows, columns - 16);
                    else if (rows > TileRows) multiplyTiles(2, 1, p, n, left, right, to, accumulate, rows - TileRows, columns);
                    else if (columns > 16) multiplyTiles(1, 2, p, n, left, right, to, accumulate, rows, columns - 16);
                    else multiplyTiles(1, 1, p, n, left, right, to, accumulate, rows, columns);
                }
            }
        }
    __builtin_ia32_tilerelease();
}

#undef INLINE
