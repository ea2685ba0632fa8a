import Tensors
import Testing

/// Compares the gradient of a mean squared difference of features, that of a perceptual loss, with central differences.
///
/// What the features are to be like is drawn at random. Every twentieth pixel or so is moved.
///
/// - Parameters:
///   - step: How far a pixel is moved.
///   - tolerance: How far a slope may be off, as a share of the largest.
///   - maps: Feature maps of images; their differences are added up.
func expectSlopes(
    at images: NDArray, step: Float = 2e-3, tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation, _ maps: (Tensor) -> [Tensor]
) {
    let variable = Tensor.variable(images)
    let found = maps(variable)
    let targets = found.enumerated().map { index, map in
        RandomSource(seed: 4).uniform(
            map.shape.elementCount, at: .init(.samples, position: index), in: -1..<1)
    }
    let loss = zip(found, targets).reduce(Tensor(0)) { sum, pair in
        sum + (pair.0 - Tensor(pair.1, shape: pair.0.shape)).squared().mean()
    }
    let slopes = gradient(of: loss, withRespectTo: variable).value.scalars
    let largest = slopes.reduce(0) { max($0, Double(abs($1))) }
    #expect(largest > 0, "no slope at all", sourceLocation: sourceLocation)
    let pixels = images.scalars
    func values(moving pixel: Int, to value: Float) -> [[Float]] {
        var moved = pixels
        moved[pixel] = value
        return withoutGradients {
            maps(Tensor(moved, shape: images.shape)).map(\.value.scalars)
        }
    }
    for pixel in stride(from: 0, to: pixels.count, by: max(1, pixels.count / 20)) {
        let (right, left) = (pixels[pixel] + step, pixels[pixel] - step)
        let after = values(moving: pixel, to: right)
        let before = values(moving: pixel, to: left)
        var difference = 0.0
        for (map, target) in targets.enumerated() {
            // (a - t)² - (b - t)², without what is lost where large squares are subtracted.
            let sum = target.indices.reduce(0.0) { sum, index in
                let (a, b) = (Double(after[map][index]), Double(before[map][index]))
                return sum + (a - b) * (a + b - 2 * Double(target[index]))
            }
            difference += sum / Double(target.count)
        }
        let expected = difference / (Double(right) - Double(left))
        #expect(
            abs(Double(slopes[pixel]) - expected) <= tolerance * largest,
            "pixel \(pixel): \(slopes[pixel]), differences give \(expected)",
            sourceLocation: sourceLocation)
    }
}
