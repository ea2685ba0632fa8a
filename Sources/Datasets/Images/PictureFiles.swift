internal import Foundation

/// The files below a folder that should be pictures by their names, and a count of everything else.
///
/// Links are followed. Names that begin with a dot are ignored, and the files of one of our runs do not count as its
/// data.
struct PictureFiles {
    /// A file, and the state that distinguishes it from a changed one.
    struct File: Sendable {
        /// The path below the folder.
        let path: String
        /// The file's device, number, size and times.
        let state: String
    }

    /// The most folders that are entered; two that lead to each other by links would be many.
    private static let mostFolders = 1_000_000
    private static let endings: Set<String> = ["png", "jpg", "jpeg", "jfif", "webp"]
    /// Names of pictures that we do not read, by their endings.
    private static let otherPictures = [
        "gif": "GIF", "bmp": "BMP", "tif": "TIFF", "tiff": "TIFF", "heic": "HEIC", "heif": "HEIC",
        "avif": "AVIF", "jxl": "JPEG XL", "jp2": "JPEG 2000", "svg": "SVG", "psd": "PSD",
        "ppm": "PPM", "pgm": "PGM", "tga": "TGA",
    ]

    /// The parts of a run that may lie in a folder of data.
    private static let partsOfRun: Set = [
        "run.yaml", "classes.json", "metrics.jsonl", "ledger.jsonl", "evaluations.jsonl", "samples",
        "checkpoints", "attempt", "proof",
    ]

    /// All files, in the order of their paths.
    private(set) var files: [File] = []
    private(set) var passedOver = PassedOver()
    /// Folders of runs, whose pictures are not data.
    private(set) var runs: [String] = []
    private let root: String
    private var folders = 0

    /// - Throws: ``DataError`` if this is not a folder, or if its links lead to each other without end.
    init(below root: String) throws {
        self.root = root
        try enter("", parents: [])
        // Two Unicode forms of one name are equal as text, so their bytes decide.
        files.sort {
            $0.path == $1.path
                ? $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) : $0.path < $1.path
        }
    }

    /// - Parameter parents: The folders on the way to this one, by device and number.
    private mutating func enter(_ folder: String, parents: [[UInt]]) throws {
        folders += 1
        guard folders <= Self.mostFolders else {
            throw DataError(
                "\(root): expected at most \(Self.mostFolders) folders, found more: links that lead to each other, as in \(shown(folder))"
            )
        }
        var state = stat()
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let names = Self.names(in: path), stat(path, &state) == 0 else {
            guard !folder.isEmpty else {
                throw DataError("\(root): expected a folder that can be read, found none")
            }
            return passedOver.add("unreadable folders", folder)
        }
        let itself = [UInt(state.st_dev), UInt(state.st_ino)]
        guard !parents.contains(itself) else {
            return passedOver.add("links to a folder around them", folder)
        }
        let isRun = ["run.yaml", "checkpoints"].allSatisfy { names.contains(Array($0.utf8)) }
        if isRun {
            runs.append(folder)
            guard folder.isEmpty else { return }
        }
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard name.first != UInt8(ascii: ".") else { continue }
            let readable = String(decoding: name, as: UTF8.self)
            let below = folder.isEmpty ? readable : "\(folder)/\(readable)"
            guard readable.utf8.elementsEqual(name) else {
                passedOver.add("names that are not UTF-8", below)
                continue
            }
            if isRun && Self.partsOfRun.contains(readable) { continue }
            try meet(below, parents: parents + [itself])
        }
    }

    private mutating func meet(_ path: String, parents: [[UInt]]) throws {
        var state = stat()
        guard stat("\(root)/\(path)", &state) == 0 else {
            return passedOver.add(
                [ENOENT, ELOOP].contains(errno) ? "links that lead nowhere" : "unreadable", path)
        }
        let kind = state.st_mode & S_IFMT
        if kind == S_IFDIR { return try enter(path, parents: parents) }
        let ending = (path as NSString).pathExtension.lowercased()
        guard Self.endings.contains(ending), kind == S_IFREG else {
            return passedOver.add(Self.otherPictures[ending] ?? "other files", path)
        }
        let numbers = [
            Int(state.st_dev), Int(state.st_ino), state.st_size, state.st_mtim.tv_sec,
            state.st_mtim.tv_nsec, state.st_ctim.tv_sec, state.st_ctim.tv_nsec,
        ]
        files.append(File(path: path, state: numbers.map(String.init).joined(separator: " ")))
    }

    /// The names in a folder, byte for byte, since names can be in any encoding; nil if the folder cannot be read.
    private static func names(in folder: String) -> [[UInt8]]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
        }
        return names
    }
}
