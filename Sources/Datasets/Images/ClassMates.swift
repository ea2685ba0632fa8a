public import Hashing
internal import Platform
public import Tensors

/// Pictures of some classes, `image`, each with another of its class, `given`, from which it is to be guessed.
///
/// The other is drawn anew in each epoch. It is always one that is trained on, so a class of few pictures needs no second one that
/// is held out.
public struct ClassMates: Dataset {
    /// The field of the other picture of the class.
    public static let given = "given"

    /// An image that has mates.
    private struct Member {
        let number: Int
        let label: Int
        /// Its place among its class's mates, if it is one of them.
        let place: Int?
    }

    public let fields: [Field]
    public let manifest: DataManifest
    public let notes: [String]
    private let images: ColourImages
    private let mates: ColourImages
    private let members: [Member]
    /// The numbers of the mates of each class.
    private let classes: [[Int]]

    /// Reads a folder in which each class is a folder, of any number.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - side: The side that the middle square of each picture is scaled to, in pixels.
    ///   - part: Which of the pictures are read.
    ///   - leavingOut: Pictures that are not used, as ``ColourImages/digest(_:)`` names them.
    ///   - isStrict: Whether a file that is not a whole picture is refused; otherwise such files are skipped and counted.
    ///   - say: Is told how far reading is, if it takes time.
    /// - Throws: ``DataError`` if no class has two pictures.
    public init(
        path: String, side: Int, part: PicturePart, leavingOut: Set<Digest> = [],
        isStrict: Bool = false, say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let folder = try ImageFolder(path: path)
        func open(_ part: PicturePart) throws -> ColourImages {
            try folder.images(
                side: side, part: part, classes: folder.folderCount, isStrict: isStrict, say: say)
        }
        func used(_ images: ColourImages) -> [(number: Int, label: Int)] {
            (images.labels ?? []).enumerated().map { (number: $0, label: $1) }.filter {
                leavingOut.isEmpty || !leavingOut.contains(images.digest($0.number))
            }
        }
        let mates = try open(.training)
        let images = try part == .training ? mates : open(part)
        var classes = Array(repeating: [Int](), count: mates.classNames.count)
        for mate in used(mates) { classes[mate.label].append(mate.number) }
        var seen = classes.map { _ in 0 }
        let members = used(images).map { image in
            defer { seen[image.label] += 1 }
            return Member(
                number: image.number, label: image.label,
                place: part == .training ? seen[image.label] : nil)
        }.filter { classes[$0.label].count > ($0.place == nil ? 0 : 1) }
        guard !members.isEmpty else {
            throw DataError(
                "\(path): expected a folder for each class, with two pictures at least, found \(counted(images.count, "picture")) in \(counted(classes.count, "folder"))"
            )
        }
        let single = classes.indices.filter { classes[$0].count == 1 }
        let names = single.prefix(20).map { shown(mates.classNames[$0]) }.joined(separator: ", ")
        notes =
            images.notes
            + (part == .training && !single.isEmpty
                ? [
                    "\(path): passed over, since one picture does not show how its class varies: \(names)\(single.count > 20 ? "…" : "")"
                ] : [])
        let shape = images.fields[0].shape
        fields = [.image(shape), Field(Self.given, shape, .image)]
        var hash = SHA256()
        hash.update("class mates of \(images.manifest) among \(mates.manifest)\n")
        hash.update("\(members.map(\.number)) \(classes)")
        manifest = DataManifest(count: members.count, digest: hash.finish())
        self.images = images
        self.mates = mates
        self.members = members
        self.classes = classes
    }

    public var count: Int { members.count }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        read(index, into: arrays) { index % $0 }
    }

    public func read(
        at position: Int, _ random: RandomSource, into arrays: [UnsafeMutablePointer<Float>]
    ) {
        let index = Sampler(count: count, random: random).example(at: position)
        let place = RandomSource.Place(.data, iteration: position / count, position: index)
        read(index, into: arrays) { count in
            Int((UInt64(random.words(0, at: place)[0]) * UInt64(count)) >> 32)
        }
    }

    /// - Parameter drawn: Which of so many mates it is.
    private func read(
        _ index: Int, into arrays: [UnsafeMutablePointer<Float>], drawn: (_ among: Int) -> Int
    ) {
        let member = members[index]
        let others = classes[member.label]
        let mate =
            member.place.map { others[($0 + 1 + drawn(others.count - 1)) % others.count] }
            ?? others[drawn(others.count)]
        var label: Float = 0
        withUnsafeMutablePointer(to: &label) { label in
            images.read(member.number, into: [arrays[0], label])
            mates.read(mate, into: [arrays[1], label])
        }
    }
}
