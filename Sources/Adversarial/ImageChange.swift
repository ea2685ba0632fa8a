internal import Tensors

/// A change to one image before it is judged: brightness, saturation, contrast, a shift and a hole.
struct ImageChange {
    /// How many uniform numbers in 0..<1 one change takes.
    static let draws = 12

    /// A number that is added to every pixel.
    let brightness: Float
    /// The distance of colours from grey, as a factor from 0 to 2.
    let saturation: Float
    /// The distance of pixels from the image's mean, as a factor from 0.5 to 1.5.
    let contrast: Float
    /// The shift down and to the right, as shares of the side, at most an eighth.
    let shift: SIMD2<Float>
    /// The centre of a hole of half the side, as shares of the side; nil means no hole.
    let hole: SIMD2<Float>?

    /// - Parameter share: How often each of the five happens.
    init(_ draws: [Float], share: Float) {
        func happens(_ index: Int) -> Bool { draws[7 + index] < share }
        brightness = happens(0) ? draws[0] - 0.5 : 0
        saturation = happens(1) ? 2 * draws[1] : 1
        contrast = happens(2) ? 0.5 + draws[2] : 1
        shift = happens(3) ? ([draws[3], draws[4]] - 0.5) / 4 : [0, 0]
        hole = happens(4) ? [draws[5], draws[6]] : nil
    }
}

extension Tensor {
    /// Changes images `[batch, channels, height, width]`, each in its own way.
    func changed(by changes: [ImageChange]) -> Tensor {
        precondition(shape.rank == 4 && changes.count == shape[0])
        func each(_ value: (ImageChange) -> Float) -> Tensor {
            Tensor(changes.map(value), shape: [shape[0], 1, 1, 1])
        }
        var images = self + each(\.brightness)
        if shape[1] > 1 {
            let grey = images.mean(over: [1])
            images = grey + (images - grey) * each(\.saturation)
        }
        let mean = images.mean(over: [1, 2, 3])
        images = mean + (images - mean) * each(\.contrast)
        let (height, width) = (Float(shape[2]), Float(shape[3]))
        images = images.shifted(
            by: changes.map {
                [Int(($0.shift.x * height).rounded()), Int(($0.shift.y * width).rounded())]
            })
        return images * Tensor(holes(changes), shape: [shape[0], 1, shape[2], shape[3]])
    }

    /// Zero inside each image's hole, one elsewhere.
    private func holes(_ changes: [ImageChange]) -> [Float] {
        let (height, width) = (shape[2], shape[3])
        return changes.flatMap { change in
            var mask = [Float](repeating: 1, count: height * width)
            guard let hole = change.hole else { return mask }
            func range(_ share: Float, _ side: Int) -> Range<Int> {
                let centre = Int(share * Float(side))
                return max(0, centre - side / 4)..<min(side, centre + side / 4)
            }
            for row in range(hole.x, height) {
                for column in range(hole.y, width) { mask[row * width + column] = 0 }
            }
            return mask
        }
    }
}
