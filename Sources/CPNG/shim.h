#pragma once
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

// Where pixels are transparent, white shows.
static inline int swiftgan_png_read(const void *bytes, size_t count, png_image *image) {
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(image, bytes, count)) return 0;
    // Of 16 bits a sample, too, the curve is that of screens, unless the file names another: libpng would take them for linear.
    image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    image->format = PNG_FORMAT_RGB;
    return 1;
}

static inline int swiftgan_png_finish(png_image *image, void *pixels) {
    png_color white = {255, 255, 255};
    return png_image_finish_read(image, &white, pixels, 0, NULL);
}

// A file that is written row by row. libpng leaves its functions by longjmp where something fails, which must not pass
// through Swift: each function here catches that, and returns 0; 'code' is the system's reason, where it gave one.
typedef struct {
    FILE *file;
    png_structp png;
    png_infop info;
    int code;
    char message[128];
} swiftgan_png_writer;

static inline void swiftgan_png_fail(png_structp png, png_const_charp message) {
    swiftgan_png_writer *writer = (swiftgan_png_writer *)png_get_error_ptr(png);
    writer->code = errno;
    snprintf(writer->message, sizeof writer->message, "%s", message);
    png_longjmp(png, 1);
}

static inline void swiftgan_png_ignore(png_structp png, png_const_charp message) {}

static inline int swiftgan_png_begin(
    swiftgan_png_writer *writer, const char *path, unsigned width, unsigned height, int channels) {
    memset(writer, 0, sizeof *writer);
    writer->file = fopen(path, "wbe");
    if (!writer->file) {
        writer->code = errno;
        return 0;
    }
    writer->png = png_create_write_struct(
        PNG_LIBPNG_VER_STRING, writer, swiftgan_png_fail, swiftgan_png_ignore);
    writer->info = writer->png ? png_create_info_struct(writer->png) : NULL;
    if (!writer->info) {
        writer->code = ENOMEM;
        return 0;
    }
    errno = 0;
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    png_init_io(writer->png, writer->file);
    png_set_user_limits(writer->png, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(
        writer->png, writer->info, width, height, 8,
        channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(writer->png, writer->info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(writer->png, writer->info);
    return 1;
}

static inline int swiftgan_png_rows(
    swiftgan_png_writer *writer, const unsigned char *pixels, size_t row_bytes, unsigned count) {
    errno = 0;
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    for (unsigned row = 0; row < count; row++) png_write_row(writer->png, pixels + row * row_bytes);
    return 1;
}

static inline int swiftgan_png_end(swiftgan_png_writer *writer) {
    errno = 0;
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    png_write_end(writer->png, NULL);
    if (fflush(writer->file) != 0) {
        writer->code = errno;
        return 0;
    }
    return 1;
}

static inline void swiftgan_png_release(swiftgan_png_writer *writer) {
    if (writer->png) png_destroy_write_struct(&writer->png, &writer->info);
    if (writer->file) fclose(writer->file);
}
