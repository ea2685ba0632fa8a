internal import Foundation
internal import Platform

/// A whole picture as commands need it that change pictures: turned as its EXIF tag says, with all bits of the file.
///
/// It takes as much memory as the samples of its file do without compression. Colours of pixels that are fully transparent
/// become those of the nearest others, because hidden colours would bleed into what a network makes of the edges.
package struct EditablePicture: Sendable {
    /// The most pixels without ``init(path:allowsLarge:)``'s permission, and with it.
    package static let largest = RGBImage.largest
    package static let largestAllowed = 1 << 30

    package let form: PictureForm
    /// The file that it was read from.
    let file: FileIdentity?
    private let order: PixelOrder
    private var samples: Samples

    package var width: Int { order.width }
    package var height: Int { order.height }

    /// Reads a PNG, JPEG or WebP file.
    ///
    /// - Throws: ``PictureError`` with one line, if there is no picture that can be changed.
    package init(path: String, allowsLarge: Bool = false) throws(PictureError) {
        let content: Data
        do {
            // The size of the largest picture without compression, and as much again.
            content = try RegularFile.content(of: path, most: allowsLarge ? 1 << 34 : 1 << 30)
        } catch { throw PictureError("\(path): expected a picture, found \(error)") }
        let read = content.withUnsafeBytes { bytes in
            Result { () throws(PictureError) in
                try StoredPicture(bytes, name: path, allowsLarge: allowsLarge)
            }
        }
        self.init(try read.get(), file: FileIdentity(path))
    }

    /// Reads the bytes of such a file.
    ///
    /// - Parameter name: What refusals call it.
    package init(
        decoding bytes: UnsafeRawBufferPointer, name: String, allowsLarge: Bool = false
    ) throws(PictureError) {
        self.init(try StoredPicture(bytes, name: name, allowsLarge: allowsLarge), file: nil)
    }

    private init(_ stored: StoredPicture, file: FileIdentity?) {
        self.file = file
        form = stored.form
        order = PixelOrder(
            width: stored.width, height: stored.height, channels: form.channels,
            orientation: stored.orientation)
        samples = stored.samples
        guard form.hasAlpha else { return }
        samples.spreadColours(width: stored.width, channels: form.channels)
    }

    /// Another picture with a border.
    private init(_ other: EditablePicture, _ border: Border) {
        (form, file) = (other.form, other.file)
        let (width, height) = (other.width, other.height)
        let x = -border.left..<(width + border.right)
        let y = -border.top..<(height + border.bottom)
        order = PixelOrder(
            width: x.count, height: y.count, channels: form.channels, orientation: .upright)
        samples = Samples(form, capacity: x.count * y.count * form.channels)
        for row in y {
            var planes = other.region(x: x, y: row..<(row + 1))
            if form.hasAlpha {
                let nearest = min(max(0, row), height - 1)
                let opacity = other.region(x: 0..<width, y: nearest..<(nearest + 1)).suffix(width)
                for (at, column) in x.enumerated() {
                    planes[3 * x.count + at] =
                        opacity[opacity.startIndex + min(max(0, column), width - 1)]
                }
            }
            samples.append(Samples(planes, form))
        }
    }

    /// The picture with a border, in which it is mirrored, and as opaque as the nearest pixel of its edge.
    ///
    /// The picture's own samples have the same bits.
    package func extended(by border: Border) -> EditablePicture { EditablePicture(self, border) }

    /// Pixels beyond each edge of a picture.
    package struct Border: Hashable, Sendable {
        package var (left, top, right, bottom): (Int, Int, Int, Int)

        package init(left: Int, top: Int, right: Int, bottom: Int) {
            (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        }
    }

    /// The pixels of a region, which may reach beyond the picture: there it is mirrored, without repeating its edge.
    ///
    /// - Returns: Planes `[form.planes, height, width]` in -1...1, as networks take them; opacity is -1 where nothing
    ///   can be seen.
    package func region(x: Range<Int>, y: Range<Int>) -> [Float] {
        let count = form.planes * x.count * y.count
        return [Float](unsafeUninitializedCapacity: count) { planes, initialized in
            planes.initialize(repeating: 0)
            read(x: x, y: y, into: planes)
            initialized = count
        }
    }

    /// Writes the result of ``region(x:y:)`` to memory that must have room for it.
    package func read(x: Range<Int>, y: Range<Int>, into planes: UnsafeMutableBufferPointer<Float>)
    {
        precondition(planes.count >= form.planes * x.count * y.count)
        let columns = x.map { Self.mirrored($0, width) }
        let rows = y.map { Self.mirrored($0, height) }
        samples.read(order, form, columns: columns, rows: rows, into: planes)
    }

    /// Changes the colours of a region, which lies within the picture; all other samples stay as they are, and opacity
    /// does everywhere.
    ///
    /// - Parameters:
    ///   - planes: `[3, height, width]` in -1...1; what is beyond is cut off. A grey picture gets their mean.
    ///   - changes: Which pixels `[height, width]` change; nil for all.
    package mutating func replace(
        x: Range<Int>, y: Range<Int>, with planes: [Float], where changes: [Bool]? = nil
    ) {
        let size = x.count * y.count
        precondition(planes.count == 3 * size && changes.map { $0.count == size } ?? true)
        precondition(
            x.lowerBound >= 0 && x.upperBound <= width && y.lowerBound >= 0
                && y.upperBound <= height, "\(x) x \(y) is not in \(width) x \(height)")
        samples.replace(order, form, columns: x, rows: y, with: planes, where: changes)
    }

    /// The place within `0..<count` that is seen at `place` if mirrors stand on the first and on the last.
    package static func mirrored(_ place: Int, _ count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let within = (place % period + period) % period
        return min(within, period - within)
    }
}
