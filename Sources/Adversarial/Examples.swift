public import Datasets
public import Tensors

/// Some examples, real or made: one tensor `[examples, shape…]` for each field.
public struct Examples: ExpressibleByDictionaryLiteral {
    private let tensors: [String: Tensor]

    public init(dictionaryLiteral elements: (String, Tensor)...) {
        tensors = Dictionary(elements) { first, _ in first }
    }

    private init(_ tensors: [String: Tensor]) { self.tensors = tensors }

    /// Creates examples with a tensor for each of some names, which must differ.
    public init(_ fields: [(name: String, tensor: Tensor)]) {
        tensors = Dictionary(fields.map { ($0.name, $0.tensor) }) { first, _ in first }
    }

    /// Creates real examples from a batch as it was read.
    public init(_ batch: Batch) {
        tensors = Dictionary(
            zip(batch.fields, batch.arrays).map { ($0.name, Tensor($1)) }
        ) { first, _ in first }
    }

    /// Creates examples whose classes alone are known.
    public init(labels: [Int]) {
        tensors = [Field.label.name: Tensor(labels.map(Float.init), shape: [labels.count])]
    }

    /// The tensor of a field.
    public subscript(name: String) -> Tensor {
        guard let found = tensors[name] else {
            preconditionFailure(
                "expected a field '\(name)', found \(tensors.keys.sorted().joined(separator: ", "))"
            )
        }
        return found
    }

    /// The numbers of each field, by its name.
    public var arrays: [String: NDArray] { tensors.mapValues(\.value) }

    /// The class of each example; nil if no classes are known.
    public var labels: [Int]? {
        tensors[Field.label.name].map { $0.value.scalars.map { Int($0) } }
    }

    /// The same examples, with their classes.
    public func with(labels: [Int]) -> Examples {
        Examples(tensors.merging(Examples(labels: labels).tensors) { _, labels in labels })
    }

    /// The same numbers as constants, which stop gradients.
    public func detached() -> Examples { Examples(tensors.mapValues { $0.detached() }) }

    /// One of the examples for each of some numbers, in turn.
    public func inTurn(_ numbers: Range<Int>) -> Examples {
        Examples(
            tensors.mapValues { tensor in tensor.gathered(numbers.map { $0 % tensor.shape[0] }) })
    }

    /// The examples in some rows.
    func rows(_ rows: Range<Int>) -> Examples {
        Examples(tensors.mapValues { $0.sliced(0, rows) })
    }

    /// Joins the examples of some parts, which must have the same fields.
    static func joined(_ parts: [Examples]) -> Examples {
        guard parts.count > 1 else { return parts.first ?? [:] }
        return Examples(
            parts[0].tensors.keys.reduce(into: [:]) { joined, name in
                joined[name] = .concatenated(parts.map { $0[name] }, along: 0)
            })
    }
}
