public import Tensors

/// How the images of a growing pair become larger while it trains (Karras et al., 2018).
///
/// Each doubling takes an equal part of the iterations. In the first half of its part, images keep their size; in the
/// second half, the doubling is faded in.
public struct Growth: Hashable, Sendable {
    /// The iterations until images have their full size; 0 means that they have it from the start.
    public let iterations: Int
    /// How many times the smallest images are doubled until then.
    private let doublings: Int

    /// The growth to the images' full size, `[channels, height, width]`, which they have after `iterations`.
    public init(to example: Shape, over iterations: Int) {
        self.iterations = iterations
        doublings = example.halvings
    }

    private init() { (iterations, doublings) = (0, 0) }

    /// The growth of pairs that do not grow.
    public static let none = Growth()

    /// How many doublings are made in an iteration, the last one by the fraction to which it is faded in; infinity
    /// means all.
    public func level(at iteration: Int) -> Float {
        guard iteration < iterations else { return .infinity }
        let (halves, rest) = (2 * doublings * iteration).quotientAndRemainder(
            dividingBy: iterations)
        let isFading = halves % 2 == 1
        return Float(halves / 2) + (isFading ? Float(rest) / Float(iterations) : 0)
    }
}
