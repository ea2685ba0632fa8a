internal import Tensors

/// What a critic is shown instead of the examples themselves: reals and fakes alike, so that nothing of it teaches
/// the generator to draw what is done here.
public struct Augmentation: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case none
        /// Colours, place and a hole, always (DiffAugment; Zhao et al., 2020).
        case differentiable
        /// The same, as often as keeps the critic from knowing the data by heart (ADA; Karras et al., 2020).
        case adaptive
    }

    public var kind = Kind.none
    /// The deviation of noise added at the start (Sønderby et al., 2017); it falls to nothing.
    public var noise: Float = 0
    /// Examples that are judged together, as channels of one (PacGAN; Lin et al., 2018).
    public var packing = 1

    public init() {}

    /// Whose turn to be shown; each draws numbers of its own.
    enum Audience: Int {
        case reals, fakes, fakesInGeneratorTurn, realsInGeneratorTurn, consistency
    }

    /// How far a consistency penalty shifts what it compares.
    static let consistencyShift: Float = 0.125

    /// - Parameters:
    ///   - place: Where in the run this is; each example draws at its own position.
    ///   - noiseShare: The share of the noise that is left.
    ///   - augmentationShare: How often each augmentation is applied, where that adapts.
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

    /// Examples of a pack as channels of one.
    func packed(_ examples: Tensor) -> Tensor {
        guard packing > 1 else { return examples }
        let shape = examples.shape
        return examples.reshaped(
            to: Shape([shape[0] / packing, shape[1] * packing] + shape.dropFirst(2)))
    }

    /// The places of packs that hold the examples at `positions`.
    func packs(_ positions: Range<Int>) -> Range<Int> {
        (positions.lowerBound / packing)..<(positions.upperBound / packing)
    }
}
