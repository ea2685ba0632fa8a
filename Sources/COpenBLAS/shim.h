#pragma once
#include <cblas.h>

// LAPACK's eigenvalues of a symmetric matrix, which OpenBLAS holds but declares in no header.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);
