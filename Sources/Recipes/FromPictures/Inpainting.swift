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

/// Is given a picture with a hole and says what was there; what lies around the hole stays as it is.
struct Inpainting: PictureTask {
    let channels = (given: 4, output: 3, judged: 3)

    func given(_ target: Tensor, _ reals: Examples, _ leaf: Leaf) -> Tensor {
        given(
            target,
            hole: Holes.masks(
                leaf.uniform(Holes.draws), height: target.shape[2], width: target.shape[3]))
    }

    /// A picture without what is in the hole, and the hole as a fourth channel.
    ///
    /// - Parameter hole: `[pictures, 1, height, width]`, 1 inside and 0 outside.
    func given(_ picture: Tensor, hole: Tensor) -> Tensor {
        .concatenated([picture * (1 - hole), hole], along: 1)
    }

    func made(_ output: Tensor, from given: Tensor) -> Tensor {
        // What is given is zero inside the hole.
        given.sliced(1, 0..<3) + output * given.sliced(1, 3..<4)
    }

    func distance(_ made: Tensor, _ target: Tensor, given: Tensor) -> Tensor {
        (made - target).absolute().sum() / max(1, 3 * given.sliced(1, 3..<4).sum().scalar)
    }

    func shown(_ given: Tensor) -> Tensor { given.sliced(1, 0..<3) }
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
