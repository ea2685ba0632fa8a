internal import Datasets
internal import Hashing
internal import Platform
internal import Tensors

/// The pictures that a person has: labelled ones, and perhaps some without labels and some to test with.
struct Materials: Sendable {
    let classNames: [String]
    let labelled: PictureSet
    /// Pictures without labels; theirs are all 0.
    let pool: PictureSet?
    let test: PictureSet?
    /// Labelled and test pictures, which nothing else may learn from.
    let known: Set<Digest>
    let notes: [String]

    /// Reads the folders; pictures are grey if all labelled ones are.
    ///
    /// A picture counts once: test pictures that are labelled ones, too, are left out, and so is what the pool has of either.
    ///
    /// - Parameters:
    ///   - labelled: The path of a folder in which each class is a folder.
    ///   - unlabelled: The path of a folder of pictures without labels; nil: there are none.
    ///   - test: The path of a folder of the same classes; nil: there is none.
    ///   - side: The side that the middle square of each picture is scaled to, in pixels.
    ///   - say: Is told how far reading is, if it takes time.
    /// - Throws: ``/Datasets/DataError``.
    init(
        labelled: String, unlabelled: String?, test: String?, side: Int,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        let own = try Self.open(labelled, side, hasClasses: true, say)
        classNames = own.classNames
        guard classNames.count > 1 else {
            throw DataError(
                "\(labelled): expected a folder for each of two classes or more, found pictures of \(classNames.first.map(shown) ?? "no class") alone"
            )
        }
        let digests = (0..<own.count).map(own.digest)
        let labels = own.labels ?? []
        let byDigest = Dictionary(zip(digests, labels)) { first, _ in first }
        if let twice = labels.indices.first(where: { byDigest[digests[$0]] != labels[$0] }) {
            let names = [byDigest[digests[twice]] ?? 0, labels[twice]].map { own.classNames[$0] }
            throw DataError(
                "\(labelled): expected each picture in one class, found one in both \(names.map(shown).joined(separator: " and "))"
            )
        }
        var known = Set(digests)
        let isGrey = (0..<own.count).allSatisfy { Self.isGrey(own.bytes($0)) }
        let shape: Shape = [isGrey ? 1 : 3, side, side]
        var notes = own.notes
        func read(_ images: ColourImages, _ path: String) -> PictureSet {
            var pictures = PictureSet(shape: shape)
            for number in 0..<images.count where !known.contains(images.digest(number)) {
                pictures.append(images.bytes(number), label: images.labels?[number] ?? 0)
            }
            notes += images.notes
            let count = images.count - pictures.count
            if count > 0 {
                notes.append(
                    "\(path): left out \(counted(count, "picture")) that are among the labelled ones\(test == nil || path == test ? "" : " or those of the test"), too"
                )
            }
            return pictures
        }
        var all = PictureSet(shape: shape)
        for number in 0..<own.count { all.append(own.bytes(number), label: labels[number]) }
        if let test {
            let images = try Self.open(test, side, hasClasses: true, say)
            try Self.require(images.classNames, of: test, toBe: classNames, of: labelled)
            self.test = try Self.some(read(images, test), of: test)
            known.formUnion((0..<images.count).map(images.digest))
        } else {
            self.test = nil
        }
        if let unlabelled {
            let images = try Self.open(unlabelled, side, hasClasses: false, say)
            pool = try Self.some(read(images, unlabelled), of: unlabelled)
        } else {
            pool = nil
        }
        self.labelled = all
        self.known = known
        self.notes = notes
    }

    private static func open(
        _ path: String, _ side: Int, hasClasses: Bool, _ say: @escaping @Sendable (String) -> Void
    ) throws -> ColourImages {
        let folder = try ImageFolder(path: path)
        return try folder.images(
            side: side, part: .all, classes: hasClasses ? folder.folderCount : nil, usualLeast: 0,
            say: say)
    }

    private static func some(_ pictures: PictureSet, of path: String) throws -> PictureSet {
        guard pictures.count > 0 else {
            throw DataError(
                "\(path): expected pictures that are not among the others, found none")
        }
        return pictures
    }

    private static func require(
        _ names: [String], of test: String, toBe wanted: [String], of labelled: String
    ) throws {
        for (path, missing) in [
            (test, Set(wanted).subtracting(names)), (labelled, Set(names).subtracting(wanted)),
        ] {
            if let name = missing.min() {
                throw DataError(
                    "expected the same classes in \(labelled) and \(test), found no \(shown(name)) in \(path)"
                )
            }
        }
    }

    private static func isGrey(_ bytes: [UInt8]) -> Bool {
        let plane = bytes.count / 3
        return (0..<plane).allSatisfy {
            bytes[$0] == bytes[$0 + plane] && bytes[$0] == bytes[$0 + 2 * plane]
        }
    }
}
