internal import Foundation
internal import Platform

/// The PNG, JPEG and WebP files below a folder, in the order of their paths.
///
/// Images of any size become squares of one size. If there are classes, each is a folder. Held-out examples are those
/// below `test` and `val`, if these folders stand beside `train`; otherwise, every tenth is held out.
public struct ImageFolder: Sendable {
    /// With fewer pictures, a tenth is too few to measure by.
    public static let usualLeast = 100
    /// Folders beside `train` whose pictures are never trained with, by all their usual names.
    private static let heldOutFolders: Set<Substring> = ["test", "val", "valid", "validation"]

    private let path: String
    private let files: [PictureFiles.File]
    private let passedOver: PassedOver
    private let runs: [String]
    /// Whether the parts (training and held-out) are folders.
    private let hasParts: Bool

    /// - Throws: ``DataError`` if the folder has no images.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard isFolder.boolValue else {
            throw DataError(
                "\(path): expected a folder of PNG, JPEG or WebP files, found \(isThere ? "a file" : "none")"
            )
        }
        let found = try PictureFiles(below: path)
        guard !found.files.isEmpty else {
            throw DataError(
                "\(path): expected PNG, JPEG or WebP files, found \(found.passedOver.isEmpty ? "an empty folder" : "none: \(found.passedOver.description)")"
            )
        }
        let parts = Set(found.files.compactMap { Self.part(of: $0.path) })
        hasParts = parts.contains("train") && !parts.isDisjoint(with: Self.heldOutFolders)
        var passedOver = found.passedOver
        if hasParts {
            for file in found.files where !Self.isUsed(Self.part(of: file.path)) {
                passedOver.add("pictures beside train", file.path)
            }
            files = found.files.filter { Self.isUsed(Self.part(of: $0.path)) }
        } else {
            files = found.files
        }
        self.path = path
        self.passedOver = passedOver
        runs = found.runs
    }

    /// How many folders directly contain images, each of which can be a class.
    package var folderCount: Int { Set(files.map { ClassFolders.folder($0.path) }).count }

    /// The names of the files of one part, without their endings, in their order.
    func names(in part: PicturePart) -> [String] {
        let wanted = files(in: part)
        let own =
            hasParts
            ? wanted : wanted.enumerated().filter { part.contains($0.offset) }.map(\.element)
        return own.map { ($0.path as NSString).deletingPathExtension }
    }

    /// The files that one part is taken from: those of its folders, or all if every tenth is held out.
    private func files(in part: PicturePart) -> [PictureFiles.File] {
        hasParts
            ? files.filter { part.contains(isHeldOut: Self.part(of: $0.path) != "train") } : files
    }

    /// Reads and decodes one part of the images.
    ///
    /// - Parameters:
    ///   - side: The side that the middle square of each image is scaled to, in pixels.
    ///   - part: Which of the images are read.
    ///   - classes: How many classes the folders of images tell apart; nil if classes are not wanted.
    ///   - isStrict: Whether a file that is not a whole picture is refused; otherwise such files are skipped and counted.
    ///   - inPairs: Whether each picture has a partner, so that none can be skipped; other files still are.
    ///   - usualLeast: Of fewer pictures a note says that they are too few.
    ///   - say: Is told how far reading is, if it takes time.
    public func images(
        side: Int, part: PicturePart, classes: Int? = nil, isStrict: Bool = false,
        inPairs: Bool = false, usualLeast: Int = usualLeast,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ColourImages {
        try require(passedOver, isStrict)
        let names = try classes.map { try ClassFolders(of: files.map(\.path), in: path, count: $0) }
        let wanted = files(in: part)
        let decoded = try DecodedPictures(wanted, below: path, side: side, say: say)
        var passedOver = passedOver
        for (row, file) in wanted.enumerated() {
            if let problem = decoded.problem(row) { passedOver.add(problem.reason, file.path) }
        }
        try require(passedOver, isStrict)
        let whole = wanted.indices.filter { decoded.problem($0) == nil }
        guard !inPairs || whole.count == wanted.count else {
            throw DataError(
                "\(path): expected whole pictures alone, since they are in pairs, found \(passedOver.description)"
            )
        }
        let rows =
            hasParts
            ? whole : whole.enumerated().filter { part.contains($0.offset) }.map(\.element)
        guard !rows.isEmpty else {
            throw DataError(
                "\(path): expected \(part == .heldOut && !hasParts ? "ten pictures at least" : "pictures"), found \(whole.count)\(passedOver.isEmpty ? "" : "; passed over: \(passedOver.description)")"
            )
        }
        var notes = notes(passedOver)
        if part != .heldOut && whole.count < usualLeast {
            notes.append(
                "\(path): \(counted(whole.count, "picture")), where a hundred is the least that is of use: too few to learn from, and measuring needs ten that are held out"
            )
        }
        let labels = names?.numbers(of: rows.map { wanted[$0].path })
        if let names, let labels { notes += names.notes(labels: labels, heldOut: part == .heldOut) }
        return ColourImages(
            decoded.memory, rows: rows, side: side, labels: labels, classNames: names?.names ?? [],
            notes: notes)
    }

    /// The first folder of a path.
    private static func part(of path: String) -> Substring? {
        let parts = path.split(separator: "/", maxSplits: 1)
        return parts.count > 1 ? parts[0] : nil
    }

    private static func isUsed(_ part: Substring?) -> Bool {
        part.map { $0 == "train" || heldOutFolders.contains($0) } ?? false
    }

    private func require(_ passedOver: PassedOver, _ isStrict: Bool) throws {
        guard !isStrict || passedOver.isEmpty else {
            throw DataError(
                "\(path): expected whole PNG, JPEG and WebP pictures alone, found \(passedOver.description); without --strict they are passed over"
            )
        }
    }

    private func notes(_ passedOver: PassedOver) -> [String] {
        var notes: [String] = []
        if !passedOver.isEmpty {
            notes.append("\(path): passed over: \(passedOver.description); --strict refuses them")
        }
        if let first = runs.first {
            notes.append(
                "\(path): \(first.isEmpty ? "samples of the run there" : shown(first))\(runs.count > 1 ? " and \(runs.count - 1) more folders of runs are" : first.isEmpty ? " are" : ", the folder of a run, is") not among the pictures"
            )
        }
        return notes
    }
}
