internal import Pictures
internal import Tensors

extension EditablePicture {
    /// The whole picture or a part of it as training sees pictures, `[1, 3, height, width]`, with fewer pixels or as many: each is
    /// the mean of what it covers.
    ///
    /// What is transparent shows white. What lies beyond the picture is mirrored. Only a few rows are floats at once, so that a
    /// large picture takes no more memory.
    func colours(x: Range<Int>, y: Range<Int>, height: Int, width: Int) -> Tensor {
        precondition(height <= y.count && width <= x.count)
        let (rows, columns) = (covered(y.count, by: height), covered(x.count, by: width))
        var result = [Float](repeating: 0, count: 3 * height * width)
        for row in 0..<height {
            let first = y.lowerBound + rows[row][0].pixel
            let seen = first..<(first + rows[row].count)
            let planes = region(x: x, y: seen)
            let size = seen.count * x.count
            for (line, vertical) in rows[row].enumerated() {
                for column in 0..<width {
                    for horizontal in columns[column] {
                        let at = line * x.count + horizontal.pixel
                        let opacity = form.hasAlpha ? (planes[3 * size + at] + 1) / 2 : 1
                        let share =
                            Float(vertical.share) / Float(y.count)
                            * (Float(horizontal.share) / Float(x.count))
                        for plane in 0..<3 {
                            result[(plane * height + row) * width + column] +=
                                share * (planes[plane * size + at] * opacity + 1 - opacity)
                        }
                    }
                }
            }
        }
        return Tensor(result, shape: [1, 3, height, width])
    }
}

/// The size with this longest side at most, and the same proportions; both sides are at least 1.
func fitted(width: Int, height: Int, longest: Int) -> (width: Int, height: Int) {
    let largest = max(width, height)
    guard largest > longest else { return (width, height) }
    func side(_ side: Int) -> Int { max(1, (side * longest + largest / 2) / largest) }
    return (side(width), side(height))
}

extension Tensor {
    /// An image with mirrored pixels below and to the right, up to sides that are multiples of a number.
    func mirrored(toMultiplesOf multiple: Int) -> Tensor {
        func mirrored(_ image: Tensor, _ dimension: Int) -> Tensor {
            let extent = image.shape[dimension]
            let wanted = (extent + multiple - 1) / multiple * multiple
            guard wanted > extent else { return image }
            let turned = image.permuted(dimension == 2 ? [2, 0, 1, 3] : [3, 0, 1, 2])
            let places = (0..<wanted).map { EditablePicture.mirrored($0, extent) }
            return turned.gathered(places).permuted(dimension == 2 ? [1, 2, 0, 3] : [1, 2, 3, 0])
        }
        return mirrored(mirrored(self, 2), 3)
    }
}
