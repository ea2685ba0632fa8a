// Element loops, compiled once for each instruction set and chosen at run time.
//
// Every loop works on a virtual vector of 16 floats and rounds each operation as IEEE 754 says, with fused
// multiply-adds only where they are written. So all instruction sets give the same bits; only AMX, in products of bfloat16
// numbers, gives others.
#pragma once
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#define KERNEL_MAXIMUM_RANK 10

/// A walk over an output of `rank` dimensions, contiguous in row order, and the strides (in elements) with
/// which the operands are read. A stride of 0 repeats an element.
typedef struct {
    int32_t rank;
    int64_t dimensions[KERNEL_MAXIMUM_RANK];
    int64_t left[KERNEL_MAXIMUM_RANK];
    int64_t right[KERNEL_MAXIMUM_RANK];
} KernelWalk;

typedef enum : int32_t {
    KernelAdd, KernelSubtract, KernelMultiply, KernelDivide,
    /// left where right is positive, parameter * left elsewhere
    KernelLeakyGradient,
    /// left * (1 - right²)
    KernelTanhGradient,
    /// left * right * (1 - right)
    KernelSigmoidGradient,
} KernelBinary;

typedef enum : int32_t {
    /// first * x + second
    KernelAffine,
    KernelExponential, KernelLogarithm, KernelSquareRoot, KernelReciprocal, KernelSquare,
    KernelTanh, KernelSigmoid, KernelSoftplus,
    /// x where positive, first * x elsewhere
    KernelLeaky,
    /// first below it, second above it, x between
    KernelClip,
} KernelUnary;

typedef struct {
    float rate, beta1, beta2, epsilon;
    /// 1 - decay^t, for bias correction
    float firstCorrection, secondCorrection;
    /// The tree's sum is divided by the number of leaves once, here.
    float gradientScale;
} KernelAdam;

void kernel_binary(KernelBinary operation, float parameter, const KernelWalk *walk, float *output, const float *left, const float *right);
void kernel_unary(KernelUnary operation, float first, float second, size_t count, float *output, const float *input);

/// output (contiguous) = input read with the walk's left strides.
void kernel_gather(const KernelWalk *walk, float *output, const float *input);

/// Sums the input, contiguous over `dimensions`; `left` holds the output's strides, 0 where a dimension is summed over.
void kernel_sum(const KernelWalk *walk, float *output, const float *input);

/// An array as `[batch, blocks, spatial, width]`, where channel c is lane c % width of block c / width.
/// Row order with spatial extents has width 1; `[batch, channels]` is one batch of `spatial` rows, as wide as it has channels.
typedef struct { int64_t batch, blocks, spatial, width; } KernelChannels;

/// Brings each channel to mean 0 and variance 1, then scales and shifts it; reports mean and variance.
void kernel_normalize(const KernelChannels *channels, float epsilon, float *output, float *mean, float *variance, const float *input, const float *scale, const float *shift);
/// The same with given means and variances.
void kernel_normalize_by(const KernelChannels *channels, float epsilon, float *output, const float *mean, const float *variance, const float *input, const float *scale, const float *shift);
/// The gradients of the first for input, scale and shift.
void kernel_normalize_gradient(const KernelChannels *channels, float epsilon, float *inputGradient, float *scaleGradient, float *shiftGradient, const float *upstream, const float *input, const float *mean, const float *variance, const float *scale);

/// `count` products of a left matrix of rows x inner and a right one of inner x columns. Strides are in floats.
///
/// Left element (i, k) is at i / 16 * leftRowPanel + i % 16 * leftRow + k / 16 * leftPanel + k % 16 * leftStep; sixteen right elements (k, 16 j…)
/// are at k * rightStep + j * rightPanel, and results (i, 16 j…) at i * outputRow + j * outputPanel.
typedef struct {
    int64_t count, rows, inner, columns;
    int64_t leftRow, leftRowPanel, leftStep, leftPanel, leftMatrix;
    int64_t rightStep, rightPanel, rightMatrix;
    int64_t outputRow, outputPanel, outputMatrix;
    /// Whether the products are added to what the output holds.
    int32_t accumulates;
} KernelProduct;

/// Right operands have whole panels: what lies beyond the last column is read, but has no part in the results.
void kernel_product(const KernelProduct *product, float *output, const float *left, const float *right);
/// The same of bfloat16 numbers, with float32 sums; strides are in those, and the inner extent is even. Left operands have pairs of
/// inner steps side by side, right ones as ``KernelShortPairs``. Of each pair the odd one is added first; with AMX (see `amx.h`), steps
/// are summed by 32, even and odd ones apart.
void kernel_product_bfloat16(const KernelProduct *product, float *output, const uint16_t *left, const uint16_t *right);

/// How the numbers of a panel lie: `[rows][16]` as float32 or as bfloat16, or with neighbouring rows interleaved, `[rows / 2][16][2]`.
typedef enum : int32_t { KernelFloats, KernelShortRows, KernelShortPairs } KernelFormat;

/// A matrix of rows x columns (or, `transposed`, of columns x rows) in row order as panels of 16 columns, filled up with zeros.
void kernel_pack(KernelFormat format, int64_t rows, int64_t columns, int32_t transposed, void *panels, const float *input);

/// How an image in blocks of `width` channels (8 or 16) is cut into the tiles of a Winograd transform (Lavin & Gray, 2016).
///
/// F(outputs, taps) makes `outputs` x `outputs` results of a stride-1 convolution from tiles of `extent` = outputs + taps - 1.
/// Pixel (i, j) of tile (y, x) is the image's at (stride * (y * outputs + i) + row, stride * (x * outputs + j) + column);
/// outside of the image there are zeros. Tiles of F(4, 2) at the lower and right edges may make one row or column of results less: as F(3, 2) they
/// have no frequencies of the fourth point in that direction, and do not count there. Frequency f of tile t and channel c is
/// in row t and column c % 16 of the panel that begins at transformed + f * frequencyStride + c / 16 * panelStride, in numbers of its format.
typedef struct {
    KernelFormat format;
    int32_t outputs, taps;
    /// Channels are a multiple of 16.
    int64_t images, channels, rows, columns, width;
    int64_t tilesHigh, tilesWide;
    /// 1 where the last row of tiles makes a row of results less, or the last column of tiles a column.
    int64_t isLow, isNarrow;
    int64_t stride, row, column;
    int64_t frequencyStride, panelStride;
} KernelTiles;

/// Tiles of `extent` x `extent` pixels to frequencies.
void kernel_winograd_input(const KernelTiles *tiles, void *transformed, const float *image);
/// Frequencies, in float32, to `outputs` x `outputs` pixels.
void kernel_winograd_output(const KernelTiles *tiles, float *image, const float *transformed);
/// The adjoint of that: pixels to frequencies.
void kernel_winograd_output_adjoint(const KernelTiles *tiles, void *transformed, const float *image);
/// The weights of a convolution, `[outputs, inputs, side, side]`, as frequencies in panels of 16 columns.
///
/// A side of 4 with stride 2 is four phases of 2 x 2 taps, one of 3 with stride 1 a single phase. For a forward convolution, rows are the
/// inputs of all phases and columns the outputs: `[frequency][outputs / 16][phase][inputs][16]`. For data gradients, taps are flipped:
/// `[phase][frequency][inputs / 16][outputs][16]`.
typedef struct {
    KernelFormat format;
    int32_t tileOutputs, taps;
    int64_t outputs, inputs;
    /// The columns to transform, multiples of 16; the adjoint does all.
    int64_t firstColumn, columns;
    int64_t frequencyStride;
} KernelFilters;
void kernel_winograd_weights(const KernelFilters *filters, void *transformed, const float *weights);
void kernel_winograd_flipped_weights(const KernelFilters *filters, void *transformed, const float *weights);
/// The adjoint of the first: frequencies, in float32, to the gradient of the weights.
void kernel_winograd_weights_adjoint(const KernelFilters *filters, float *weights, const float *transformed);

/// An image `[channels, rows, columns]` and the square windows of a convolution of it.
typedef struct { int64_t channels, rows, columns, outputRows, outputColumns, side, stride, padding; } KernelWindows;

/// The windows as rows: `[outputRows, outputColumns, channels, side, side]`, zero beyond the image.
void kernel_gather_windows(const KernelWindows *geometry, float *windows, const float *image);
/// The adjoint of that: each pixel is the sum of its places in all windows.
void kernel_scatter_windows(const KernelWindows *geometry, float *image, const float *windows);

/// Small images, `planes` of rows x columns pixels of `width` floats each, and by how much larger ones are higher and wider.
typedef struct { int64_t planes, rows, columns, width, rowFactor, columnFactor; } KernelImages;

/// scale * each pixel repeated, or interpolated linearly where a factor is 2. `line` has room for a row of the larger images.
void kernel_enlarge(const KernelImages *images, int32_t bilinear, float scale, float *output, float *line, const float *input);
/// The adjoint of that: for repeated pixels, scale * the sum of each window.
void kernel_reduce(const KernelImages *images, int32_t bilinear, float scale, float *output, float *line, const float *input);

void kernel_add(size_t count, float *output, const float *left, const float *right);
void kernel_fill(size_t count, float *output, float value);
void kernel_bytes_to_floats(size_t count, float *output, const uint8_t *input, float scale, float shift);

/// One update (Kingma & Ba, 2015) from old to new weights; the moments are updated in place.
void kernel_adam(size_t count, const KernelAdam *adam, float *updated, const float *weights, float *first, float *second, const float *gradient);
/// state = state + weight * (value * scale - state)
void kernel_blend(size_t count, float *state, const float *value, float scale, float weight);
void kernel_scale(size_t count, float *output, const float *input, float scale);

/// Philox 4x32-10 (Salmon et al., 2011): draws number 4 * block and on, of the generator `key`, at a counter of three words.
void kernel_uniform(size_t count, float *output, uint64_t key, const uint32_t position[3], float low, float high);
void kernel_normal(size_t count, float *output, uint64_t key, const uint32_t position[3], float mean, float deviation);
/// The four words of one Philox block.
void kernel_philox(uint32_t output[4], uint64_t key, const uint32_t counter[4]);

/// CRC-32C (Castagnoli), as iSCSI and TensorBoard use it.
uint32_t kernel_crc32c(size_t count, const void *bytes);

/// Flushes subnormal numbers to zero on this thread, as every thread that computes must, alike.
void kernel_flush_subnormals(void);
/// The instruction set in use: "avx512 amx" (AVX-512, and AMX for products of bfloat16 numbers), "avx512", "avx2" or "portable".
const char *kernel_instruction_set(void);
/// Lowers it to AVX-512 without bfloat16 and AMX, or to AVX2, before anything computes; whether the processor has that.
bool kernel_limit_instruction_set(bool allowsAVX512);

/// How many processors the affinity of this process (`taskset`) leaves to it.
int kernel_processors(void);

/// A pointer that belongs to the calling thread; starts as NULL.
void *kernel_thread_slot(void);
void kernel_set_thread_slot(void *pointer, void (*release)(void *));
