/// The extents of an array, outermost first; images are `[batch, channels, height, width]`.
///
/// A shape is stored inline, so that an operation does not allocate for its shapes. It has at most eight dimensions.
public struct Shape: Hashable, Sendable {
    private var extents: SIMD8<Int>
    /// The number of dimensions; a scalar has none.
    public let rank: Int

    public init(_ dimensions: some Collection<Int>) {
        precondition(
            dimensions.count <= 8, "a shape has at most 8 dimensions, not \(dimensions.count)")
        extents = SIMD8(repeating: 1)
        rank = dimensions.count
        for (index, extent) in dimensions.enumerated() {
            precondition(extent >= 0, "dimension \(index) is negative: \(extent)")
            extents[index] = extent
        }
    }

    /// The number of elements.
    public var elementCount: Int { extents.wrappedProduct(first: rank) }

    /// The distance between neighbours along each dimension, in row order.
    var strides: [Int] {
        var strides = Array(repeating: 1, count: rank)
        for d in stride(from: rank - 2, through: 0, by: -1) {
            strides[d] = strides[d + 1] * self[d + 1]
        }
        return strides
    }

    /// The extents that follow the first `dimensions` ones.
    public func dropFirst(_ dimensions: Int = 1) -> Shape { Shape(self[dimensions...]) }

    /// This shape with ones before it, as broadcasting aligns it.
    public func padded(toRank target: Int) -> Shape {
        Shape(Array(repeating: 1, count: target - rank) + Array(self))
    }

    /// The shape that two operands broadcast to, as in NumPy; nil where they do not fit.
    public func broadcast(with other: Shape) -> Shape? {
        if self == other { return self }
        let rank = Swift.max(rank, other.rank)
        let left = padded(toRank: rank)
        let right = other.padded(toRank: rank)
        var result: [Int] = []
        for (a, b) in zip(left, right) {
            guard a == b || a == 1 || b == 1 else { return nil }
            result.append(a == 1 ? b : a)
        }
        return Shape(result)
    }
}

extension Shape: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { rank }
    public subscript(index: Int) -> Int {
        get {
            precondition(index >= 0 && index < rank)
            return extents[index]
        }
        set {
            precondition(index >= 0 && index < rank && newValue >= 0)
            extents[index] = newValue
        }
    }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
    public init(arrayLiteral elements: Int...) { self.init(elements) }
    public var description: String { "[\(map(String.init).joined(separator: ", "))]" }
}

extension SIMD8<Int> {
    fileprivate func wrappedProduct(first: Int) -> Int {
        var product = 1
        for index in 0..<first { product *= self[index] }
        return product
    }
}
