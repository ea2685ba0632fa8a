/// How a number falls while training: from its whole to a share of it, along a smooth step.
///
/// 1 - t²(3 - 2t) stays within a hundredth of half a cosine, and is the same bits on every processor.
public struct Annealing: Hashable, Sendable {
    /// Iterations until the end is reached; 0: nothing ever falls.
    public let iterations: Int

    public init(iterations: Int) { self.iterations = iterations }

    /// - Parameter end: The share that is left at the end, and ever after.
    public func share(at iteration: Int, end: Float) -> Float {
        guard iterations > 0 else { return 1 }
        let time = Float(min(iteration, iterations)) / Float(iterations)
        return end + (1 - end) * (1 - time * time * (3 - 2 * time))
    }
}
