#include "CClassifiers.h"
#include <string.h>

static const unsigned char fashion[] = {
#embed "fashion.safetensors"
};
static const unsigned char mnist[] = {
#embed "mnist.safetensors"
};

SwiftganClassifier swiftgan_classifier(const char *recipe) {
    if (strcmp(recipe, "fashion") == 0) return (SwiftganClassifier){fashion, sizeof fashion};
    if (strcmp(recipe, "mnist") == 0) return (SwiftganClassifier){mnist, sizeof mnist};
    return (SwiftganClassifier){NULL, 0};
}
