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
