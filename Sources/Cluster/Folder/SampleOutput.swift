internal import Datasets
internal import Evaluation
internal import Foundation
internal import Platform
internal import Recipes

/// Where samples go, as the name given with `--output` says.
package enum SampleOutput: Equatable, Sendable {
    /// All on one PNG, in one MIDI file, or both.
    case files(picture: String? = nil, music: String? = nil)
    /// A file for each sample, by its number.
    case folder(String)

    /// Reads a name's ending: nothing but what this program writes is promised.
    ///
    /// - Throws: ``FolderError`` for another ending, or a place that cannot be written.
    package init(path: String) throws {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if path.hasSuffix("/") || exists && isFolder.boolValue {
            self = .folder(path)
            return
        }
        switch (path as NSString).pathExtension.lowercased() {
        case "png": self = .files(picture: path)
        case "mid", "midi": self = .files(music: path)
        case let ending:
            let found = ending.isEmpty ? "no ending" : ".\(ending)"
            throw FolderError(
                "--output \(path): expected a name that ends in .png (or .mid, of music), or a folder, which ends in / where it is not there yet, found \(found)"
            )
        }
        try requireWritableFile(path, option: "--output")
    }

    /// Makes the folder, where it is one.
    ///
    /// - Throws: ``FolderError`` where a recipe's samples cannot be put there.
    func prepare(for recipe: Recipe) throws {
        switch self {
        case .files(_, let music?) where !recipe.depiction.isMusic:
            throw FolderError(
                "--output: expected a PNG file, since \(recipe.name) makes no music, found \(music)"
            )
        case .folder(let path) where recipe.kind == .numbers:
            throw FolderError(
                "--output: expected a PNG file, since \(recipe.name) draws points, which are shown together, found the folder \(path)"
            )
        case .folder(let path): try Self.prepareFolder(path)
        case .files: return
        }
    }

    private static func prepareFolder(_ path: String) throws {
        do { try makeFolder(path) } catch {
            throw FolderError(
                "--output \(path): expected a folder that can be made, found \(error)")
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw FolderError("--output \(path): expected a folder that can be written, found none")
        }
    }
}

/// Checks that a file can be written, before the work that leads to it.
///
/// - Throws: ``FolderError`` where its folder is not there, or cannot be written, or a folder has its name.
package func requireWritableFile(_ path: String, option: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
    guard isFolder(folder), FileManager.default.isWritableFile(atPath: folder), !isFolder(path)
    else {
        throw FolderError(
            "\(option) \(path): expected a file in a folder that can be written, found none")
    }
}
