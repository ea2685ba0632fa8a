internal import COpenBLAS

extension Features {
    /// The Fréchet distance between the Gaussians with the same means and covariances (Heusel et al., 2017).
    ///
    /// It is |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2(Σ₁Σ₂)^½), which is 0 for equal ones.
    ///
    /// Small samples bias it upwards. Compare distances only for equal counts, and beside the distance of real examples
    /// from real ones.
    public func frechetDistance(to other: Features) -> Double {
        let (first, second) = (moments, other.moments)
        let means = zip(first.mean, second.mean).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        // Σ₁Σ₂ has the eigenvalues of the symmetric Σ₁^½ Σ₂ Σ₁^½.
        let root = first.covariance.squareRoot()
        let product = root.multiplied(by: second.covariance).multiplied(by: root)
        let shared = product.eigenvalues().reduce(0) { $0 + max(0, $1).squareRoot() }
        return means + first.covariance.trace + second.covariance.trace - 2 * shared
    }

    private var moments: (mean: [Double], covariance: SymmetricMatrix) {
        var mean = [Double](repeating: 0, count: dimensions)
        for row in 0..<count {
            for column in 0..<dimensions { mean[column] += values[row * dimensions + column] }
        }
        for column in 0..<dimensions { mean[column] /= Double(count) }
        var centred = values
        for row in 0..<count {
            for column in 0..<dimensions { centred[row * dimensions + column] -= mean[column] }
        }
        var covariance = SymmetricMatrix(size: dimensions)
        cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(dimensions), Int32(dimensions),
            Int32(count), 1 / Double(max(1, count - 1)), centred, Int32(dimensions), centred,
            Int32(dimensions), 0, &covariance.values, Int32(dimensions))
        return (mean, covariance)
    }
}

/// A square matrix that equals its transpose.
private struct SymmetricMatrix {
    let size: Int
    var values: [Double]

    init(size: Int) {
        self.size = size
        values = Array(repeating: 0, count: size * size)
    }

    var trace: Double { (0..<size).reduce(0) { $0 + values[$1 * size + $1] } }

    func multiplied(by other: SymmetricMatrix) -> SymmetricMatrix {
        var result = SymmetricMatrix(size: size)
        let length = Int32(size)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, length, length, length, 1, values, length,
            other.values, length, 0, &result.values, length)
        return result
    }

    func eigenvalues() -> [Double] { decomposed(vectors: false).values }

    /// The square root of a matrix without negative eigenvalues; eigenvalues that rounding made negative count as zero.
    func squareRoot() -> SymmetricMatrix {
        let (values, vectors) = decomposed(vectors: true)
        var scaled = vectors
        for row in 0..<size {
            let root = max(0, values[row]).squareRoot().squareRoot()
            for column in 0..<size { scaled.values[row * size + column] *= root }
        }
        // The columns of LAPACK are rows here, so rootᵀ · root is V diag V'.
        var result = SymmetricMatrix(size: size)
        let length = Int32(size)
        cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, length, length, length, 1, scaled.values,
            length, scaled.values, length, 0, &result.values, length)
        return result
    }

    private func decomposed(vectors: Bool) -> (values: [Double], vectors: SymmetricMatrix) {
        var matrix = self
        var eigenvalues = [Double](repeating: 0, count: size)
        var length = Int32(size)
        var information: Int32 = 0
        var (workCount, integerCount) = (Int32(-1), Int32(-1))
        var work = [0.0]
        var integers = [Int32(0)]
        // The first call says how much room the second one needs.
        for _ in 0..<2 {
            dsyevd_(
                vectors ? "V" : "N", "U", &length, &matrix.values, &length, &eigenvalues, &work,
                &workCount, &integers, &integerCount, &information)
            guard workCount < 0 else { break }
            (workCount, integerCount) = (Int32(work[0]), integers[0])
            work = Array(repeating: 0, count: Int(workCount))
            integers = Array(repeating: 0, count: Int(integerCount))
        }
        precondition(information == 0, "LAPACK found no eigenvalues: \(information)")
        return (eigenvalues, matrix)
    }
}
