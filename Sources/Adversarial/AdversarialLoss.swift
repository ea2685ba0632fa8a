public import Tensors

/// What discriminator and generator minimize, given the discriminator's scores `[batch, 1]`, unbounded.
public struct AdversarialLoss: Sendable {
    public let name: String
    public let discriminator: @Sendable (_ reals: Tensor, _ fakes: Tensor) -> Tensor
    public let generator: @Sendable (_ fakes: Tensor) -> Tensor

    public init(
        name: String,
        discriminator: @escaping @Sendable (_ reals: Tensor, _ fakes: Tensor) -> Tensor,
        generator: @escaping @Sendable (_ fakes: Tensor) -> Tensor
    ) {
        self.name = name
        self.discriminator = discriminator
        self.generator = generator
    }
}
