internal import Adversarial
internal import Datasets
internal import Evaluation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// A network that colours grey pictures, by hints if there are any.
    static let colouring = pictureToPicture(
        "colouring", Colouring(),
        summary: "a network that colours grey pictures and recolours things",
        measures: [ColourDistance(), Distances()],
        PictureToPictureSettings { $0.adversarialWeight = 0.5 })
}

/// Is given lightness and hints of colour, and says the colours; lightness stays as it is (after Zhang et al., 2017).
///
/// Pictures are judged as ``LabColour/scaled(_:)`` gives them. Hints are a* and b* where a third channel is 1.
struct Colouring: PictureTask {
    let channels = (given: 4, output: 2, judged: 3)
    /// The numbers that hints are drawn by.
    private static let draws = Holes.draws + 25

    func target(_ picture: Tensor) -> Tensor { LabColour.scaled(picture) }

    /// A quarter of all pictures have no hints; a quarter the mean colour of some part; a quarter all colours around such a part, and
    /// half of these its mean colour, too, as in recolouring; and a quarter up to eight points of 3 x 3 pixels.
    func given(_ target: Tensor, _ reals: Examples, _ leaf: Leaf) -> Tensor {
        let (height, width) = (target.shape[2], target.shape[3])
        let draws = leaf.uniform(Self.draws)
        let parts = Holes.masks(
            draws.map { Array($0.suffix(Holes.draws)) }, height: height, width: width
        ).value.scalars
        var (hints, lab) = (
            [Float](repeating: 0, count: 3 * draws.count * height * width), target.value.scalars
        )
        let plane = height * width
        for (picture, draws) in draws.enumerated() {
            let (first, part) = (3 * picture * plane, picture * plane)
            let colours = (a: first + plane, b: first + 2 * plane)
            func hint(_ pixel: Int, _ a: Float, _ b: Float) {
                (hints[first + pixel], hints[colours.a + pixel], hints[colours.b + pixel]) = (
                    a, b, 1
                )
            }
            func hintMean() {
                let pixels = (0..<plane).filter { parts[part + $0] > 0 }
                let count = Float(max(1, pixels.count))
                let a = pixels.reduce(Float(0)) { $0 + lab[colours.a + $1] } / count
                let b = pixels.reduce(Float(0)) { $0 + lab[colours.b + $1] } / count
                for pixel in pixels { hint(pixel, a, b) }
            }
            switch draws[0] {
            case ..<0.25: break
            case ..<0.5: hintMean()
            case ..<0.75:
                for pixel in 0..<plane where parts[part + pixel] == 0 {
                    hint(pixel, lab[colours.a + pixel], lab[colours.b + pixel])
                }
                if draws[1] < 0.5 { hintMean() }
            default:
                for point in 0..<min(8, 1 + Int(draws[1] * 8)) {
                    let row = min(height - 3, Int(draws[2 + 2 * point] * Float(height - 2)))
                    let column = min(width - 3, Int(draws[3 + 2 * point] * Float(width - 2)))
                    for pixel in (0..<9).map({ (row + $0 / 3) * width + column + $0 % 3 }) {
                        hint(pixel, lab[colours.a + pixel], lab[colours.b + pixel])
                    }
                }
            }
        }
        return .concatenated(
            [
                target.sliced(1, 0..<1),
                Tensor(hints, shape: [draws.count, 3, height, width]),
            ], along: 1)
    }

    func made(_ output: Tensor, from given: Tensor) -> Tensor {
        .concatenated([given.sliced(1, 0..<1), output], along: 1)
    }

    func distance(_ made: Tensor, _ target: Tensor, given: Tensor) -> Tensor {
        // Lightness, which is right already, counts for nothing.
        (made - target).absolute().mean() * 1.5
    }

    func picture(_ made: Tensor) -> Tensor { LabColour.pictures(made.detached()) }

    /// The grey picture.
    func shown(_ given: Tensor) -> Tensor {
        let colourless = given.sliced(1, 0..<1)
        return LabColour.pictures(
            .concatenated([colourless, colourless * 0, colourless * 0], along: 1))
    }
}

extension PictureToPicture: ColoursPictures where Task == Colouring {
    func coloured(_ picture: Tensor, hints: Tensor, given: Tensor, _ pass: ForwardPass) -> Tensor {
        let (own, hints) = (LabColour.scaled(picture), LabColour.scaled(hints))
        let input = Tensor.concatenated(
            [own.sliced(1, 0..<1), hints.sliced(1, 1..<3) * given, given], along: 1)
        return task.picture(made(of: input, pass))
    }

    func combined(lightnessOf picture: Tensor, coloursOf other: Tensor) -> Tensor {
        let (own, colours) = (LabColour.scaled(picture), LabColour.scaled(other))
        return LabColour.pictures(
            .concatenated([own.sliced(1, 0..<1), colours.sliced(1, 1..<3)], along: 1))
    }
}

/// The mean distance of colours, in a* and b*, beside that of the grey picture.
struct ColourDistance: Measure {
    let usesExtractor = false
    let comparesPairs = true

    func metrics(of subject: Subject) -> [Metric.Kind] {
        [
            .init("colour-distance", better: .smaller),
            .init("colour-distance-of-grey", better: .smaller),
        ]
    }

    func values(of samples: Observations, among reals: Reals) -> [Double] {
        let real = LabColour.scaled(Tensor(reals.heldOut.values())).sliced(1, 1..<3)
        let made = Tensor(samples.values(of: PictureToPicture<Colouring>.made)).sliced(1, 1..<3)
        return withoutGradients {
            [made - real, real].map { difference in
                let squares = difference.squared().sum(over: [1]).value.scalars
                let mean =
                    squares.reduce(0.0) { $0 + Double($1).squareRoot() } / Double(squares.count)
                return mean * Double(LabColour.scale.opponents)
            }
        }
    }
}
