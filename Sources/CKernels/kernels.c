// Chooses, once, the loops of the best instruction set that this processor has.
#include "CKernels.h"
#include <pthread.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

typedef float V __attribute__((vector_size(64)));
typedef float VU __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t I __attribute__((vector_size(64)));
typedef uint32_t U __attribute__((vector_size(64)));
typedef uint64_t L __attribute__((vector_size(128)));

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, SUFFIX)

// What stays in registers in a matrix product: rows, by panels of 16 columns.
#define SUFFIX portable
#define PRODUCT_ROWS 4
#define PRODUCT_PANELS 1
#include "loops.h"
#include "product.h"
#include "winograd.h"
#include "resample.h"
#include "windows.h"
#undef SUFFIX
#undef PRODUCT_ROWS
#undef PRODUCT_PANELS

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX avx2
#define PRODUCT_ROWS 4
#define PRODUCT_PANELS 1
#include "loops.h"
#include "product.h"
#include "winograd.h"
#include "resample.h"
#include "windows.h"
#undef SUFFIX
#undef PRODUCT_ROWS
#undef PRODUCT_PANELS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define SUFFIX avx512
#define PRODUCT_ROWS 8
#define PRODUCT_PANELS 3
#include "loops.h"
#include "product.h"
#include "winograd.h"
#include "resample.h"
#include "windows.h"
#undef SUFFIX
#undef PRODUCT_ROWS
#undef PRODUCT_PANELS
#pragma clang attribute pop

// The vector instruction that multiplies bfloat16 numbers.
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), apply_to = function)
typedef __bf16 PairsOfShort __attribute__((vector_size(64)));
#define PRODUCT_PAIRS(sum, a, b) (V)__builtin_ia32_dpbf16ps_512(sum, (PairsOfShort)(a), (PairsOfShort)(b))
#define SUFFIX avx512bf16
#define PRODUCT_ROWS 8
#define PRODUCT_PANELS 3
#include "loops.h"
#include "product.h"
#undef SUFFIX
#undef PRODUCT_ROWS
#undef PRODUCT_PANELS
#undef PRODUCT_PAIRS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,amx-tile,amx-bf16"))), apply_to = function)
#include "amx.h"
#pragma clang attribute pop

static enum { Portable, AVX2, AVX512 } instructionSet;
static enum { ByLoops, ByPairs, ByAMX } shortProducts;

// Linux lets a process use the registers of AMX once it has asked for them (ARCH_REQ_XCOMP_PERM of XFEATURE_XTILEDATA).
static bool askForAMX(void) {
    enum { RequestPermission = 0x1023, TileData = 18, HasTiles = 1 << 24, HasShortTiles = 1 << 22 };
    unsigned a, b, c, features;
    return __get_cpuid_count(7, 0, &a, &b, &c, &features) && features & HasTiles && features & HasShortTiles
        && syscall(SYS_arch_prctl, RequestPermission, TileData) == 0;
}

__attribute__((constructor)) static void chooseInstructionSet(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return;
    instructionSet = AVX2;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq")
        || !__builtin_cpu_supports("avx512bw")) return;
    instructionSet = AVX512;
    shortProducts = askForAMX() ? ByAMX : __builtin_cpu_supports("avx512bf16") ? ByPairs : ByLoops;
}

#define DISPATCH(name, ...) \
    switch (instructionSet) { \
    case AVX512: name##_avx512(__VA_ARGS__); break; \
    case AVX2: name##_avx2(__VA_ARGS__); break; \
    case Portable: name##_portable(__VA_ARGS__); break; \
    }
const char *kernel_instruction_set(void) {
    return shortProducts == ByAMX ? "avx512 amx" : instructionSet == AVX512 ? "avx512" : instructionSet == AVX2 ? "avx2" : "portable";
}
bool kernel_limit_instruction_set(bool allowsAVX512) {
    if (instructionSet < (allowsAVX512 ? AVX512 : AVX2)) return false;
    if (!allowsAVX512) instructionSet = AVX2;
    shortProducts = ByLoops;
    return true;
}
void kernel_flush_subnormals(void) { __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); }
#else
#define DISPATCH(name, ...) name##_portable(__VA_ARGS__);
const char *kernel_instruction_set(void) { return "portable"; }
bool kernel_limit_instruction_set(bool allowsAVX512) { return false; }
void kernel_flush_subnormals(void) {
#if defined(__aarch64__)
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | (1ull << 24)));
#endif
}
#endif

void kernel_binary(KernelBinary operation, float parameter, const KernelWalk *walk, float *output, const float *left, const float *right) {
    DISPATCH(kernel_binary, operation, parameter, walk, output, left, right)
}
void kernel_unary(KernelUnary operation, float first, float second, size_t count, float *output, const float *input) {
    DISPATCH(kernel_unary, operation, first, second, count, output, input)
}
void kernel_gather(const KernelWalk *walk, float *output, const float *input) { DISPATCH(kernel_gather, walk, output, input) }
void kernel_sum(const KernelWalk *walk, float *output, const float *input) { DISPATCH(kernel_sum, walk, output, input) }
void kernel_normalize(const KernelChannels *channels, float epsilon, float *output, float *mean, float *variance, const float *input, const float *scale, const float *shift) {
    DISPATCH(kernel_normalize, channels, epsilon, output, mean, variance, input, scale, shift)
}
void kernel_normalize_by(const KernelChannels *channels, float epsilon, float *output, const float *mean, const float *variance, const float *input, const float *scale, const float *shift) {
    DISPATCH(kernel_normalize_by, channels, epsilon, output, mean, variance, input, scale, shift)
}
void kernel_normalize_gradient(const KernelChannels *channels, float epsilon, float *inputGradient, float *scaleGradient, float *shiftGradient, const float *upstream, const float *input, const float *mean, const float *variance, const float *scale) {
    DISPATCH(kernel_normalize_gradient, channels, epsilon, inputGradient, scaleGradient, shiftGradient, upstream, input, mean, variance, scale)
}
void kernel_winograd_input(const KernelTiles *tiles, void *transformed, const float *image) {
    DISPATCH(kernel_winograd_input, tiles, transformed, image)
}
void kernel_winograd_output(const KernelTiles *tiles, float *image, const float *transformed) {
    DISPATCH(kernel_winograd_output, tiles, image, transformed)
}
void kernel_winograd_output_adjoint(const KernelTiles *tiles, void *transformed, const float *image) {
    DISPATCH(kernel_winograd_output_adjoint, tiles, transformed, image)
}
void kernel_winograd_weights(const KernelFilters *filters, void *transformed, const float *weights) {
    DISPATCH(kernel_winograd_weights, filters, transformed, weights)
}
void kernel_winograd_flipped_weights(const KernelFilters *filters, void *transformed, const float *weights) {
    DISPATCH(kernel_winograd_flipped_weights, filters, transformed, weights)
}
void kernel_winograd_weights_adjoint(const KernelFilters *filters, float *weights, const float *transformed) {
    DISPATCH(kernel_winograd_weights_adjoint, filters, weights, transformed)
}
void kernel_product(const KernelProduct *product, float *output, const float *left, const float *right) {
    DISPATCH(kernel_product, product, output, left, right)
}
void kernel_product_bfloat16(const KernelProduct *product, float *output, const uint16_t *left, const uint16_t *right) {
#if defined(__x86_64__)
    if (shortProducts == ByAMX) { kernel_product_bfloat16_amx(product, output, left, right); return; }
    if (shortProducts == ByPairs) { kernel_product_bfloat16_avx512bf16(product, output, left, right); return; }
#endif
    DISPATCH(kernel_product_bfloat16, product, output, left, right)
}
void kernel_pack(KernelFormat format, int64_t rows, int64_t columns, int32_t transposed, void *panels, const float *input) {
    DISPATCH(kernel_pack, format, rows, columns, transposed, panels, input)
}
void kernel_gather_windows(const KernelWindows *geometry, float *windows, const float *image) {
    DISPATCH(kernel_gather_windows, geometry, windows, image)
}
void kernel_scatter_windows(const KernelWindows *geometry, float *image, const float *windows) {
    DISPATCH(kernel_scatter_windows, geometry, image, windows)
}
void kernel_enlarge(const KernelImages *images, int32_t bilinear, float scale, float *output, float *line, const float *input) {
    DISPATCH(kernel_enlarge, images, bilinear, scale, output, line, input)
}
void kernel_reduce(const KernelImages *images, int32_t bilinear, float scale, float *output, float *line, const float *input) {
    DISPATCH(kernel_reduce, images, bilinear, scale, output, line, input)
}
void kernel_add(size_t count, float *output, const float *left, const float *right) { DISPATCH(kernel_add, count, output, left, right) }
void kernel_fill(size_t count, float *output, float value) { for (size_t i = 0; i < count; i++) output[i] = value; }
void kernel_bytes_to_floats(size_t count, float *output, const uint8_t *input, float scale, float shift) {
    DISPATCH(kernel_bytes_to_floats, count, output, input, scale, shift)
}
void kernel_adam(size_t count, const KernelAdam *adam, float *updated, const float *weights, float *first, float *second, const float *gradient) {
    DISPATCH(kernel_adam, count, adam, updated, weights, first, second, gradient)
}
void kernel_blend(size_t count, float *state, const float *value, float scale, float weight) {
    DISPATCH(kernel_blend, count, state, value, scale, weight)
}
void kernel_scale(size_t count, float *output, const float *input, float scale) {
    kernel_unary(KernelAffine, scale, 0, count, output, input);
}
void kernel_uniform(size_t count, float *output, uint64_t key, const uint32_t position[3], float low, float high) {
    DISPATCH(kernel_uniform, count, output, key, position, low, high)
}
void kernel_normal(size_t count, float *output, uint64_t key, const uint32_t position[3], float mean, float deviation) {
    DISPATCH(kernel_normal, count, output, key, position, mean, deviation)
}

void kernel_philox(uint32_t output[4], uint64_t key, const uint32_t counter[4]) {
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = 0xD2511F53ull * x0, p1 = 0xCD9E8D57ull * x2;
        uint32_t y0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0, y2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
        x0 = y0; x1 = (uint32_t)p1; x2 = y2; x3 = (uint32_t)p0;
        k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
    }
    output[0] = x0; output[1] = x1; output[2] = x2; output[3] = x3;
}

// The processor's instruction has a latency of three: three streams side by side keep it busy. Joining them takes
// the first stream's remainder past the bytes of the next, which is linear, so four tables of bytes do it.
enum { StreamBytes = 4096 };
static uint32_t crcTable[256], skipTable[4][256];

static uint32_t crcAfterZeros(uint32_t crc, size_t count) {
    for (; count > 0; count--) crc = crc >> 8 ^ crcTable[crc & 255];
    return crc;
}

__attribute__((constructor)) static void fillCRCTables(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0);
        crcTable[i] = crc;
    }
    uint32_t bits[32];
    for (int k = 0; k < 32; k++) bits[k] = crcAfterZeros(1u << k, StreamBytes);
    for (int byte = 0; byte < 4; byte++)
        for (uint32_t i = 0; i < 256; i++)
            for (int k = 0; k < 8; k++) if (i >> k & 1) skipTable[byte][i] ^= bits[8 * byte + k];
}

#if defined(__x86_64__)
static uint32_t crcPastStream(uint32_t crc) {
    return skipTable[0][crc & 255] ^ skipTable[1][crc >> 8 & 255] ^ skipTable[2][crc >> 16 & 255] ^ skipTable[3][crc >> 24];
}

__attribute__((target("sse4.2"))) static uint32_t crc32cHardware(size_t count, const uint8_t *p) {
    uint64_t crc = 0xFFFFFFFFu;
    for (; count >= 3 * StreamBytes; count -= 3 * StreamBytes, p += 3 * StreamBytes) {
        uint64_t second = 0, third = 0;
        for (size_t i = 0; i < StreamBytes; i += 8) {
            uint64_t a, b, c;
            memcpy(&a, p + i, 8); memcpy(&b, p + StreamBytes + i, 8); memcpy(&c, p + 2 * StreamBytes + i, 8);
            crc = __builtin_ia32_crc32di(crc, a);
            second = __builtin_ia32_crc32di(second, b);
            third = __builtin_ia32_crc32di(third, c);
        }
        crc = crcPastStream((uint32_t)crc) ^ second;
        crc = crcPastStream((uint32_t)crc) ^ third;
    }
    for (; count >= 8; count -= 8, p += 8) { uint64_t word; memcpy(&word, p, 8); crc = __builtin_ia32_crc32di(crc, word); }
    for (; count > 0; count--, p++) crc = __builtin_ia32_crc32qi((uint32_t)crc, *p);
    return (uint32_t)crc ^ 0xFFFFFFFFu;
}
#endif

uint32_t kernel_crc32c(size_t count, const void *bytes) {
    const uint8_t *p = bytes;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return crc32cHardware(count, p);
#endif
    uint32_t crc = 0xFFFFFFFFu;
    for (; count > 0; count--, p++) crc = crc >> 8 ^ crcTable[(crc ^ *p) & 255];
    return crc ^ 0xFFFFFFFFu;
}

static _Thread_local void *slot;
static pthread_key_t slotKey;
static pthread_once_t slotOnce = PTHREAD_ONCE_INIT;
static void (*slotRelease)(void *);
static void releaseSlot(void *pointer) { slot = NULL; slotRelease(pointer); }
static void createSlotKey(void) { pthread_key_create(&slotKey, releaseSlot); }
void *kernel_thread_slot(void) { return slot; }
void kernel_set_thread_slot(void *pointer, void (*release)(void *)) {
    slotRelease = release;
    pthread_once(&slotOnce, createSlotKey);
    slot = pointer;
    pthread_setspecific(slotKey, pointer);
}
