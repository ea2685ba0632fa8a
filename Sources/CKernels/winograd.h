// Winograd's minimal filtering F(m, r) (Lavin & Gray, 2016), in one dimension; two dimensions apply it twice.
//
// m outputs of a convolution with r taps from a tile of m + r - 1 inputs. F(2, 2) is built on the points 0, 1 and infinity, F(2, 3) on 0, 1, -1 and infinity,
// F(4, 2) on 0, 1, -1, 2 and infinity, F(4, 3) on 0, 1, -1, 2, -2 and infinity. F(3, 2) is F(4, 2) without the point 2, its fourth: at the others it has the
// same weights, so that tiles of both share products. Included once for each instruction set.

#define INLINE static inline __attribute__((always_inline))
#define S NAME(splat)
#define FMA NAME(fma)

// Inputs d[0], d[step]... to frequencies o[0], o[step]...
INLINE void NAME(winogradInput)(int m, int r, const V *d, V *o, int step) {
#define D(k) d[(k) * step]
#define O(k) o[(k) * step]
    if (r == 3 && m == 2) {
        V a = D(1) + D(2), b = D(2) - D(1), first = D(0) - D(2), last = D(1) - D(3);
        O(0) = first; O(1) = a; O(2) = b; O(3) = last;
    } else if (r == 3) {
        V a = FMA(S(-4.0f), D(2), D(4)), b = FMA(S(-4.0f), D(1), D(3)), c = D(4) - D(2), e = S(2.0f) * (D(3) - D(1));
        V first = FMA(S(4.0f), D(0), FMA(S(-5.0f), D(2), D(4)));
        V last = FMA(S(4.0f), D(1), FMA(S(-5.0f), D(3), D(5)));
        O(0) = first; O(1) = a + b; O(2) = a - b; O(3) = c + e; O(4) = c - e; O(5) = last;
    } else if (m == 3) {
        V first = D(0) - D(2), a = D(1) + D(2), b = D(1) - D(2), last = D(3) - D(1);
        O(0) = S(2.0f) * first; O(1) = -a; O(2) = S(3.0f) * b; O(4) = last;
    } else if (m == 4) {
        V e = D(3) - D(1), f = D(0) - D(2), h = D(3) - D(2), k = D(1) - D(2), last = FMA(S(-2.0f), e, D(4) - D(2));
        V second = FMA(S(-2.0f), D(1), h);
        O(0) = FMA(S(2.0f), f, e); O(1) = second; O(2) = FMA(S(2.0f), k, h); O(3) = e; O(4) = last;
    } else {
        V middle = D(1), first = D(0) - middle, last = D(2) - middle;
        O(0) = first; O(1) = middle; O(2) = last;
    }
}

// Frequencies to outputs.
INLINE void NAME(winogradOutput)(int m, int r, const V *d, V *o, int step) {
    if (r == 3 && m == 2) {
        V first = D(0) + D(1) + D(2), second = D(1) - D(2) - D(3);
        O(0) = first; O(1) = second;
    } else if (r == 3) {
        V s = D(1) + D(2), q = D(1) - D(2), t = D(3) + D(4), u = D(3) - D(4), first = D(0), last = D(5);
        O(0) = first + s + t; O(1) = FMA(S(2.0f), u, q); O(2) = FMA(S(4.0f), t, s); O(3) = FMA(S(8.0f), u, q) + last;
    } else if (m == 3) {
        V s = D(1) + D(2), q = D(1) - D(2), first = D(0), last = D(4);
        O(0) = first + s; O(1) = q; O(2) = s + last;
    } else if (m == 4) {
        V s = D(1) + D(2), q = D(1) - D(2), x = D(3), first = D(0), last = D(4);
        O(0) = first + s + x; O(1) = FMA(S(2.0f), x, q); O(2) = FMA(S(4.0f), x, s); O(3) = FMA(S(8.0f), x, q) + last;
    } else {
        V first = D(0) + D(1), last = D(1) + D(2);
        O(0) = first; O(1) = last;
    }
}

// The adjoint of the outputs: m values to frequencies.
INLINE void NAME(winogradOutputAdjoint)(int m, int r, const V *d, V *o, int step) {
    if (r == 3 && m == 2) {
        V y0 = D(0), y1 = D(1);
        O(0) = y0; O(1) = y0 + y1; O(2) = y0 - y1; O(3) = -y1;
    } else if (r == 3) {
        V y0 = D(0), y1 = D(1), y2 = D(2), y3 = D(3);
        V s = y0 + y2, q = y1 + y3, t = FMA(S(4.0f), y2, y0), u = S(2.0f) * FMA(S(4.0f), y3, y1);
        O(0) = y0; O(1) = s + q; O(2) = s - q; O(3) = t + u; O(4) = t - u; O(5) = y3;
    } else if (m == 3) {
        V y0 = D(0), y1 = D(1), y2 = D(2), s = y0 + y2;
        O(0) = y0; O(1) = s + y1; O(2) = s - y1; O(4) = y2;
    } else if (m == 4) {
        V y0 = D(0), y1 = D(1), y2 = D(2), y3 = D(3), s = y0 + y2, q = y1 + y3;
        O(0) = y0; O(1) = s + q; O(2) = s - q; O(3) = FMA(S(2.0f), y1, FMA(S(4.0f), y2, FMA(S(8.0f), y3, y0))); O(4) = y3;
    } else {
        V y0 = D(0), y1 = D(1);
        O(0) = y0; O(1) = y0 + y1; O(2) = y1;
    }
}

// Taps to frequencies.
INLINE void NAME(winogradWeights)(int m, int r, const V *d, V *o, int step) {
    if (r == 3 && m == 2) {
        V g0 = D(0), g1 = D(1), g2 = D(2), s = S(0.5f) * (g0 + g2);
        O(0) = g0; O(1) = FMA(S(0.5f), g1, s); O(2) = FMA(S(-0.5f), g1, s); O(3) = g2;
    } else if (r == 3) {
        V g0 = D(0), g1 = D(1), g2 = D(2);
        V s = (g0 + g2) * S(-1.0f / 6), t = FMA(S(1.0f / 24), g0, S(1.0f / 6) * g2);
        O(0) = S(0.25f) * g0; O(1) = FMA(S(-1.0f / 6), g1, s); O(2) = FMA(S(1.0f / 6), g1, s);
        O(3) = FMA(S(1.0f / 12), g1, t); O(4) = FMA(S(-1.0f / 12), g1, t); O(5) = g2;
    } else if (m == 4) {
        V a = D(0), b = D(1);
        O(0) = a * S(0.5f); O(1) = (a + b) * S(-0.5f); O(2) = (b - a) * S(1.0f / 6);
        O(3) = FMA(S(2.0f), b, a) * S(1.0f / 6); O(4) = b;
    } else {
        V a = D(0), b = D(1);
        O(0) = a; O(1) = a + b; O(2) = b;
    }
}

// The adjoint of that.
INLINE void NAME(winogradWeightsAdjoint)(int m, int r, const V *d, V *o, int step) {
    if (r == 3 && m == 2) {
        V s = S(0.5f) * (D(1) + D(2)), q = S(0.5f) * (D(1) - D(2)), first = D(0), last = D(3);
        O(0) = first + s; O(1) = q; O(2) = s + last;
    } else if (r == 3) {
        V s = D(1) + D(2), q = D(2) - D(1), t = D(3) + D(4), u = D(3) - D(4), first = D(0), last = D(5);
        O(0) = FMA(S(0.25f), first, FMA(S(-1.0f / 6), s, S(1.0f / 24) * t));
        O(1) = FMA(S(1.0f / 6), q, S(1.0f / 12) * u);
        O(2) = FMA(S(-1.0f / 6), s, FMA(S(1.0f / 6), t, last));
    } else if (m == 4) {
        V p = D(1) * S(-0.5f), q = D(2) * S(-1.0f / 6), t = D(3) * S(1.0f / 6), last = D(4);
        V first = FMA(D(0), S(0.5f), p) + (q + t);
        O(0) = first; O(1) = (p - q) + FMA(S(2.0f), t, last);
    } else {
        V first = D(0) + D(1), last = D(1) + D(2);
        O(0) = first; O(1) = last;
    }
#undef D
#undef O
}

// Frequencies go to more places at once than the processor foresees by itself: it is told where the third row from here will go.
INLINE void NAME(storeRowAhead)(int format, char *panel, int64_t row, V x) {
    NAME(storeRow)(format, panel, row, x);
    __builtin_prefetch(panel + (row + 3) * 16 * (format == KernelFloats ? 4 : 2), 1);
}

// Where sixteen channels of a tile lie: one block of 16, or two neighbouring blocks of 8, `apart` floats from each other.
typedef struct { int64_t plane, apart, panel, top, left, rows[2][2]; } NAME(Place);

// Calls name(rows of results, columns of results, ..., place) for each tile.
#define EACH_TILE(m, r, k, name, ...) \
    for (int64_t n = 0; n < (k)->images; n++) for (int64_t c = 0; c < (k)->channels; c += 16) \
        for (int64_t ty = 0; ty < (k)->tilesHigh; ty++) for (int64_t tx = 0; tx < (k)->tilesWide; tx++) { \
            NAME(Place) at = { \
                .plane = (n * (k)->channels + c) * (k)->rows * (k)->columns, .apart = (k)->width == 8 ? (k)->rows * (k)->columns * 8 : 8, \
                .panel = c / 16 * (k)->panelStride, \
                .top = (k)->stride * ty * (m) + (k)->row, .left = (k)->stride * tx * (m) + (k)->column}; \
            for (int a = 0; a < 2; a++) for (int b = 0; b < 2; b++) \
                at.rows[a][b] = (n * ((k)->tilesHigh - a * (k)->isLow) + ty) * ((k)->tilesWide - b * (k)->isNarrow) + tx; \
            int isLow = (k)->isLow & (ty == (k)->tilesHigh - 1), isNarrow = (k)->isNarrow & (tx == (k)->tilesWide - 1); \
            if ((m) != 4 || (r) != 2 || !(isLow | isNarrow)) NAME(name)(m, m, r, __VA_ARGS__, &at); \
            else if (isLow & isNarrow) NAME(name)(3, 3, 2, __VA_ARGS__, &at); \
            else if (isLow) NAME(name)(3, 4, 2, __VA_ARGS__, &at); \
            else NAME(name)(4, 3, 2, __VA_ARGS__, &at); \
        }
// Points of a tile in one dimension, and which of them a shorter one lacks.
#define POINTS(m, r) ((m) == 3 ? 5 : (m) + (r) - 1)
#define LACKS(m, i) ((m) == 3 && (i) == 3)
// For each frequency `f` of a tile, with its `row` of the matrix that begins at `from`, of numbers of `size` bytes.
#define EACH_FREQUENCY(from, size, ...) \
    for (int f = 0; f < t * t; f++) { \
        int i = f / t, j = f % t; \
        int64_t row = t == 5 ? at->rows[i == 3][j == 3] : at->rows[0][0]; \
        const char *matrix = (const char *)(from) + (at->panel + f * k->frequencyStride) * (size); \
        if (!LACKS(high, i) && !LACKS(wide, j)) { __VA_ARGS__ } \
    }
#define STORE_FREQUENCIES \
    const int size = format == KernelFloats ? 4 : 2; \
    EACH_FREQUENCY(v, size, NAME(storeRowAhead)(format, (char *)matrix, row, d[f]);)
#define INSIDE(k, y, x) ((uint64_t)(y) < (uint64_t)(k)->rows && (uint64_t)(x) < (uint64_t)(k)->columns)

INLINE V NAME(loadChannels)(int width, const float *p, int64_t apart) {
    if (width == 16) return NAME(load)(p);
    V x;
    memcpy(&x, p, 32); memcpy((char *)&x + 32, p + apart, 32);
    return x;
}
INLINE void NAME(storeChannels)(int width, float *p, int64_t apart, V x) {
    if (width == 16) { NAME(store)(p, x); return; }
    memcpy(p, &x, 32); memcpy(p + apart, (char *)&x + 32, 32);
}

static const float NAME(outside)[16];

// `high` x `wide` pixels, rows `next` vectors apart. Beyond the image there are zeros: which of its rows and columns a tile has is found once, not once a pixel.
INLINE void NAME(loadTile)(int width, const KernelTiles *k, int high, int wide, int next, const float *image, int64_t apart, int64_t top, int64_t left, V *d) {
    int64_t s = k->stride;
    if (INSIDE(k, top, left) && INSIDE(k, top + s * (high - 1), left + s * (wide - 1))) {
        for (int i = 0; i < high; i++) for (int j = 0; j < wide; j++)
            d[i * next + j] = NAME(loadChannels)(width, image + ((top + s * i) * k->columns + left + s * j) * width, apart);
    } else {
        for (int i = 0; i < high; i++) {
            int64_t y = top + s * i;
            int hasRow = (uint64_t)y < (uint64_t)k->rows;
            const float *row = image + y * k->columns * width;
            for (int j = 0; j < wide; j++) {
                int64_t x = left + s * j;
                int isIn = hasRow & ((uint64_t)x < (uint64_t)k->columns);
                d[i * next + j] = NAME(loadChannels)(width, isIn ? row + x * width : NAME(outside), isIn ? apart : 8);
            }
        }
    }
}
INLINE void NAME(winogradInputTile)(int high, int wide, int r, int width, int format, const KernelTiles *k, char *v, const float *image, const NAME(Place) *at) {
    const int t = POINTS(high, r);
    V d[36], q[36];
    NAME(loadTile)(width, k, high + r - 1, wide + r - 1, t, image + at->plane, at->apart, at->top, at->left, d);
    for (int i = 0; i < high + r - 1; i++) NAME(winogradInput)(wide, r, d + i * t, q + i * t, 1);
    for (int j = 0; j < t; j++) if (!LACKS(wide, j)) NAME(winogradInput)(high, r, q + j, d + j, t);
    STORE_FREQUENCIES
}

INLINE void NAME(winogradOutputTile)(int high, int wide, int r, int width, const KernelTiles *k, float *image, const float *v, const NAME(Place) *at) {
    const int t = POINTS(high, r);
    V d[36], q[36];
    EACH_FREQUENCY(v, 4, d[f] = NAME(load)((const float *)matrix + row * 16);)
    for (int i = 0; i < t; i++) if (!LACKS(high, i)) NAME(winogradOutput)(wide, r, d + i * t, q + i * t, 1);
    for (int j = 0; j < wide; j++) NAME(winogradOutput)(high, r, q + j, d + j, t);
    for (int i = 0; i < high; i++) for (int j = 0; j < wide; j++) {
        int64_t y = at->top + k->stride * i, x = at->left + k->stride * j;
        if (INSIDE(k, y, x)) NAME(storeChannels)(width, image + at->plane + (y * k->columns + x) * width, at->apart, d[i * t + j]);
    }
}

INLINE void NAME(winogradOutputAdjointTile)(int high, int wide, int r, int width, int format, const KernelTiles *k, char *v, const float *image, const NAME(Place) *at) {
    const int t = POINTS(high, r);
    V y[36], q[36], d[36];
    NAME(loadTile)(width, k, high, wide, t, image + at->plane, at->apart, at->top, at->left, y);
    for (int i = 0; i < high; i++) NAME(winogradOutputAdjoint)(wide, r, y + i * t, q + i * t, 1);
    for (int j = 0; j < t; j++) if (!LACKS(wide, j)) NAME(winogradOutputAdjoint)(high, r, q + j, d + j, t);
    STORE_FREQUENCIES
}

// Each with a copy of what the tiles are, which no store to an image can change.
INLINE void NAME(winogradInputs)(int m, int r, int width, int format, const KernelTiles *tiles, char *v, const float *image) {
    const KernelTiles own = *tiles, *k = &own;
    EACH_TILE(m, r, k, winogradInputTile, width, format, k, v, image)
}
INLINE void NAME(winogradOutputs)(int m, int r, int width, const KernelTiles *tiles, float *image, const float *v) {
    const KernelTiles own = *tiles, *k = &own;
    EACH_TILE(m, r, k, winogradOutputTile, width, k, image, v)
}
INLINE void NAME(winogradOutputAdjoints)(int m, int r, int width, int format, const KernelTiles *tiles, char *v, const float *image) {
    const KernelTiles own = *tiles, *k = &own;
    EACH_TILE(m, r, k, winogradOutputAdjointTile, width, format, k, v, image)
}

// Sixteen columns' taps of one row of weights as vectors, and back.
INLINE void NAME(gatherTaps)(int count, V taps[16], const float *w, int64_t apart) {
    for (int c = 0; c < 16; c++) {
        taps[c] = (V){0};
        memcpy(&taps[c], w + c * apart, count * sizeof(float));
    }
    NAME(transposeSquare)(taps);
}
INLINE void NAME(scatterTaps)(int count, float *w, int64_t apart, V taps[16]) {
    NAME(transposeSquare)(taps);
    for (int c = 0; c < 16; c++) memcpy(w + c * apart, &taps[c], count * sizeof(float));
}

INLINE void NAME(winogradFilters)(int m, int r, int flipped, int format, const KernelFilters *k, char *u, const float *w) {
    const int t = m + r - 1, stride = r == 3 ? 1 : 2, side = r * stride, phases = stride * stride;
    int64_t rows = flipped ? k->outputs : k->inputs;
    int64_t apart = flipped ? side * side : k->inputs * side * side, next = flipped ? k->inputs * side * side : side * side;
    for (int64_t c = k->firstColumn; c < k->firstColumn + k->columns; c += 16) for (int64_t row = 0; row < rows; row++) {
        V taps[16];
        NAME(gatherTaps)(side * side, taps, w + c * apart + row * next, apart);
        for (int p = 0; p < phases; p++) {
            V q[18], d[36];
            for (int i = 0; i < r; i++) {
                V line[3];
                for (int j = 0; j < r; j++) {
                    int a = flipped ? r - 1 - i : i, b = flipped ? r - 1 - j : j;
                    line[j] = taps[(a * stride + p / stride) * side + b * stride + p % stride];
                }
                NAME(winogradWeights)(m, r, line, q + i * t, 1);
            }
            for (int j = 0; j < t; j++) NAME(winogradWeights)(m, r, q + j, d + j, t);
            int64_t panel = flipped ? p * t * t * k->frequencyStride + c / 16 * rows * 16 : (c / 16 * phases + p) * rows * 16;
            for (int f = 0; f < t * t; f++)
                NAME(storeRowAhead)(format, u + (panel + f * k->frequencyStride) * (format == KernelFloats ? 4 : 2), row, d[f]);
        }
    }
}

INLINE void NAME(winogradFiltersAdjoint)(int m, int r, const KernelFilters *k, float *w, const float *u) {
    const int t = m + r - 1, stride = r == 3 ? 1 : 2, side = r * stride, phases = stride * stride;
    int64_t apart = k->inputs * side * side;
    for (int64_t c = 0; c < k->outputs; c += 16) for (int64_t row = 0; row < k->inputs; row++) {
        V taps[16] = {{0}};
        for (int p = 0; p < phases; p++) {
            V d[36], q[36];
            const float *from = u + ((c / 16 * phases + p) * k->inputs + row) * 16;
            for (int f = 0; f < t * t; f++) d[f] = NAME(load)(from + f * k->frequencyStride);
            for (int i = 0; i < t; i++) NAME(winogradWeightsAdjoint)(m, r, d + i * t, q + i * t, 1);
            for (int j = 0; j < r; j++) NAME(winogradWeightsAdjoint)(m, r, q + j, d + j, t);
            for (int i = 0; i < r; i++) for (int j = 0; j < r; j++)
                taps[(i * stride + p / stride) * side + j * stride + p % stride] = d[i * t + j];
        }
        NAME(scatterTaps)(side * side, w + c * apart + row * side * side, apart, taps);
    }
}

// The loops unroll only where outputs, taps and formats are constants.
#define EACH_FILTER(m, r, name, ...) \
    if ((r) == 3 && (m) == 4) NAME(name)(4, 3, __VA_ARGS__); \
    else if ((r) == 3) NAME(name)(2, 3, __VA_ARGS__); \
    else if ((m) == 4) NAME(name)(4, 2, __VA_ARGS__); \
    else NAME(name)(2, 2, __VA_ARGS__);
#define EACH_TILING(k, name, ...) \
    if ((k)->width == 16) { EACH_FILTER((k)->outputs, (k)->taps, name, 16, __VA_ARGS__) } \
    else { EACH_FILTER((k)->outputs, (k)->taps, name, 8, __VA_ARGS__) }
#define EACH_FORMAT(k, each, name, ...) \
    if ((k)->format == KernelFloats) { each(k, name, KernelFloats, __VA_ARGS__) } \
    else if ((k)->format == KernelShortRows) { each(k, name, KernelShortRows, __VA_ARGS__) } \
    else { each(k, name, KernelShortPairs, __VA_ARGS__) }

static void NAME(kernel_winograd_input)(const KernelTiles *k, void *v, const float *image) {
    EACH_FORMAT(k, EACH_TILING, winogradInputs, k, v, image)
}
static void NAME(kernel_winograd_output)(const KernelTiles *k, float *image, const float *v) {
    EACH_TILING(k, winogradOutputs, k, image, v)
}
static void NAME(kernel_winograd_output_adjoint)(const KernelTiles *k, void *v, const float *image) {
    EACH_FORMAT(k, EACH_TILING, winogradOutputAdjoints, k, v, image)
}
#define FORWARD(k, name, ...) EACH_FILTER((k)->tileOutputs, (k)->taps, name, 0, __VA_ARGS__)
#define FLIPPED(k, name, ...) EACH_FILTER((k)->tileOutputs, (k)->taps, name, 1, __VA_ARGS__)
static void NAME(kernel_winograd_weights)(const KernelFilters *k, void *u, const float *w) {
    EACH_FORMAT(k, FORWARD, winogradFilters, k, u, w)
}
static void NAME(kernel_winograd_flipped_weights)(const KernelFilters *k, void *u, const float *w) {
    EACH_FORMAT(k, FLIPPED, winogradFilters, k, u, w)
}
#undef FORWARD
#undef FLIPPED
static void NAME(kernel_winograd_weights_adjoint)(const KernelFilters *k, float *w, const float *u) {
    EACH_FILTER(k->tileOutputs, k->taps, winogradFiltersAdjoint, k, w, u)
}

#undef EACH_FORMAT
#undef EACH_FILTER
#undef EACH_TILING
#undef EACH_TILE
#undef INSIDE
#undef POINTS
#undef LACKS
#undef EACH_FREQUENCY
#undef STORE_FREQUENCIES
#undef S
#undef FMA
#undef INLINE
