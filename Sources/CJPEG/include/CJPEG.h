#pragma once
#include <stddef.h>

// libjpeg leaves functions by a jump where a file is damaged, which cannot be told to Swift: this is what it sees instead.

typedef struct swiftgan_jpeg swiftgan_jpeg;

// Reads a file's header; the bytes must outlive the result. NULL where they are no JPEG that can be read.
swiftgan_jpeg *swiftgan_jpeg_open(const void *bytes, size_t count);
size_t swiftgan_jpeg_width(const swiftgan_jpeg *jpeg);
size_t swiftgan_jpeg_height(const swiftgan_jpeg *jpeg);
// What follows the name of the EXIF marker, a TIFF header with its tags; NULL where there is none.
const void *swiftgan_jpeg_exif(const swiftgan_jpeg *jpeg, size_t *count);
// 1 of grey, 3 of colour or 4 inks.
int swiftgan_jpeg_channels(const swiftgan_jpeg *jpeg);
// The colour profile, of all its parts; NULL where there is none that is whole. To be called once, before the pixels are read.
const void *swiftgan_jpeg_icc(swiftgan_jpeg *jpeg, size_t *count);
// Decodes to bytes in row order, 3 of red, green and blue, or 1 where the file is grey; 0 where the picture is not whole.
int swiftgan_jpeg_read(swiftgan_jpeg *jpeg, unsigned char *pixels, int channels);
void swiftgan_jpeg_close(swiftgan_jpeg *jpeg);

// A file of quality 95, with as many pixels of colour as of light, that is written row by row.
typedef struct swiftgan_jpeg_writer swiftgan_jpeg_writer;

// The pixels have 1 channel of grey, or 3. NULL only for want of memory; what else failed, the reason says.
swiftgan_jpeg_writer *swiftgan_jpeg_begin(
    const char *path, size_t width, size_t height, int channels, const unsigned char *icc, size_t icc_count);
int swiftgan_jpeg_rows(swiftgan_jpeg_writer *writer, const unsigned char *pixels, size_t row_bytes, size_t count);
int swiftgan_jpeg_end(swiftgan_jpeg_writer *writer);
// Why something failed, in the system's words or in libjpeg's; NULL where nothing did.
const char *swiftgan_jpeg_reason(const swiftgan_jpeg_writer *writer);
void swiftgan_jpeg_release(swiftgan_jpeg_writer *writer);
