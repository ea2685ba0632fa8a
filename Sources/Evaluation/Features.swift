internal import COpenBLAS
public import Tensors

/// Features of some examples, one row for each, which are the numbers that measures compare.
public struct Features: Sendable {
    public let count: Int
    public let dimensions: Int
    /// The numbers `[count, dimensions]` in row order.
    public let values: [Double]

    public init(count: Int, dimensions: Int, values: [Double]) {
        precondition(values.count == count * dimensions)
        self.count = count
        self.dimensions = dimensions
        self.values = values
    }

    /// Creates features that are the examples themselves, flattened.
    public init(_ examples: NDArray) {
        self.init(
            count: examples.shape[0], dimensions: examples.shape.dropFirst().elementCount,
            values: examples.scalars.map(Double.init))
    }

    /// Some of the rows.
    public subscript(rows: Range<Int>) -> Features {
        Features(
            count: rows.count, dimensions: dimensions,
            values: Array(
                values[(rows.lowerBound * dimensions)..<(rows.upperBound * dimensions)]))
    }

    public static func + (first: Features, second: Features) -> Features {
        precondition(first.dimensions == second.dimensions)
        return Features(
            count: first.count + second.count, dimensions: first.dimensions,
            values: first.values + second.values)
    }

    /// The products of all rows with all rows of another, `[count, other.count]`.
    func products(with other: Features) -> [Double] {
        precondition(dimensions == other.dimensions)
        var result = [Double](repeating: 0, count: count * other.count)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(count), Int32(other.count),
            Int32(dimensions), 1, values, Int32(dimensions), other.values, Int32(dimensions), 0,
            &result, Int32(other.count))
        return result
    }

    /// The squared distances of all rows to all rows of another, `[count, other.count]`.
    func squaredDistances(to other: Features) -> [Double] {
        var result = products(with: other)
        let (own, others) = (squaredNorms, other.squaredNorms)
        for row in 0..<count {
            for column in 0..<other.count {
                let at = row * other.count + column
                result[at] = max(0, own[row] + others[column] - 2 * result[at])
            }
        }
        return result
    }

    private var squaredNorms: [Double] {
        (0..<count).map { row in
            values[(row * dimensions)..<((row + 1) * dimensions)].reduce(0) { $0 + $1 * $1 }
        }
    }
}
