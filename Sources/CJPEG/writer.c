#include "CJPEG.h"
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

struct swiftgan_jpeg_writer {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    FILE *file;
    int code;
    char message[JMSG_LENGTH_MAX];
};

static void fail(j_common_ptr info) {
    swiftgan_jpeg_writer *writer = info->client_data;
    writer->code = errno;
    info->err->format_message(info, writer->message);
    longjmp(writer->escape, 1);
}

static void ignore(j_common_ptr info, int level) {}

static void begin(
    swiftgan_jpeg_writer *writer, size_t width, size_t height, int channels, const unsigned char *icc, size_t icc_count) {
    struct jpeg_compress_struct *info = &writer->info;
    errno = 0;
    if (setjmp(writer->escape)) return;
    jpeg_create_compress(info);
    jpeg_stdio_dest(info, writer->file);
    // Sizes that a JPEG cannot have are refused by libjpeg, in its words.
    info->image_width = (JDIMENSION)width;
    info->image_height = (JDIMENSION)height;
    info->input_components = channels;
    info->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, 95, TRUE);
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(info, TRUE);
    if (icc) jpeg_write_icc_profile(info, icc, (unsigned)icc_count);
}

swiftgan_jpeg_writer *swiftgan_jpeg_begin(
    const char *path, size_t width, size_t height, int channels, const unsigned char *icc, size_t icc_count) {
    swiftgan_jpeg_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    writer->info.err = jpeg_std_error(&writer->errors);
    writer->info.client_data = writer;
    writer->errors.error_exit = fail;
    writer->errors.emit_message = ignore;
    writer->file = fopen(path, "wbe");
    if (writer->file) begin(writer, width, height, channels, icc, icc_count);
    else writer->code = errno;
    return writer;
}

int swiftgan_jpeg_rows(swiftgan_jpeg_writer *writer, const unsigned char *pixels, size_t row_bytes, size_t count) {
    errno = 0;
    if (setjmp(writer->escape)) return 0;
    for (size_t row = 0; row < count; row++) {
        // libjpeg does not change them.
        JSAMPROW start = (JSAMPROW)pixels + row * row_bytes;
        jpeg_write_scanlines(&writer->info, &start, 1);
    }
    return 1;
}

int swiftgan_jpeg_end(swiftgan_jpeg_writer *writer) {
    errno = 0;
    if (setjmp(writer->escape)) return 0;
    jpeg_finish_compress(&writer->info);
    if (fflush(writer->file) != 0) {
        writer->code = errno;
        return 0;
    }
    return 1;
}

const char *swiftgan_jpeg_reason(const swiftgan_jpeg_writer *writer) {
    if (writer->code) return strerror(writer->code);
    return writer->message[0] ? writer->message : NULL;
}

void swiftgan_jpeg_release(swiftgan_jpeg_writer *writer) {
    // Does nothing where nothing was begun.
    jpeg_destroy_compress(&writer->info);
    if (writer->file) fclose(writer->file);
    free(writer);
}
