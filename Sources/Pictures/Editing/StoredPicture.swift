internal import CJPEG
internal import CPNG
internal import Foundation

/// The samples of a picture as its file has them, and how it is to be turned.
struct StoredPicture {
    let width: Int
    let height: Int
    let form: PictureForm
    let orientation: Orientation
    let samples: Samples

    /// - Parameter name: What refusals call the file.
    init(
        _ bytes: UnsafeRawBufferPointer, name: String, allowsLarge: Bool
    ) throws(PictureError) {
        do throws(PictureError) {
            let kind: PictureKind
            do { kind = try PictureKind(of: bytes) } catch { throw .unread(error) }
            switch kind {
            case .png: try self.init(png: bytes, allowsLarge)
            case .jpeg: try self.init(jpeg: bytes, allowsLarge)
            case .webP: try self.init(webP: bytes, allowsLarge)
            }
        } catch { throw PictureError("\(name): \(error)") }
    }

    private init(png bytes: UnsafeRawBufferPointer, _ allowsLarge: Bool) throws(PictureError) {
        var header = swiftgan_png_header()
        guard let picture = swiftgan_png_stored_open(bytes.baseAddress, bytes.count, &header) else {
            throw .unread(.damaged)
        }
        defer { swiftgan_png_stored_close(picture) }
        // libpng would show the first frame, and the others would be lost.
        guard chunk("acTL", ofPNG: bytes) == nil else { throw .unread(.animated) }
        (width, height) = (header.width, header.height)
        let channels = Int(header.channels)
        form = PictureForm(
            isGrey: channels < 3, hasAlpha: channels % 2 == 0, bits: Int(header.bits),
            colours: ColourProfile(header.colours))
        orientation = Orientation(png: bytes)
        let count = try Self.count(width, height, form, allowsLarge)
        // A byte inflates to at most 1,032 bytes, so a header alone cannot claim memory.
        guard width * height * header.file_bits <= bytes.count * 1_032 * 8 else {
            throw .unread(.damaged)
        }
        let isWhole: Bool
        if form.bits == 8 {
            var bytes = [UInt8](repeating: 0, count: count)
            isWhole = swiftgan_png_stored_read(picture, &bytes) != 0
            samples = .bytes(bytes)
        } else {
            var words = [UInt16](repeating: 0, count: count)
            isWhole = swiftgan_png_stored_read(picture, &words) != 0
            samples = .words(words)
        }
        guard isWhole else { throw .unread(.damaged) }
    }

    private init(jpeg bytes: UnsafeRawBufferPointer, _ allowsLarge: Bool) throws(PictureError) {
        guard let decoder = swiftgan_jpeg_open(bytes.baseAddress, bytes.count) else {
            throw .unread(.damaged)
        }
        defer { swiftgan_jpeg_close(decoder) }
        let channels = swiftgan_jpeg_channels(decoder)
        guard channels < 4 else {
            throw PictureError(
                "expected a JPEG in colour or grey, found one of four printing inks (CMYK); save it as RGB first"
            )
        }
        (width, height) = (swiftgan_jpeg_width(decoder), swiftgan_jpeg_height(decoder))
        var length = 0
        let icc = swiftgan_jpeg_icc(decoder, &length)
        form = PictureForm(
            isGrey: channels == 1,
            colours: ColourProfile(icc: Array(UnsafeRawBufferPointer(start: icc, count: length))))
        // The tags are read first, because the library forgets them with the last row.
        orientation = Orientation(jpeg: decoder)
        let count = try Self.count(width, height, form, allowsLarge)
        let largest = allowsLarge ? EditablePicture.largestAllowed : EditablePicture.largest
        guard RGBImage.isQuick(bytes, pixels: width * height, largest: largest) else {
            throw .unread(.damaged)
        }
        var pixels = [UInt8](repeating: 0, count: count)
        guard swiftgan_jpeg_read(decoder, &pixels, channels) != 0 else { throw .unread(.damaged) }
        samples = .bytes(pixels)
    }

    private init(webP bytes: UnsafeRawBufferPointer, _ allowsLarge: Bool) throws(PictureError) {
        let file: WebPFile
        do { file = try WebPFile(bytes) } catch { throw .unread(error) }
        (width, height) = (file.width, file.height)
        form = PictureForm(
            isGrey: false, hasAlpha: file.channels == 4,
            colours: ColourProfile(icc: file.chunk("ICCP").map(Array.init) ?? []))
        orientation = file.orientation
        _ = try Self.count(width, height, form, allowsLarge)
        do { samples = .bytes(try file.pixels()) } catch { throw .unread(error) }
    }

    /// The number of samples.
    ///
    /// - Throws: ``PictureError``, before any memory is taken for them, if they are too many.
    private static func count(
        _ width: Int, _ height: Int, _ form: PictureForm, _ allowsLarge: Bool
    ) throws(PictureError) -> Int {
        let largest = allowsLarge ? EditablePicture.largestAllowed : EditablePicture.largest
        guard width * height <= largest else {
            let remedy = allowsLarge ? "" : "; --large allows \(EditablePicture.largestAllowed)"
            throw PictureError(
                "expected at most \(largest) pixels, found \(width) x \(height)\(remedy)")
        }
        let count = width * height * form.channels
        let (bytes, memory) = (count * form.bits / 8, ProcessInfo.processInfo.physicalMemory)
        guard bytes <= memory else {
            throw PictureError(
                "expected a picture that fits into the \(memory >> 20) MiB of this machine, found one of \(bytes >> 20) MiB"
            )
        }
        return count
    }
}
