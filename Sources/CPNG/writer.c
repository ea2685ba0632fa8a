#include "CPNG.h"
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct swiftgan_png_writer {
    FILE *file;
    png_structp png;
    png_infop info;
    int code;
    char message[128];
};

static void fail(png_structp png, png_const_charp message) {
    swiftgan_png_writer *writer = png_get_error_ptr(png);
    writer->code = errno;
    snprintf(writer->message, sizeof writer->message, "%s", message);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) {}

static void set_colours(png_structp png, png_infop info, const swiftgan_png_colours *colours) {
    if (colours->icc)
        png_set_iCCP(png, info, "profile", PNG_COMPRESSION_TYPE_BASE, colours->icc, (png_uint_32)colours->icc_count);
    if (colours->srgb_intent >= 0) png_set_sRGB(png, info, colours->srgb_intent);
    if (colours->gamma > 0) png_set_gAMA_fixed(png, info, colours->gamma);
}

static void begin(
    swiftgan_png_writer *writer, size_t width, size_t height, int channels, int bits,
    const swiftgan_png_colours *colours) {
    static const int kinds[] = {
        PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA,
    };
    errno = 0;
    if (setjmp(png_jmpbuf(writer->png))) return;
    png_init_io(writer->png, writer->file);
    png_set_user_limits(writer->png, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(
        writer->png, writer->info, (png_uint_32)width, (png_uint_32)height, bits, kinds[channels - 1],
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // A profile that libpng finds fault with is left out: other programs could not read it either.
    png_set_benign_errors(writer->png, 1);
    set_colours(writer->png, writer->info, colours);
    png_write_info(writer->png, writer->info);
    const uint16_t one = 1;
    if (bits == 16 && *(const unsigned char *)&one) png_set_swap(writer->png);
}

swiftgan_png_writer *swiftgan_png_begin(
    const char *path, size_t width, size_t height, int channels, int bits, const swiftgan_png_colours *colours) {
    swiftgan_png_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    writer->file = fopen(path, "wbe");
    if (!writer->file) {
        writer->code = errno;
        return writer;
    }
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, fail, ignore);
    writer->info = writer->png ? png_create_info_struct(writer->png) : NULL;
    if (!writer->info) {
        writer->code = ENOMEM;
        return writer;
    }
    begin(writer, width, height, channels, bits, colours);
    return writer;
}

int swiftgan_png_rows(swiftgan_png_writer *writer, const void *samples, size_t row_bytes, size_t count) {
    errno = 0;
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    for (size_t row = 0; row < count; row++)
        png_write_row(writer->png, (png_const_bytep)samples + row * row_bytes);
    return 1;
}

int swiftgan_png_end(swiftgan_png_writer *writer) {
    errno = 0;
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    png_write_end(writer->png, NULL);
    if (fflush(writer->file) != 0) {
        writer->code = errno;
        return 0;
    }
    return 1;
}

const char *swiftgan_png_reason(const swiftgan_png_writer *writer) {
    if (writer->code) return strerror(writer->code);
    return writer->message[0] ? writer->message : NULL;
}

void swiftgan_png_release(swiftgan_png_writer *writer) {
    if (writer->png) png_destroy_write_struct(&writer->png, &writer->info);
    if (writer->file) fclose(writer->file);
    free(writer);
}
