internal import Foundation
public import Tensors

extension NDArray {
    /// The share of the signal of each picture that is left in another, in decibels: 10 · log₁₀ of 4 / mean squared
    /// difference, since pixels in -1...1 span 2.
    ///
    /// - Parameter other: As many pictures, `[count, channels, height, width]`.
    /// - Returns: One number for each picture, at most 100. Pictures that are practically equal have 100, so that means
    ///   stay finite.
    public func peakSignalToNoise(against other: NDArray) -> [Double] {
        precondition(shape == other.shape && shape.rank == 4, "\(shape) against \(other.shape)")
        let (own, others) = (scalars, other.scalars)
        let size = shape.dropFirst().elementCount
        return (0..<shape[0]).map { picture in
            let range = (picture * size)..<((picture + 1) * size)
            let error = range.reduce(0.0) { sum, pixel in
                let difference = Double(own[pixel]) - Double(others[pixel])
                return sum + difference * difference
            }
            return min(100, 10 * log10(4 * Double(size) / error))
        }
    }
}
