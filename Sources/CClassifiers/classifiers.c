#include "CClassifiers.h"
#include <string.h>

// Part of C since 2023, and an extension before: files become part of the program.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char fashion[] = {
#embed "fashion.safetensors"
};
static const unsigned char mnist[] = {
#embed "mnist.safetensors"
};
static const unsigned char moving_clothes[] = {
#embed "moving-clothes.safetensors"
};

SwiftganClassifier swiftgan_classifier(const char *recipe) {
    if (strcmp(recipe, "fashion") == 0) return (SwiftganClassifier){fashion, sizeof fashion};
    if (strcmp(recipe, "mnist") == 0) return (SwiftganClassifier){mnist, sizeof mnist};
    if (strcmp(recipe, "moving-clothes") == 0)
        return (SwiftganClassifier){moving_clothes, sizeof moving_clothes};
    return (SwiftganClassifier){NULL, 0};
}
