internal import CKernels

// Choosing rows and adding into rows are adjoints of each other.
extension Tensor {
    /// Puts row `rows[i]` of `[count, …]` at place i, as an embedding does.
    public func gathered(_ rows: [Int]) -> Tensor {
        let count = shape.first ?? 0
        for row in rows {
            require(row >= 0 && row < count, "\(shape) has no row \(row)")
        }
        return recording(
            "gather", value.gathered(rows), (self, { $0.scattered(rows, count: count) }))
    }

    /// Zeros `[count, …]`, with each row i of this tensor added to row `rows[i]`.
    private func scattered(_ rows: [Int], count: Int) -> Tensor {
        recording("scatter", value.scattered(rows, count: count), (self, { $0.gathered(rows) }))
    }

    /// The elements at `places`, which are counted in row order, under another shape.
    func picked(_ places: [Int], shape target: Shape) -> Tensor {
        let own = shape
        return recording(
            "pick", value.picked(places, shape: target), (self, { $0.dropped(places, shape: own) }))
    }

    /// Zeros of shape `target`, with each element of this tensor added at its place.
    private func dropped(_ places: [Int], shape target: Shape) -> Tensor {
        let own = shape
        return recording(
            "drop", value.dropped(places, shape: target), (self, { $0.picked(places, shape: own) }))
    }
}

extension NDArray {
    fileprivate func gathered(_ rows: [Int]) -> NDArray {
        let source = self.in(.plain)
        let row = shape.dropFirst()
        let result = NDArray(uninitialized: Shape([rows.count] + row))
        let width = row.elementCount
        withExtendedLifetime((source, result)) {
            for (place, index) in rows.enumerated() {
                (result.pointer + place * width)
                    .update(from: source.pointer + index * width, count: width)
            }
        }
        return result
    }

    fileprivate func scattered(_ rows: [Int], count: Int) -> NDArray {
        let source = self.in(.plain)
        let row = shape.dropFirst()
        let result = NDArray(repeating: 0, shape: Shape([count] + row))
        let width = row.elementCount
        withExtendedLifetime((source, result)) {
            for (place, index) in rows.enumerated() {
                let sum = result.pointer + index * width
                kernel_add(width, sum, sum, source.pointer + place * width)
            }
        }
        return result
    }

    fileprivate func picked(_ places: [Int], shape target: Shape) -> NDArray {
        let source = self.in(.plain)
        let result = NDArray(uninitialized: target)
        precondition(places.count == result.count)
        withExtendedLifetime((source, result)) {
            for (index, place) in places.enumerated() {
                result.pointer[index] = source.pointer[place]
            }
        }
        return result
    }

    fileprivate func dropped(_ places: [Int], shape target: Shape) -> NDArray {
        let source = self.in(.plain)
        let result = NDArray(repeating: 0, shape: target)
        precondition(places.count == source.count)
        withExtendedLifetime((source, result)) {
            for (index, place) in places.enumerated() {
                result.pointer[place] += source.pointer[index]
            }
        }
        return result
    }
}
