/// The pixels of a line that each of `new` pixels covers, and how much of each, in units of 1 / `new`; the shares of a new pixel
/// add up to `old`.
///
/// - Parameters:
///   - old: The pixels of the line.
///   - new: How many there are to be; with more than before, each covers a part of one or two.
package func covered(_ old: Int, by new: Int) -> [[(pixel: Int, share: Int)]] {
    (0..<new).map { place in
        let (start, end) = (place * old, (place + 1) * old)
        return (start / new..<(end + new - 1) / new).map { pixel in
            (pixel, min(end, (pixel + 1) * new) - max(start, pixel * new))
        }
    }
}
