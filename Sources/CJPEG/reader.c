#include "CJPEG.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

struct swiftgan_jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    unsigned char *row;
    unsigned char *icc;
};

static void leave(j_common_ptr info) {
    longjmp(((swiftgan_jpeg *)info->client_data)->escape, 1);
}

// A negative level is a warning. Those that are listed leave the picture whole: bytes too many between two segments, unknown
// versions of headers, parameters that a sequential file has no use for, and a colour profile without some of its parts. All
// others mean that pixels are missing or made up.
static void judge(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_BOGUS_ICC:
        return;
    default:
        leave(info);
    }
}

swiftgan_jpeg *swiftgan_jpeg_open(const void *bytes, size_t count) {
    swiftgan_jpeg *jpeg = calloc(1, sizeof *jpeg);
    if (!jpeg) return NULL;
    jpeg->info.client_data = jpeg;
    jpeg->info.err = jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = leave;
    jpeg->errors.emit_message = judge;
    if (setjmp(jpeg->escape)) {
        swiftgan_jpeg_close(jpeg);
        return NULL;
    }
    jpeg_create_decompress(&jpeg->info);
    jpeg_mem_src(&jpeg->info, bytes, count);
    jpeg_save_markers(&jpeg->info, JPEG_APP0 + 1, 0xffff);
    jpeg_save_markers(&jpeg->info, JPEG_APP0 + 2, 0xffff);
    jpeg_read_header(&jpeg->info, TRUE);
    return jpeg;
}

size_t swiftgan_jpeg_width(const swiftgan_jpeg *jpeg) { return jpeg->info.image_width; }

size_t swiftgan_jpeg_height(const swiftgan_jpeg *jpeg) { return jpeg->info.image_height; }

static int has_inks(const swiftgan_jpeg *jpeg) {
    return jpeg->info.jpeg_color_space == JCS_CMYK || jpeg->info.jpeg_color_space == JCS_YCCK;
}

int swiftgan_jpeg_channels(const swiftgan_jpeg *jpeg) {
    if (has_inks(jpeg)) return 4;
    return jpeg->info.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
}

const void *swiftgan_jpeg_exif(const swiftgan_jpeg *jpeg, size_t *count) {
    static const char name[6] = "Exif\0";
    for (jpeg_saved_marker_ptr marker = jpeg->info.marker_list; marker; marker = marker->next) {
        if (marker->data_length <= sizeof name || memcmp(marker->data, name, sizeof name)) continue;
        *count = marker->data_length - sizeof name;
        return marker->data + sizeof name;
    }
    return NULL;
}

const void *swiftgan_jpeg_icc(swiftgan_jpeg *jpeg, size_t *count) {
    unsigned length = 0;
    if (setjmp(jpeg->escape)) return NULL;
    if (!jpeg_read_icc_profile(&jpeg->info, &jpeg->icc, &length)) return NULL;
    *count = length;
    return jpeg->icc;
}

// Files of four inks hold how much light each lets through, as Adobe's programs write it: no other kind is about.
static void read_inks(swiftgan_jpeg *jpeg, unsigned char *pixels) {
    unsigned width = jpeg->info.output_width;
    jpeg_read_scanlines(&jpeg->info, &jpeg->row, 1);
    for (unsigned x = 0; x < width; x++) {
        const unsigned char *inks = jpeg->row + 4 * (size_t)x;
        for (int channel = 0; channel < 3; channel++)
            pixels[3 * (size_t)x + channel] = (inks[channel] * inks[3] + 127) / 255;
    }
}

int swiftgan_jpeg_read(swiftgan_jpeg *jpeg, unsigned char *pixels, int channels) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    int mixes_inks = has_inks(jpeg);
    if (mixes_inks && !(jpeg->row = malloc(4 * (size_t)info->image_width))) return 0;
    if (setjmp(jpeg->escape)) return 0;
    info->out_color_space = mixes_inks ? JCS_CMYK : channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = pixels + (size_t)channels * info->output_width * info->output_scanline;
        if (mixes_inks) read_inks(jpeg, row);
        else jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
    return 1;
}

void swiftgan_jpeg_close(swiftgan_jpeg *jpeg) {
    jpeg_destroy_decompress(&jpeg->info);
    free(jpeg->row);
    free(jpeg->icc);
    free(jpeg);
}
