#pragma once
#include <png.h>
#include <string.h>

// The simplified interface's flags and version are cast macros, which Swift cannot import.
static inline png_image swiftgan_png_image(unsigned width, unsigned height, int channels) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    return image;
}

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
