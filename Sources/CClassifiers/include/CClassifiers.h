#pragma once
#include <stddef.h>

// The classifiers that come with the program: files of 'swiftgan train-extractor', inside it, so that a program that
// is copied to another folder measures the same.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} SwiftganClassifier;

// The file of a recipe's classifier; its bytes are NULL where there is none.
SwiftganClassifier swiftgan_classifier(const char *recipe);
