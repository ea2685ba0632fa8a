internal import Foundation
internal import Synchronization

/// PNG and JPEG files below a folder, in the order of their paths.
///
/// Images of any size become squares of one size. Where there are classes, each is a folder. Held-out examples are those below
/// `test`, where there are `train` and `test`; otherwise every tenth.
public struct ImageFolder: Sendable {
    private let path: String
    private let files: [String]
    private let usesTestFolder: Bool

    /// - Throws: ``DataError`` for a folder without images.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue,
            let found = FileManager.default.enumerator(
                atPath: (path as NSString).resolvingSymlinksInPath)
        else {
            throw DataError("\(path): expected a folder of PNG and JPEG files, found none")
        }
        let names = found.compactMap { $0 as? String }.sorted()
        files = names.filter { name in
            // What begins with a dot is somebody else's.
            !name.split(separator: "/").contains { $0.hasPrefix(".") }
                && ["png", "jpg", "jpeg"].contains((name as NSString).pathExtension.lowercased())
        }
        self.path = path
        usesTestFolder =
            files.contains { $0.hasPrefix("train/") } && files.contains { $0.hasPrefix("test/") }
        guard !files.isEmpty else {
            throw DataError(
                "\(path): expected PNG or JPEG files, found \(names.isEmpty ? "an empty folder" : "\(names.count) other files")"
            )
        }
    }

    /// Reads and decodes one part of the images.
    ///
    /// - Parameters:
    ///   - classes: How many classes each image's folder tells apart; nil: none are wanted.
    ///   - isStrict: Whether a damaged file is refused; otherwise such files are left out, and counted.
    public func images(side: Int, heldOut: Bool, classes: Int?, isStrict: Bool) throws
        -> ColourImages
    {
        let part =
            usesTestFolder ? files.filter { $0.hasPrefix(heldOut ? "test/" : "train/") } : files
        let decoded = Mutex([[UInt8]?](repeating: nil, count: part.count))
        DispatchQueue.concurrentPerform(iterations: part.count) { index in
            let image = Self.decoded("\(path)/\(part[index])")?.square(side: side)
            decoded.withLock { $0[index] = image }
        }
        let images = decoded.withLock { $0 }
        let damaged = images.indices.filter { images[$0] == nil }
        if let first = damaged.first, isStrict || damaged.count == part.count {
            throw DataError(
                "\(path)/\(part[first]): expected a whole PNG or JPEG image, found a damaged one\(isStrict ? "; without --strict such files are left out" : ", and so is every other")"
            )
        }
        var kept = images.indices.filter { images[$0] != nil }
        if !usesTestFolder {
            kept = kept.enumerated().filter { ($0.offset % 10 == 9) == heldOut }.map(\.element)
        }
        guard !kept.isEmpty else {
            throw DataError("\(path): expected at least ten images, found \(part.count)")
        }
        let labels = try classes.map { try classNumbers(of: kept.map { part[$0] }, count: $0) }
        let notes =
            damaged.first.map {
                [
                    "\(path): \(damaged.count) of \(part.count) images are damaged and left out, the first is \(part[$0]); --strict refuses them"
                ]
            } ?? []
        return ColourImages(
            kept.compactMap { images[$0] }, side: side, labels: labels, notes: notes)
    }

    private static func decoded(_ path: String) -> RGBImage? {
        guard let file = FileManager.default.contents(atPath: path) else { return nil }
        return file.withUnsafeBytes { RGBImage(decoding: $0) }
    }

    /// The number of each file's folder among those of all files, by name.
    private func classNumbers(of part: [String], count: Int) throws -> [Int] {
        func folder(_ file: String) -> String {
            ((file as NSString).deletingLastPathComponent as NSString).lastPathComponent
        }
        let names = Set(files.map(folder)).sorted()
        if let loose = files.first(where: { folder($0).isEmpty }) {
            throw DataError(
                "\(path): expected every image in a folder of its class, found \(loose) in none; move or remove what lies loose"
            )
        }
        guard names.count == count else {
            throw DataError(
                "\(path): expected \(count) folders, one for each class, found \(names.count): \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? "…" : ""); --set classes=\(names.count) says that there are so many"
            )
        }
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return part.map { numbers[folder($0)] ?? 0 }
    }
}
