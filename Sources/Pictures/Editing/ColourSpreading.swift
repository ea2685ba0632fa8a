extension Samples {
    /// Gives pixels of no opacity the colours of the nearest others.
    ///
    /// It passes over the picture down and up again, and each pixel takes what a neighbour has that is nearer to something
    /// visible; distances are those of a king's moves (Rosenfeld and Pfaltz, 1966).
    ///
    /// - Parameters:
    ///   - width: The pixels of a row.
    ///   - channels: The samples of a pixel; the last is its opacity.
    mutating func spreadColours(width: Int, channels: Int) {
        change(
            { spread(&$0, width: width, channels: channels) },
            { spread(&$0, width: width, channels: channels) })
    }
}

private func spread<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: inout [Sample], width: Int, channels: Int
) {
    let count = samples.count / channels
    samples.withUnsafeMutableBufferPointer { samples in
        guard (0..<count).contains(where: { samples[$0 * channels + channels - 1] == 0 }) else {
            return
        }
        // The largest stands for "not known yet", and for all that are as far.
        var distances = (0..<count).map { pixel -> UInt16 in
            samples[pixel * channels + channels - 1] == 0 ? .max : 0
        }
        distances.withUnsafeMutableBufferPointer { distances in
            /// Takes the colours of a neighbour if it is nearer to what is visible than all before.
            @inline(__always)
            func look(_ pixel: Int, at neighbour: Int) {
                guard distances[neighbour] < .max - 1, distances[neighbour] + 1 < distances[pixel]
                else { return }
                distances[pixel] = distances[neighbour] + 1
                for channel in 0..<(channels - 1) {
                    samples[pixel * channels + channel] = samples[neighbour * channels + channel]
                }
            }
            let height = count / width
            for isBack in [false, true] {
                let step = isBack ? 1 : -1
                for line in 0..<height {
                    let y = isBack ? height - 1 - line : line
                    for place in 0..<width {
                        let x = isBack ? width - 1 - place : place
                        let pixel = y * width + x
                        guard distances[pixel] > 0 else { continue }
                        if place > 0 { look(pixel, at: pixel + step) }
                        guard line > 0 else { continue }
                        let beyond = pixel + step * width
                        look(pixel, at: beyond)
                        if x > 0 { look(pixel, at: beyond - 1) }
                        if x < width - 1 { look(pixel, at: beyond + 1) }
                    }
                }
            }
        }
    }
}
