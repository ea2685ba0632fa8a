// A shift and the opposite shift are adjoints of each other.
extension Tensor {
    /// Moves each of some images `[batch, channels, height, width]` by its own rows and columns; zeros move in.
    public func shifted(by offsets: [SIMD2<Int>]) -> Tensor {
        require(
            shape.rank == 4 && offsets.count == shape[0],
            "\(shape) is not \(offsets.count) images")
        return recording(
            "shift", value.shifted(by: offsets),
            (self, { $0.shifted(by: offsets.map { 0 &- $0 }) }))
    }
}

extension NDArray {
    fileprivate func shifted(by offsets: [SIMD2<Int>]) -> NDArray {
        let source = self.in(.plain)
        let result = NDArray(repeating: 0, shape: shape)
        let (channels, height, width) = (shape[1], shape[2], shape[3])
        withExtendedLifetime((source, result)) {
            for (image, offset) in offsets.enumerated() {
                let rows = max(0, offset.x)..<max(max(0, offset.x), min(height, height + offset.x))
                let first = max(0, offset.y)
                let columns = max(0, width - abs(offset.y))
                for plane in (image * channels)..<((image + 1) * channels) {
                    for row in rows {
                        let to = (plane * height + row) * width + first
                        let from = (plane * height + row - offset.x) * width + first - offset.y
                        (result.pointer + to).update(from: source.pointer + from, count: columns)
                    }
                }
            }
        }
        return result
    }
}
