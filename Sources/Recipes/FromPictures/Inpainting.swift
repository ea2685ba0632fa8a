internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// A network that fills holes in pictures, and learns it from whole ones.
    static let inpainting = pictureToPicture(
        "inpainting", Inpainting(),
        summary: "a network that fills holes in pictures: removes things, extends borders",
        measures: [HoleDistance(), PairSimilarity(), Distances()])
}

/// Is given a picture whose hole is filled smoothly, and the hole, and says what is missing; what lies around the hole stays as
/// it is.
///
/// A generator begins with the smooth filling, since what it adds is nothing at first.
struct Inpainting: PictureTask {
    let channels = (given: 4, output: 3, judged: 3)

    func given(_ target: Tensor, _ reals: Examples, _ leaf: Leaf) -> Tensor {
        given(
            target,
            hole: Holes.masks(
                leaf.uniform(Holes.draws), height: target.shape[2], width: target.shape[3]))
    }

    /// A picture whose hole is filled smoothly from what lies around it, and the hole as a fourth channel.
    ///
    /// - Parameter hole: `[pictures, 1, height, width]`, 1 inside and 0 outside.
    func given(_ picture: Tensor, hole: Tensor) -> Tensor {
        let known = 1 - hole
        let filled = Self.filledSmoothly(picture * known, known)
        return .concatenated([picture * known + filled * hole, hole], along: 1)
    }

    /// Fills what is not known from coarser and coarser means of what is (the pull and push of Gortler et al., 1996).
    ///
    /// - Parameters:
    ///   - values: `[pictures, channels, height, width]`, which count by their weights.
    ///   - weights: `[pictures, 1, height, width]`, 1 for what is known, and 0 for what is not.
    private static func filledSmoothly(_ values: Tensor, _ weights: Tensor) -> Tensor {
        let isSmallest = values.shape.suffix(2).contains { $0 % 2 > 0 }
        func reduced(_ tensor: Tensor) -> Tensor {
            isSmallest ? tensor.mean(over: [2, 3]) : tensor.averagePooled(by: 2)
        }
        let share = reduced(weights)
        let means = reduced(values * weights) / (share + .leastNormalMagnitude)
        if isSmallest { return values * weights + means * (1 - weights) }
        // A mean of one known pixel is known.
        let coarse = filledSmoothly(means, (share * 4).clipped(to: 0...1))
        return values * weights + coarse.upsampledBilinear() * (1 - weights)
    }

    func made(_ output: Tensor, from given: Tensor) -> Tensor {
        given.sliced(1, 0..<3) + output * given.sliced(1, 3..<4)
    }

    func distance(_ made: Tensor, _ target: Tensor, given: Tensor) -> Tensor {
        (made - target).absolute().sum() / max(1, 3 * given.sliced(1, 3..<4).sum().scalar)
    }

    /// The picture with a grey hole.
    func shown(_ given: Tensor) -> Tensor { given.sliced(1, 0..<3) * (1 - given.sliced(1, 3..<4)) }
}

extension PictureToPicture: FillsHoles where Task == Inpainting {
    func filled(_ picture: Tensor, hole: Tensor, _ pass: ForwardPass) -> Tensor {
        made(of: task.given(picture, hole: hole), pass)
    }
}

/// How far pixels in the holes are from what was there: the mean distance of a channel, of 0...1.
struct HoleDistance: Measure {
    let usesExtractor = false
    let comparesPairs = true

    func metrics(of subject: Subject) -> [Metric.Kind] { [.init("hole-l1", better: .smaller)] }

    func values(of samples: Observations, among reals: Reals) -> [Double] {
        let (made, real) = (Tensor(samples.values()), Tensor(reals.heldOut.values()))
        let given = Tensor(samples.values(of: PictureToPicture<Inpainting>.given))
        let distance = withoutGradients { Inpainting().distance(made, real, given: given).scalar }
        return [Double(distance) / 2]
    }
}
