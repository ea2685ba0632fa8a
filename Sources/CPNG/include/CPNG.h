#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng leaves functions by a jump where something fails, which cannot be told to Swift: this is what it sees instead.
// Functions that return a number return 0 where they fail, and those that return a pointer NULL.

// A picture as screens show it: red, green and blue bytes of their curve, with white where it is transparent.
typedef struct swiftgan_png_shown swiftgan_png_shown;

// Reads a file's header; the bytes must outlive the result.
swiftgan_png_shown *swiftgan_png_shown_open(const void *bytes, size_t count);
size_t swiftgan_png_shown_width(const swiftgan_png_shown *picture);
size_t swiftgan_png_shown_height(const swiftgan_png_shown *picture);
int swiftgan_png_shown_read(swiftgan_png_shown *picture, unsigned char *pixels);
void swiftgan_png_shown_close(swiftgan_png_shown *picture);

// What a file says of its colours.
typedef struct {
    const unsigned char *icc;
    size_t icc_count;
    // The intent of an sRGB chunk, or -1.
    int srgb_intent;
    // The exponent of a gAMA chunk times 100,000, or 0.
    int32_t gamma;
} swiftgan_png_colours;

// A picture with the samples that the file holds, of 8 or 16 bits in this machine's order.
typedef struct swiftgan_png_stored swiftgan_png_stored;

typedef struct {
    size_t width, height;
    // The bits of a pixel in the file.
    size_t file_bits;
    // 1 of grey, or 3, and one more of opacity.
    int channels;
    // 8 or 16.
    int bits;
    // Lives as long as the picture.
    swiftgan_png_colours colours;
} swiftgan_png_header;

// Reads all that comes before the pixels; the bytes must outlive the result.
swiftgan_png_stored *swiftgan_png_stored_open(const void *bytes, size_t count, swiftgan_png_header *header);
// Reads all rows, one after the other.
int swiftgan_png_stored_read(swiftgan_png_stored *picture, void *samples);
void swiftgan_png_stored_close(swiftgan_png_stored *picture);

// A file that is written row by row.
typedef struct swiftgan_png_writer swiftgan_png_writer;

// Samples have 8 or 16 bits. NULL only for want of memory; what else failed, the reason says.
swiftgan_png_writer *swiftgan_png_begin(
    const char *path, size_t width, size_t height, int channels, int bits, const swiftgan_png_colours *colours);
int swiftgan_png_rows(swiftgan_png_writer *writer, const void *samples, size_t row_bytes, size_t count);
int swiftgan_png_end(swiftgan_png_writer *writer);
// Why something failed, in the system's words or in libpng's; NULL where nothing did.
const char *swiftgan_png_reason(const swiftgan_png_writer *writer);
void swiftgan_png_release(swiftgan_png_writer *writer);
