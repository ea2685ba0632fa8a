internal import Foundation
public import Tensors

extension NDArray {
    /// How similar two pictures are in brightness, contrast and structure (Wang et al., 2004); equal pictures have 1.
    ///
    /// It is the mean over channels and over all places of a Gaussian window of 11 x 11 pixels with a deviation of 1.5.
    /// Pixels in -1...1 span 2.
    ///
    /// - Parameter other: As many pictures, `[count, channels, height, width]`, of at least 11 pixels a side.
    /// - Returns: One number for each picture.
    public func structuralSimilarity(to other: NDArray) -> [Double] {
        precondition(shape == other.shape && shape.rank == 4, "\(shape) against \(other.shape)")
        let (own, others) = (scalars.map(Double.init), other.scalars.map(Double.init))
        let (height, width) = (shape[2], shape[3])
        let plane = height * width
        return (0..<shape[0]).map { picture in
            let sum = (0..<shape[1]).reduce(0.0) { sum, channel in
                let start = (picture * shape[1] + channel) * plane
                return sum
                    + Self.similarity(
                        Array(own[start..<(start + plane)]),
                        Array(others[start..<(start + plane)]), height, width)
            }
            return sum / Double(shape[1])
        }
    }

    private static let window: [Double] = {
        let values = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        return values.map { $0 / values.reduce(0, +) }
    }()

    private static func similarity(_ a: [Double], _ b: [Double], _ height: Int, _ width: Int)
        -> Double
    {
        func blurred(_ values: [Double]) -> [Double] { Self.blurred(values, height, width) }
        let (meanA, meanB) = (blurred(a), blurred(b))
        let squaresA = blurred(a.map { $0 * $0 })
        let squaresB = blurred(b.map { $0 * $0 })
        let products = blurred(zip(a, b).map { $0 * $1 })
        // These are the constants for a range of 2.
        let (c1, c2) = (0.01 * 0.01 * 4, 0.03 * 0.03 * 4)
        let sum = meanA.indices.reduce(0.0) { sum, place in
            let (m, n) = (meanA[place], meanB[place])
            let covariance = products[place] - m * n
            let variances = squaresA[place] - m * m + squaresB[place] - n * n
            return sum + (2 * m * n + c1) * (2 * covariance + c2)
                / ((m * m + n * n + c1) * (variances + c2))
        }
        return sum / Double(meanA.count)
    }

    /// The image filtered at all places where the window lies within the picture, `[height - 10, width - 10]`.
    private static func blurred(_ values: [Double], _ height: Int, _ width: Int) -> [Double] {
        let (rows, columns) = (height - 10, width - 10)
        precondition(rows > 0 && columns > 0, "\(height) x \(width) pixels are fewer than 11 x 11")
        let across = (0..<height * columns).map { place in
            let start = place / columns * width + place % columns
            return window.indices.reduce(0) { $0 + window[$1] * values[start + $1] }
        }
        return (0..<rows * columns).map { place in
            window.indices.reduce(0) { $0 + window[$1] * across[place + $1 * columns] }
        }
    }
}
