// The loops themselves; included once for each instruction set, with NAME adding its suffix.

#define INLINE static inline __attribute__((always_inline))

INLINE V NAME(load)(const float *p) { return *(const VU *)p; }
INLINE void NAME(store)(float *p, V x) { *(VU *)p = x; }
INLINE V NAME(loadTail)(const float *p, size_t n) { V x = {0}; memcpy(&x, p, n * sizeof(float)); return x; }
INLINE V NAME(splat)(float x) { return (V){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE V NAME(fma)(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }
INLINE V NAME(choose)(I mask, V a, V b) { return (V)((mask & (I)a) | (~mask & (I)b)); }
#define S NAME(splat)
#define FMA NAME(fma)

// exp: range reduction by ln 2 in two parts, then a polynomial of degree 6 (relative error below 2e-7).
INLINE V NAME(exponential)(V x) {
    x = __builtin_elementwise_max(__builtin_elementwise_min(x, S(88.37f)), S(-87.33f));
    V n = __builtin_elementwise_roundeven(x * S(1.44269504f));
    V r = FMA(n, S(-0.693359375f), x);
    r = FMA(n, S(2.12194440e-4f), r);
    V p = S(1.9875691500e-4f);
    p = FMA(p, r, S(1.3981999507e-3f));
    p = FMA(p, r, S(8.3334519073e-3f));
    p = FMA(p, r, S(4.1665795894e-2f));
    p = FMA(p, r, S(1.6666665459e-1f));
    p = FMA(p, r, S(5.0000001201e-1f));
    p = FMA(p, r * r, r) + S(1.0f);
    I exponent = __builtin_convertvector(n, I);
    return (V)((I)p + (exponent << 23));
}

// log: mantissa in sqrt(1/2)...sqrt(2), then the Cephes polynomial of degree 9. Zero gives -inf, negatives NaN.
INLINE V NAME(logarithm)(V x) {
    I bits = (I)x;
    I exponent = ((bits - 0x3f3504f3) >> 23);
    V m = (V)(bits - (exponent << 23)) - S(1.0f);
    V e = __builtin_convertvector(exponent, V);
    V z = m * m;
    V p = S(7.0376836292e-2f);
    p = FMA(p, m, S(-1.1514610310e-1f));
    p = FMA(p, m, S(1.1676998740e-1f));
    p = FMA(p, m, S(-1.2420140846e-1f));
    p = FMA(p, m, S(1.4249322787e-1f));
    p = FMA(p, m, S(-1.6668057665e-1f));
    p = FMA(p, m, S(2.0000714765e-1f));
    p = FMA(p, m, S(-2.4999993993e-1f));
    p = FMA(p, m, S(3.3333331174e-1f));
    V y = p * m * z;
    y = FMA(e, S(-2.12194440e-4f), y);
    y = FMA(z, S(-0.5f), y);
    V r = FMA(e, S(0.693359375f), m + y);
    r = NAME(choose)(x == S(0.0f), S(-__builtin_inff()), r);
    r = NAME(choose)(x == S(__builtin_inff()), x, r);
    return NAME(choose)((x < S(0.0f)) | (x != x), S(__builtin_nanf("")), r);
}

INLINE V NAME(sigmoid)(V x) {
    V e = NAME(exponential)(-__builtin_elementwise_abs(x));
    V negative = e / (S(1.0f) + e);
    V r = NAME(choose)(x < S(0.0f), negative, S(1.0f) / (S(1.0f) + e));
    return NAME(choose)(x != x, x, r);
}

// softplus = max(x, 0) + log(1 + e^-|x|), with log1p's correction for the rounding of 1 + e.
INLINE V NAME(softplus)(V x) {
    V e = NAME(exponential)(-__builtin_elementwise_abs(x));
    V u = S(1.0f) + e;
    V l = NAME(logarithm)(u) + (e - (u - S(1.0f))) / u;
    V r = __builtin_elementwise_max(x, S(0.0f)) + l;
    return NAME(choose)(x != x, x, r);
}

INLINE V NAME(tanh)(V x) {
    V a = __builtin_elementwise_abs(x);
    V e = NAME(exponential)(-(a + a));
    V large = (S(1.0f) - e) / (S(1.0f) + e);
    V z = x * x;
    V p = S(-5.70498872745e-3f);
    p = FMA(p, z, S(2.06390887954e-2f));
    p = FMA(p, z, S(-5.37397155531e-2f));
    p = FMA(p, z, S(1.33314422036e-1f));
    p = FMA(p, z, S(-3.33332819422e-1f));
    V small = FMA(p * z, x, x);
    V r = NAME(choose)(x < S(0.0f), -large, large);
    r = NAME(choose)(a < S(0.625f), small, r);
    return NAME(choose)(x != x, x, r);
}

INLINE V NAME(applyUnary)(KernelUnary operation, V x, V first, V second) {
    switch (operation) {
    case KernelAffine: return FMA(x, first, second);
    case KernelExponential: {
        // Below the smallest normal number there is zero, as everywhere here.
        V r = NAME(choose)(x < S(-87.33f), S(0.0f), NAME(exponential)(x));
        return NAME(choose)(x != x, x, r);
    }
    case KernelLogarithm: return NAME(logarithm)(x);
    case KernelSquareRoot: return __builtin_elementwise_sqrt(x);
    case KernelReciprocal: return S(1.0f) / x;
    case KernelSquare: return x * x;
    case KernelTanh: return NAME(tanh)(x);
    case KernelSigmoid: return NAME(sigmoid)(x);
    case KernelSoftplus: return NAME(softplus)(x);
    case KernelLeaky: return NAME(choose)(x > S(0.0f), x, x * first);
    case KernelClip: return NAME(choose)(x < first, first, NAME(choose)(x > second, second, x));
    }
}

INLINE void NAME(unaryLoop)(KernelUnary operation, float first, float second, size_t n, float *y, const float *x) {
    V a = S(first), b = S(second);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) NAME(store)(y + i, NAME(applyUnary)(operation, NAME(load)(x + i), a, b));
    if (i < n) {
        V r = NAME(applyUnary)(operation, NAME(loadTail)(x + i, n - i), a, b);
        memcpy(y + i, &r, (n - i) * sizeof(float));
    }
}

static void NAME(kernel_unary)(KernelUnary operation, float first, float second, size_t n, float *y, const float *x) {
#define CASE(op) case op: NAME(unaryLoop)(op, first, second, n, y, x); break;
    switch (operation) {
        CASE(KernelAffine) CASE(KernelExponential) CASE(KernelLogarithm) CASE(KernelSquareRoot) CASE(KernelReciprocal)
        CASE(KernelSquare) CASE(KernelTanh) CASE(KernelSigmoid) CASE(KernelSoftplus) CASE(KernelLeaky)
        CASE(KernelClip)
    }
#undef CASE
}

INLINE V NAME(applyBinary)(KernelBinary operation, V parameter, V a, V b) {
    switch (operation) {
    case KernelAdd: return a + b;
    case KernelSubtract: return a - b;
    case KernelMultiply: return a * b;
    case KernelDivide: return a / b;
    case KernelLeakyGradient: return NAME(choose)(b > S(0.0f), a, a * parameter);
    case KernelTanhGradient: return a * (S(1.0f) - b * b);
    case KernelSigmoidGradient: return a * (b * (S(1.0f) - b));
    }
}

// One row: each operand either runs along it (stride 1), repeats one element (0), or is picked (other).
INLINE void NAME(binaryRow)(KernelBinary operation, float parameter, size_t n, float *y, const float *a, int64_t sa, const float *b, int64_t sb) {
    V p = S(parameter);
    size_t i = 0;
    if (sa == 1 && sb == 1) {
        for (; i + 16 <= n; i += 16) NAME(store)(y + i, NAME(applyBinary)(operation, p, NAME(load)(a + i), NAME(load)(b + i)));
    } else if (sa == 1 && sb == 0) {
        V r = S(*b);
        for (; i + 16 <= n; i += 16) NAME(store)(y + i, NAME(applyBinary)(operation, p, NAME(load)(a + i), r));
    } else if (sa == 0 && sb == 1) {
        V l = S(*a);
        for (; i + 16 <= n; i += 16) NAME(store)(y + i, NAME(applyBinary)(operation, p, l, NAME(load)(b + i)));
    }
    while (i < n) {
        V l = {0}, r = {0};
        size_t m = n - i < 16 ? n - i : 16;
        for (size_t k = 0; k < m; k++) { l[k] = a[(int64_t)(i + k) * sa]; r[k] = b[(int64_t)(i + k) * sb]; }
        V v = NAME(applyBinary)(operation, p, l, r);
        memcpy(y + i, &v, m * sizeof(float));
        i += m;
    }
}

// The blocked layouts end in a dimension of 16 channels: there the row loop stays inside one call.
INLINE void NAME(binaryWalk)(KernelBinary operation, float parameter, const KernelWalk *w, float *y, const float *a, const float *b) {
    int r = w->rank;
    int64_t n = w->dimensions[r - 1], sa = w->left[r - 1], sb = w->right[r - 1];
    int64_t rows = r > 1 ? w->dimensions[r - 2] : 1, ra = r > 1 ? w->left[r - 2] : 0, rb = r > 1 ? w->right[r - 2] : 0;
    int64_t index[KERNEL_MAXIMUM_RANK] = {0};
    for (;;) {
        if (n == 16 && sa == 1 && sb == 1) {
            V p = S(parameter);
            for (int64_t j = 0; j < rows; j++)
                NAME(store)(y + j * 16, NAME(applyBinary)(operation, p, NAME(load)(a + j * ra), NAME(load)(b + j * rb)));
        } else {
            for (int64_t j = 0; j < rows; j++) NAME(binaryRow)(operation, parameter, n, y + j * n, a + j * ra, sa, b + j * rb, sb);
        }
        y += rows * n;
        int d = r - 3;
        for (; d >= 0; d--) {
            a += w->left[d]; b += w->right[d];
            if (++index[d] < w->dimensions[d]) break;
            a -= w->left[d] * w->dimensions[d]; b -= w->right[d] * w->dimensions[d];
            index[d] = 0;
        }
        if (d < 0) return;
    }
}

static void NAME(kernel_binary)(KernelBinary operation, float parameter, const KernelWalk *w, float *y, const float *a, const float *b) {
#define CASE(op) case op: NAME(binaryWalk)(op, parameter, w, y, a, b); break;
    switch (operation) {
        CASE(KernelAdd) CASE(KernelSubtract) CASE(KernelMultiply) CASE(KernelDivide)
        CASE(KernelLeakyGradient) CASE(KernelTanhGradient) CASE(KernelSigmoidGradient)
    }
#undef CASE
}

static void NAME(gatherFrom)(const KernelWalk *w, int d, float **y, const float *x) {
    int64_t n = w->dimensions[d], s = w->left[d];
    if (d + 1 < w->rank) {
        for (int64_t i = 0; i < n; i++) NAME(gatherFrom)(w, d + 1, y, x + i * s);
        return;
    }
    if (s == 1) memcpy(*y, x, n * sizeof(float));
    else for (int64_t i = 0; i < n; i++) (*y)[i] = x[i * s];
    *y += n;
}

static void NAME(kernel_gather)(const KernelWalk *w, float *y, const float *x) { NAME(gatherFrom)(w, 0, &y, x); }

// A sum along a row: four vectors in turn, then folded in halves. The order depends on the length alone.
INLINE float NAME(sumRow)(size_t n, const float *x) {
    V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        s0 += NAME(load)(x + i); s1 += NAME(load)(x + i + 16);
        s2 += NAME(load)(x + i + 32); s3 += NAME(load)(x + i + 48);
    }
    for (; i + 16 <= n; i += 16) s0 += NAME(load)(x + i);
    if (i < n) s1 += NAME(loadTail)(x + i, n - i);
    V s = (s0 + s1) + (s2 + s3);
    for (int width = 8; width > 0; width /= 2) for (int k = 0; k < width; k++) s[k] += s[k + width];
    return s[0];
}

// Adds `rows` rows of n floats into y, column by column of vectors, so that the sums stay in registers.
INLINE void NAME(sumRows)(int64_t rows, int64_t n, float *y, const float *x) {
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) {
        V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        int64_t j = 0;
        for (; j + 4 <= rows; j += 4) {
            s0 += NAME(load)(x + j * n + i); s1 += NAME(load)(x + (j + 1) * n + i);
            s2 += NAME(load)(x + (j + 2) * n + i); s3 += NAME(load)(x + (j + 3) * n + i);
        }
        for (; j < rows; j++) s0 += NAME(load)(x + j * n + i);
        NAME(store)(y + i, NAME(load)(y + i) + ((s0 + s1) + (s2 + s3)));
    }
    if (i < n) {
        V s = {0};
        for (int64_t j = 0; j < rows; j++) s += NAME(loadTail)(x + j * n + i, n - i);
        for (int64_t k = i; k < n; k++) y[k] += s[k - i];
    }
}

static void NAME(sumFrom)(const KernelWalk *w, int d, float *y, const float *x) {
    int64_t n = w->dimensions[d];
    if (d == w->rank - 1) {
        if (w->left[d] == 0) *y += NAME(sumRow)(n, x);
        else NAME(sumRows)(1, n, y, x);
        return;
    }
    if (d == w->rank - 2 && w->left[d] == 0 && w->left[d + 1] == 1) {
        NAME(sumRows)(n, w->dimensions[d + 1], y, x);
        return;
    }
    int64_t size = 1;
    for (int k = d + 1; k < w->rank; k++) size *= w->dimensions[k];
    for (int64_t i = 0; i < n; i++) NAME(sumFrom)(w, d + 1, y + i * w->left[d], x + i * size);
}

static void NAME(kernel_sum)(const KernelWalk *w, float *y, const float *x) { NAME(sumFrom)(w, 0, y, x); }

static void NAME(kernel_add)(size_t n, float *y, const float *a, const float *b) {
    NAME(binaryRow)(KernelAdd, 0, n, y, a, 1, b, 1);
}

// Channels lie side by side (width above 1): a vector holds up to 16 of them. Or apart (width 1): a vector runs
// along one channel, and its sums are folded. `each` sees every vector of the channels from `c` on, and how much of it counts.
#define EACH_VECTOR(k, c, body) \
    if ((k)->width > 1) { \
        int64_t lane = (c) % (k)->width, first = (c) / (k)->width; \
        size_t n = (size_t)((k)->width - lane < 16 ? (k)->width - lane : 16); \
        for (int64_t batch = 0; batch < (k)->batch; batch++) { \
            int64_t at = (batch * (k)->blocks + first) * (k)->spatial * (k)->width + lane; \
            for (int64_t row = 0; row < (k)->spatial; row++, at += (k)->width) { body } \
        } \
    } else { \
        for (int64_t batch = 0; batch < (k)->batch; batch++) { \
            int64_t at = (batch * (k)->blocks + (c)) * (k)->spatial, end = at + (k)->spatial; \
            for (; at < end; at += 16) { size_t n = (size_t)(end - at < 16 ? end - at : 16); body } \
        } \
    }

INLINE V NAME(loadSome)(const float *p, size_t n) { return n == 16 ? NAME(load)(p) : NAME(loadTail)(p, n); }
INLINE void NAME(storeSome)(float *p, V x, size_t n) { if (n == 16) NAME(store)(p, x); else memcpy(p, &x, n * sizeof(float)); }
// Lanes beyond n are no numbers of this channel, and add nothing.
INLINE V NAME(only)(V x, size_t n) {
    if (n == 16) return x;
    V r = {0};
    memcpy(&r, &x, n * sizeof(float));
    return r;
}
INLINE V NAME(folded)(V s, int64_t width) {
    if (width > 1) return s;
    for (int half = 8; half > 0; half /= 2) for (int k = 0; k < half; k++) s[k] += s[k + half];
    return S(s[0]);
}
INLINE V NAME(channelValues)(const float *values, int64_t c, int64_t width, size_t n) {
    return width > 1 ? NAME(loadSome)(values + c, n) : S(values[c]);
}
INLINE int64_t NAME(channelStep)(const KernelChannels *k, int64_t c) {
    int64_t left = k->width - c % k->width;
    return left < 16 ? left : 16;
}

static void NAME(kernel_normalize)(const KernelChannels *k, float epsilon, float *y, float *mean, float *variance, const float *x, const float *scale, const float *shift) {
    float count = (float)(k->batch * k->spatial);
    for (int64_t c = 0, step; c < k->blocks * k->width; c += step) {
        step = NAME(channelStep)(k, c);
        V sum = {0}, squares = {0};
        EACH_VECTOR(k, c, { sum += NAME(loadSome)(x + at, n); })
        V m = NAME(folded)(sum, k->width) / S(count);
        EACH_VECTOR(k, c, { V d = NAME(only)(NAME(loadSome)(x + at, n) - m, n); squares = FMA(d, d, squares); })
        V v = NAME(folded)(squares, k->width) / S(count);
        V a = NAME(channelValues)(scale, c, k->width, step) / __builtin_elementwise_sqrt(v + S(epsilon));
        V b = NAME(channelValues)(shift, c, k->width, step);
        EACH_VECTOR(k, c, { NAME(storeSome)(y + at, FMA(NAME(loadSome)(x + at, n) - m, a, b), n); })
        NAME(storeSome)(mean + c, m, step);
        NAME(storeSome)(variance + c, v, step);
    }
}

static void NAME(kernel_normalize_by)(const KernelChannels *k, float epsilon, float *y, const float *mean, const float *variance, const float *x, const float *scale, const float *shift) {
    for (int64_t c = 0, step; c < k->blocks * k->width; c += step) {
        step = NAME(channelStep)(k, c);
        V m = NAME(channelValues)(mean, c, k->width, step), v = NAME(channelValues)(variance, c, k->width, step);
        V a = NAME(channelValues)(scale, c, k->width, step) / __builtin_elementwise_sqrt(v + S(epsilon));
        V b = NAME(channelValues)(shift, c, k->width, step);
        EACH_VECTOR(k, c, { NAME(storeSome)(y + at, FMA(NAME(loadSome)(x + at, n) - m, a, b), n); })
    }
}

static void NAME(kernel_normalize_gradient)(const KernelChannels *k, float epsilon, float *dx, float *dscale, float *dshift, const float *dy, const float *x, const float *mean, const float *variance, const float *scale) {
    float count = (float)(k->batch * k->spatial);
    for (int64_t c = 0, step; c < k->blocks * k->width; c += step) {
        step = NAME(channelStep)(k, c);
        V m = NAME(channelValues)(mean, c, k->width, step);
        V inverse = S(1.0f) / __builtin_elementwise_sqrt(NAME(channelValues)(variance, c, k->width, step) + S(epsilon));
        V sum = {0}, product = {0};
        EACH_VECTOR(k, c, {
            V g = NAME(loadSome)(dy + at, n);
            sum += g;
            product = FMA(g, NAME(only)(NAME(loadSome)(x + at, n) - m, n), product);
        })
        sum = NAME(folded)(sum, k->width);
        product = NAME(folded)(product, k->width) * inverse;
        V a = NAME(channelValues)(scale, c, k->width, step) * inverse;
        V offset = sum / S(count), slope = product * inverse / S(count);
        EACH_VECTOR(k, c, {
            V d = NAME(loadSome)(x + at, n) - m;
            NAME(storeSome)(dx + at, a * (FMA(-d, slope, NAME(loadSome)(dy + at, n)) - offset), n);
        })
        NAME(storeSome)(dscale + c, product, step);
        NAME(storeSome)(dshift + c, sum, step);
    }
}
#undef EACH_VECTOR

static void NAME(kernel_bytes_to_floats)(size_t n, float *y, const uint8_t *x, float scale, float shift) {
    for (size_t i = 0; i < n; i++) y[i] = __builtin_elementwise_fma((float)x[i], scale, shift);
}

INLINE void NAME(adamVector)(const KernelAdam *k, V w, V *m, V *v, V g, V *updated) {
    g *= S(k->gradientScale);
    *m = FMA(S(k->beta1), *m - g, g);
    V g2 = g * g;
    *v = FMA(S(k->beta2), *v - g2, g2);
    V denominator = __builtin_elementwise_sqrt(*v / S(k->secondCorrection)) + S(k->epsilon);
    *updated = w - S(k->rate) * ((*m / S(k->firstCorrection)) / denominator);
}

static void NAME(kernel_adam)(size_t n, const KernelAdam *k, float *u, const float *w, float *m, float *v, const float *g) {
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        V first = NAME(load)(m + i), second = NAME(load)(v + i), updated;
        NAME(adamVector)(k, NAME(load)(w + i), &first, &second, NAME(load)(g + i), &updated);
        NAME(store)(m + i, first); NAME(store)(v + i, second); NAME(store)(u + i, updated);
    }
    if (i < n) {
        size_t t = n - i;
        V first = NAME(loadTail)(m + i, t), second = NAME(loadTail)(v + i, t), updated;
        NAME(adamVector)(k, NAME(loadTail)(w + i, t), &first, &second, NAME(loadTail)(g + i, t), &updated);
        memcpy(m + i, &first, t * 4); memcpy(v + i, &second, t * 4); memcpy(u + i, &updated, t * 4);
    }
}

static void NAME(kernel_blend)(size_t n, float *s, const float *x, float scale, float weight) {
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        V state = NAME(load)(s + i);
        NAME(store)(s + i, FMA(S(weight), FMA(NAME(load)(x + i), S(scale), -state), state));
    }
    if (i < n) {
        V state = NAME(loadTail)(s + i, n - i);
        state = FMA(S(weight), FMA(NAME(loadTail)(x + i, n - i), S(scale), -state), state);
        memcpy(s + i, &state, (n - i) * 4);
    }
}

// Sixteen Philox blocks side by side: word k of block (first + lane) lands in x[k][lane].
INLINE void NAME(philox)(U x[4], uint64_t key, const uint32_t position[3], uint32_t first) {
    U lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    x[0] = lanes + first;
    for (int k = 0; k < 3; k++) x[k + 1] = (U){0} + position[k];
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        L p0 = __builtin_convertvector(x[0], L) * 0xD2511F53ull;
        L p1 = __builtin_convertvector(x[2], L) * 0xCD9E8D57ull;
        U low0 = __builtin_convertvector(p0, U), high0 = __builtin_convertvector(p0 >> 32, U);
        U low1 = __builtin_convertvector(p1, U), high1 = __builtin_convertvector(p1 >> 32, U);
        U y0 = high1 ^ x[1] ^ k0, y2 = high0 ^ x[3] ^ k1;
        x[0] = y0; x[1] = low1; x[2] = y2; x[3] = low0;
        k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
    }
}

// The 24 high bits of a word, as a float in [0, 1).
INLINE V NAME(unit)(U x) { return __builtin_convertvector((I)(x >> 8), V) * S(0x1p-24f); }

INLINE void NAME(scatter)(size_t n, float *y, const V draws[4]) {
    for (size_t i = 0; i < 64 && i < n; i++) y[i] = draws[i % 4][i / 4];
}

static void NAME(kernel_uniform)(size_t n, float *y, uint64_t key, const uint32_t position[3], float low, float high) {
    for (size_t i = 0; i < n; i += 64) {
        U x[4]; V draws[4];
        NAME(philox)(x, key, position, (uint32_t)(i / 4));
        for (int k = 0; k < 4; k++) draws[k] = FMA(NAME(unit)(x[k]), S(high - low), S(low));
        NAME(scatter)(n - i, y + i, draws);
    }
}

// Box and Muller (1958): two uniform words give two normal numbers. The angle is reduced to an eighth of a turn.
INLINE void NAME(boxMuller)(U a, U b, V *cosine, V *sine) {
    V radius = __builtin_elementwise_sqrt(S(-2.0f) * NAME(logarithm)(S(1.0f) - NAME(unit)(a)));
    V turn = NAME(unit)(b);
    V quarter = __builtin_elementwise_roundeven(turn * S(4.0f));
    V t = FMA(quarter, S(-0.25f), turn) * S(6.28318531f);
    V z = t * t;
    V s = FMA(FMA(FMA(S(-1.9515295891e-4f), z, S(8.3321608736e-3f)), z, S(-1.6666654611e-1f)) * z, t, t);
    V c = FMA(FMA(FMA(S(2.443315711809948e-5f), z, S(-1.388731625493765e-3f)), z, S(4.166664568298827e-2f)), z * z,
              FMA(z, S(-0.5f), S(1.0f)));
    I k = __builtin_convertvector(quarter, I) & 3;
    V cosineTurned = NAME(choose)((k & 1) != 0, s, c), sineTurned = NAME(choose)((k & 1) != 0, c, s);
    *cosine = radius * NAME(choose)((k == 1) | (k == 2), -cosineTurned, cosineTurned);
    *sine = radius * NAME(choose)((k == 2) | (k == 3), -sineTurned, sineTurned);
}

static void NAME(kernel_normal)(size_t n, float *y, uint64_t key, const uint32_t position[3], float mean, float deviation) {
    for (size_t i = 0; i < n; i += 64) {
        U x[4]; V draws[4];
        NAME(philox)(x, key, position, (uint32_t)(i / 4));
        NAME(boxMuller)(x[0], x[1], &draws[0], &draws[1]);
        NAME(boxMuller)(x[2], x[3], &draws[2], &draws[3]);
        for (int k = 0; k < 4; k++) draws[k] = FMA(draws[k], S(deviation), S(mean));
        NAME(scatter)(n - i, y + i, draws);
    }
}

#undef S
#undef FMA
#undef INLINE
