/// How a number falls during training: from its full value to a share of it, along a smooth step.
///
/// The curve 1 - t²(3 - 2t) stays within a hundredth of half a cosine, and has the same bits on every processor.
public struct Annealing: Hashable, Sendable {
    /// The number of iterations until the end is reached; 0 means that nothing ever falls.
    public let iterations: Int

    public init(iterations: Int) { self.iterations = iterations }

    /// The share of its full value, 1 at first, that a number has in an iteration, and `end` at the end and ever after.
    public func share(at iteration: Int, end: Float) -> Float {
        guard iterations > 0 else { return 1 }
        let time = Float(min(iteration, iterations)) / Float(iterations)
        return end + (1 - end) * (1 - time * time * (3 - 2 * time))
    }
}
