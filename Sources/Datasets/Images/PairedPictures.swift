internal import Hashing
internal import Tensors

/// Pairs of pictures of one size: `image`, and `input`, which it is to be made of.
public struct PairedPictures: Dataset {
    /// The field of what pictures are made of.
    public static let input = "input"

    public let fields: [Field]
    public let manifest: DataManifest
    public let notes: [String]
    private let inputs: ColourImages
    private let images: ColourImages

    /// Reads two folders whose pictures have the same names; endings may differ.
    ///
    /// - Parameters:
    ///   - inputs: The path of the folder of inputs.
    ///   - images: The path of the folder of what is to be made of them.
    ///   - side: The side that the middle square of each picture is scaled to, in pixels.
    ///   - part: Which of the pairs are read.
    ///   - say: Is told how far reading is, if it takes time.
    /// - Throws: ``DataError`` that names the first picture without a partner, or the first file that is no whole picture.
    public init(
        inputs: String, images: String, side: Int, part: PicturePart,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let folders = try [ImageFolder(path: inputs), ImageFolder(path: images)]
        let paths = [inputs, images]
        let all = folders.map { $0.names(in: .all) }
        for (own, other) in [(0, 1), (1, 0)] {
            var known = Set<String>()
            if let twice = all[own].first(where: { !known.insert($0).inserted }) {
                throw DataError(
                    "\(paths[own]): expected one picture called \(shown(twice)), found two of other endings"
                )
            }
            let others = Set(all[other])
            if let name = all[own].first(where: { !others.contains($0) }) {
                throw DataError(
                    "\(paths[other]): expected a picture called \(shown(name)), as \(paths[own]) has, found none"
                )
            }
        }
        let names = folders.map { $0.names(in: part) }
        guard names[0] == names[1] else {
            throw DataError(
                "\(images): expected names that stand in the order of those in \(inputs), found others; give all pictures one ending"
            )
        }
        let parts = try folders.map {
            try $0.images(side: side, part: part, inPairs: true, say: say)
        }
        (self.inputs, self.images) = (parts[0], parts[1])
        let shape = parts[0].fields[0].shape
        fields = [.image(shape), Field(Self.input, shape, .image)]
        notes = parts.flatMap(\.notes)
        manifest = DataManifest(
            count: parts[0].count,
            digest: SHA256.digest(of: "pairs \(parts[0].manifest) and \(parts[1].manifest)"))
    }

    public var count: Int { manifest.count }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        images.read(index, into: [arrays[0]])
        inputs.read(index, into: [arrays[1]])
    }
}
