internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// A network that makes pictures from line drawings, and learns that from pictures alone.
    static let lines = pictureToPicture(
        "lines", Lines(), summary: "a network that turns line drawings into pictures",
        measures: [PairSimilarity(), PixelDistance(), Distances()])
}

/// Is given the edges of a picture as dark lines on white, and makes the picture.
struct Lines: TranslationTask {
    let channels = (given: 1, output: 3, judged: 3)
    let direction = "lines-to-picture"

    func given(_ target: Tensor, _ reals: Examples, _ leaf: Leaf) -> Tensor {
        Self.drawing(of: target)
    }

    /// What people draw, in grey.
    func given(_ picture: Tensor) -> Tensor { picture.mean(over: [1]) }

    /// The steepest of the channels' slopes by Sobel's operator, `[pictures, 1, height, width]`, white where there is none;
    /// a slope across a quarter of all values is black.
    static func drawing(of pictures: Tensor) -> Tensor {
        let (count, channels) = (pictures.shape[0], pictures.shape[1])
        let (height, width) = (pictures.shape[2], pictures.shape[3])
        let from = pictures.value.scalars
        var to = [Float](repeating: 1, count: count * height * width)
        for picture in 0..<count {
            for channel in 0..<channels {
                let plane = (picture * channels + channel) * height * width
                for row in 0..<height {
                    let rows = [max(0, row - 1), row, min(height - 1, row + 1)].map {
                        plane + $0 * width
                    }
                    for column in 0..<width {
                        let (left, right) = (max(0, column - 1), min(width - 1, column + 1))
                        func across(_ row: Int) -> Float { from[row + right] - from[row + left] }
                        func down(_ column: Int) -> Float {
                            from[rows[2] + column] - from[rows[0] + column]
                        }
                        let x = across(rows[0]) + 2 * across(rows[1]) + across(rows[2])
                        let y = down(left) + 2 * down(column) + down(right)
                        let slope = min(1, (x * x + y * y).squareRoot() / 2)
                        let place = (picture * height + row) * width + column
                        to[place] = min(to[place], 1 - 2 * slope)
                    }
                }
            }
        }
        return Tensor(to, shape: [count, 1, height, width])
    }

    func shown(_ given: Tensor) -> Tensor { .concatenated([given, given, given], along: 1) }
}

/// The mean distance of pixels from those of the real picture, of 0...1.
struct PixelDistance: Measure {
    let usesExtractor = false
    let comparesPairs = true

    func metrics(of subject: Subject) -> [Metric.Kind] { [.init("l1", better: .smaller)] }

    func values(of samples: Observations, among reals: Reals) -> [Double] {
        return withoutGradients {
            let difference = Tensor(samples.values()) - Tensor(reals.heldOut.values())
            return [Double(difference.absolute().mean().scalar) / 2]
        }
    }
}
