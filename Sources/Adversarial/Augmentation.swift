internal import Tensors

/// How examples are changed before a critic sees them.
///
/// Reals and fakes are changed alike, so the generator does not learn to draw the changes.
public struct Augmentation: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case none
        /// Changes of colour, place and a hole, always applied (DiffAugment; Zhao et al., 2020).
        case differentiable
        /// The same changes, applied often enough to keep the critic from memorizing the data (ADA; Karras et al.,
        /// 2020).
        case adaptive
    }

    public var kind = Kind.none
    /// The deviation of the noise that is added at the start (Sønderby et al., 2017); it falls to zero.
    public var noise: Float = 0
    /// How many examples are judged together, as channels of one (PacGAN; Lin et al., 2018).
    public var packing = 1

    public init() {}

    /// The examples that are shown; each kind draws numbers of its own.
    enum Audience: Int {
        case reals, fakes, fakesInGeneratorTurn, realsInGeneratorTurn, consistency
    }

    /// How far a consistency penalty shifts the examples that it compares.
    static let consistencyShift: Float = 0.125

    /// - Parameters:
    ///   - place: The place in the run; each example draws at its own position.
    ///   - noiseShare: The share of the noise that is left.
    ///   - augmentationShare: How often each augmentation is applied, if it is adaptive.
    /// - Returns: `[batch / packing, channels · packing, …]`.
    func callAsFunction(
        _ examples: Tensor, _ random: RandomSource, at place: RandomSource.Place,
        _ positions: Range<Int>, noiseShare: Float, augmentationShare: Float
    ) -> Tensor {
        var place = place
        var shown = examples
        if kind != .none {
            let share = kind == .adaptive ? augmentationShare : 1
            let draws = positions.map { position in
                place.position = position
                return random.uniform(ImageChange.draws, at: place)
            }
            shown = shown.changed(by: draws.map { ImageChange($0, share: share) })
        }
        if noise * noiseShare > 0 {
            place.purpose = .noise
            let columns = shown.shape.dropFirst().elementCount
            let values = random.normal(rows: positions, columns: columns, at: place)
            shown = shown + Tensor(values).reshaped(to: shown.shape) * (noise * noiseShare)
        }
        return packed(shown)
    }

    /// The examples of each pack as channels of one.
    func packed(_ examples: Tensor) -> Tensor {
        guard packing > 1 else { return examples }
        let shape = examples.shape
        return examples.reshaped(
            to: Shape([shape[0] / packing, shape[1] * packing] + shape.dropFirst(2)))
    }

    /// The positions of the packs that hold the examples at `positions`.
    func packs(_ positions: Range<Int>) -> Range<Int> {
        (positions.lowerBound / packing)..<(positions.upperBound / packing)
    }
}
