#include "CPNG.h"
#include <png.h>
#include <stdlib.h>

struct swiftgan_png_shown {
    png_image image;
};

swiftgan_png_shown *swiftgan_png_shown_open(const void *bytes, size_t count) {
    swiftgan_png_shown *picture = calloc(1, sizeof *picture);
    if (!picture) return NULL;
    picture->image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&picture->image, bytes, count)) {
        swiftgan_png_shown_close(picture);
        return NULL;
    }
    // Of 16 bits a sample, too, the curve is that of screens, unless the file names another: libpng would take them for linear.
    picture->image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    picture->image.format = PNG_FORMAT_RGB;
    return picture;
}

size_t swiftgan_png_shown_width(const swiftgan_png_shown *picture) { return picture->image.width; }

size_t swiftgan_png_shown_height(const swiftgan_png_shown *picture) { return picture->image.height; }

int swiftgan_png_shown_read(swiftgan_png_shown *picture, unsigned char *pixels) {
    png_color white = {255, 255, 255};
    return png_image_finish_read(&picture->image, &white, pixels, 0, NULL);
}

void swiftgan_png_shown_close(swiftgan_png_shown *picture) {
    png_image_free(&picture->image);
    free(picture);
}
