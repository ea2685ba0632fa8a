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
// Decodes to red, green and blue bytes in row order; 0 where the picture is not whole.
int swiftgan_jpeg_read(swiftgan_jpeg *jpeg, unsigned char *pixels);
void swiftgan_jpeg_close(swiftgan_jpeg *jpeg);
