public import Tensors

/// What discriminator and generator minimize, given the discriminator's scores `[batch, 1]`, unbounded.
public struct Losses: Sendable {
    public let discriminator: Discriminator
    public let generator: Generator

    public enum Discriminator: Sendable {
        /// The sum of a loss for real examples and one for fakes.
        case ofEach(
            reals: @Sendable (_ scores: Tensor) -> Tensor,
            fakes: @Sendable (_ scores: Tensor) -> Tensor)
        /// Compares the scores of equally many reals and fakes.
        case ofBoth(@Sendable (_ reals: Tensor, _ fakes: Tensor) -> Tensor)
    }

    public enum Generator: Sendable {
        case ofFakes(@Sendable (_ fakes: Tensor) -> Tensor)
        /// Compares the scores with those of equally many real examples.
        case ofBoth(@Sendable (_ reals: Tensor, _ fakes: Tensor) -> Tensor)
    }

    /// Whether the generator's turn needs real examples, too.
    var comparesInGeneratorTurn: Bool {
        if case .ofBoth = generator { true } else { false }
    }
}
