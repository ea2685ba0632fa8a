#include "CPNG.h"
#include <png.h>
#include <stdlib.h>
#include <string.h>

struct swiftgan_png_stored {
    png_structp png;
    png_infop info;
    const unsigned char *bytes;
    size_t left;
    // A pass that is stored apart from others gives each row several times.
    int passes;
    size_t height, row_bytes;
};

static void fail(png_structp png, png_const_charp message) { png_longjmp(png, 1); }

static void ignore(png_structp png, png_const_charp message) {}

static void take(png_structp png, png_bytep bytes, size_t count) {
    swiftgan_png_stored *picture = png_get_io_ptr(png);
    if (count > picture->left) png_error(png, "the file ends early");
    memcpy(bytes, picture->bytes, count);
    picture->bytes += count;
    picture->left -= count;
}

// Texts and the like could each be inflated to megabytes: only what says something of colours is read.
static void skip_other_chunks(png_structp png) {
    static const png_byte wanted[] = {
        'g', 'A', 'M', 'A', 0, 'i', 'C', 'C', 'P', 0, 's', 'R', 'G', 'B', 0,
    };
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, wanted, sizeof wanted / 5);
}

static swiftgan_png_colours colours_of(png_structp png, png_infop info) {
    swiftgan_png_colours colours = {.srgb_intent = -1};
    png_charp name;
    png_bytep profile;
    png_uint_32 count;
    int compression;
    // For a profile of sRGB that it knows, libpng says sRGB, too.
    if (png_get_iCCP(png, info, &name, &compression, &profile, &count) == PNG_INFO_iCCP) {
        colours.icc = profile;
        colours.icc_count = count;
    } else {
        png_get_sRGB(png, info, &colours.srgb_intent);
    }
    png_get_gAMA_fixed(png, info, &colours.gamma);
    return colours;
}

swiftgan_png_stored *swiftgan_png_stored_open(const void *bytes, size_t count, swiftgan_png_header *header) {
    swiftgan_png_stored *picture = calloc(1, sizeof *picture);
    if (!picture) return NULL;
    picture->bytes = bytes;
    picture->left = count;
    picture->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, picture, fail, ignore);
    picture->info = picture->png ? png_create_info_struct(picture->png) : NULL;
    if (!picture->info || setjmp(png_jmpbuf(picture->png))) {
        swiftgan_png_stored_close(picture);
        return NULL;
    }
    png_structp png = picture->png;
    png_set_read_fn(png, picture, take);
    skip_other_chunks(png);
    png_read_info(png, picture->info);
    header->width = png_get_image_width(png, picture->info);
    header->height = picture->height = png_get_image_height(png, picture->info);
    header->file_bits = (size_t)png_get_channels(png, picture->info) * png_get_bit_depth(png, picture->info);
    header->colours = colours_of(png, picture->info);
    // Palettes become colours, the colour that stands for transparency becomes opacity, and samples have 8 bits at least.
    png_set_expand(png);
    const uint16_t one = 1;
    if (*(const unsigned char *)&one) png_set_swap(png);
    picture->passes = png_set_interlace_handling(png);
    png_read_update_info(png, picture->info);
    header->channels = png_get_channels(png, picture->info);
    header->bits = png_get_bit_depth(png, picture->info);
    picture->row_bytes = png_get_rowbytes(png, picture->info);
    return picture;
}

int swiftgan_png_stored_read(swiftgan_png_stored *picture, void *samples) {
    if (setjmp(png_jmpbuf(picture->png))) return 0;
    for (int pass = 0; pass < picture->passes; pass++)
        for (size_t row = 0; row < picture->height; row++)
            png_read_row(picture->png, (png_bytep)samples + row * picture->row_bytes, NULL);
    return 1;
}

void swiftgan_png_stored_close(swiftgan_png_stored *picture) {
    if (picture->png) png_destroy_read_struct(&picture->png, &picture->info, NULL);
    free(picture);
}
