// A slice and its padding with zeros are adjoints of each other.
extension Tensor {
    /// The part of `dimension` that lies in `range`.
    public func sliced(_ dimension: Int, _ range: Range<Int>) -> Tensor {
        let extent = extent(of: dimension)
        require(
            range.lowerBound >= 0 && range.upperBound <= extent,
            "\(shape) has no \(range) in dimension \(dimension)")
        if range.count == extent { return self }
        let after = extent - range.upperBound
        return recording(
            "slice", value.sliced(dimension, range),
            (self, { $0.padded(dimension, before: range.lowerBound, after: after) }))
    }

    /// This tensor with zeros before and after it in `dimension`.
    public func padded(_ dimension: Int, before: Int, after: Int) -> Tensor {
        let extent = extent(of: dimension)
        require(before >= 0 && after >= 0, "no padding of \(before) and \(after)")
        if before + after == 0 { return self }
        func zeros(_ count: Int) -> NDArray {
            var filling = shape
            filling[dimension] = count
            return NDArray(repeating: 0, shape: filling)
        }
        return recording(
            "pad", .concatenated([zeros(before), value, zeros(after)], along: dimension),
            (self, { $0.sliced(dimension, before..<(before + extent)) }))
    }

    /// Concatenates tensors whose extents differ only in `dimension`.
    public static func concatenated(_ parts: [Tensor], along dimension: Int) -> Tensor {
        var inputs: [(Tensor, DerivativeRule)] = []
        var end = 0
        for part in parts {
            let range = end..<(end + part.extent(of: dimension))
            inputs.append((part, { $0.sliced(dimension, range) }))
            end = range.upperBound
        }
        return recording(
            "concatenate", .concatenated(parts.map(\.value), along: dimension), inputs)
    }

    private func extent(of dimension: Int) -> Int {
        require(
            dimension >= 0 && dimension < shape.rank, "\(shape) has no dimension \(dimension)")
        return shape[dimension]
    }
}

extension NDArray {
    fileprivate func sliced(_ dimension: Int, _ range: Range<Int>) -> NDArray {
        let source = self.in(.plain)
        var part = shape
        part[dimension] = range.count
        let result = NDArray(uninitialized: part)
        let inner = shape.dropFirst(dimension + 1).elementCount
        withExtendedLifetime((source, result)) {
            for outer in 0..<shape.prefix(dimension).reduce(1, *) {
                let row = outer * shape[dimension] + range.lowerBound
                (result.pointer + outer * range.count * inner)
                    .update(from: source.pointer + row * inner, count: range.count * inner)
            }
        }
        return result
    }

    fileprivate static func concatenated(_ parts: [NDArray], along dimension: Int) -> NDArray {
        require(!parts.isEmpty, "nothing to concatenate")
        var shape = parts[0].shape
        for part in parts.dropFirst() {
            var expected = part.shape
            if expected.rank == shape.rank { expected[dimension] = shape[dimension] }
            require(
                expected == shape,
                "\(parts[0].shape) and \(part.shape) differ in more than dimension \(dimension)")
        }
        shape[dimension] = parts.reduce(0) { $0 + $1.shape[dimension] }
        let result = NDArray(uninitialized: shape)
        let inner = shape.dropFirst(dimension + 1).elementCount
        var first = 0
        for part in parts.map({ $0.in(.plain) }) {
            let count = part.shape[dimension] * inner
            withExtendedLifetime((part, result)) {
                for outer in 0..<shape.prefix(dimension).reduce(1, *) {
                    (result.pointer + (outer * shape[dimension] + first) * inner)
                        .update(from: part.pointer + outer * count, count: count)
                }
            }
            first += part.shape[dimension]
        }
        return result
    }
}
