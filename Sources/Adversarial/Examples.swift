public import Tensors

/// Some examples, and the class of each where classes are known.
public struct Examples: Sendable {
    /// `[count, …]`.
    public let values: NDArray
    public let labels: [Int]?

    public init(_ values: NDArray, labels: [Int]? = nil) {
        precondition(labels.map { $0.count == values.shape[0] } ?? true)
        self.values = values
        self.labels = labels
    }
}
