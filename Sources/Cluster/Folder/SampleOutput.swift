internal import Evaluation
internal import Foundation
internal import Platform
package import Recipes

/// Where samples go.
enum SampleOutput {
    /// All of them in each of these files.
    case together([any SampleFile])
    /// Files of their own for each, in a folder.
    case apart(folder: String)

    /// What a name that was given with `--output` says: one file, or a folder.
    ///
    /// - Throws: ``FolderError`` where a recipe's samples cannot be put there.
    init(path: String, count: Int, of recipe: Recipe, readBy files: RunFiles) throws {
        let formats = recipe.depiction.formats
        guard !isSampleFolder(path) else {
            guard formats.contains(where: { $0.alone != nil }) else {
                throw FolderError(
                    "--output: expected a file, \(formats.namesOfFiles), since samples of \(recipe.name) are shown together, found the folder \(path)"
                )
            }
            try Self.prepareFolder(path)
            self = .apart(folder: path)
            return
        }
        guard let format = formats.first(where: { $0.endings.contains(ending(of: path)) }) else {
            throw FolderError(
                "--output: expected \(formats.namesOfFiles), which \(recipe.name) writes, found \(path)"
            )
        }
        if let most = format.mostTogether, count > most {
            throw FolderError(
                "--count: expected at most \(most) in one .\(format.endings[0]) file, found \(count); a folder takes any number"
            )
        }
        self = .together([try format.together(count, path, files)])
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

/// Checks a name that was given with `--output` before anything is read: some recipe must write what it promises, and its
/// place must be writable.
///
/// - Throws: ``FolderError``.
package func requireSampleOutput(_ path: String, among recipes: [Recipe]) throws {
    guard !isSampleFolder(path) else { return }
    let formats = recipes.flatMap(\.depiction.formats)
    guard formats.contains(where: { $0.endings.contains(ending(of: path)) }) else {
        let found = ending(of: path)
        throw FolderError(
            "--output \(path): expected a name that ends in \(formats.namesOfFiles), or a folder, which ends in / where it is not there yet, found \(found.isEmpty ? "no ending" : ".\(found)")"
        )
    }
    try requireWritableFile(path, option: "--output")
}

private func isSampleFolder(_ path: String) -> Bool { path.hasSuffix("/") || isFolder(path) }

private func ending(of path: String) -> String { (path as NSString).pathExtension.lowercased() }

extension [SampleFormat] {
    /// Such as ".png or .mid".
    fileprivate var namesOfFiles: String {
        var endings: [String] = []
        for format in self where !endings.contains(format.endings[0]) {
            endings.append(format.endings[0])
        }
        return endings.map { ".\($0)" }.joined(separator: " or ")
    }
}

/// Checks that a file can be written, before the work that leads to it.
///
/// - Throws: ``FolderError`` where its folder is not there, or cannot be written, or a folder has its name.
package func requireWritableFile(_ path: String, option: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard isFolder(folder), FileManager.default.isWritableFile(atPath: folder), !isFolder(path)
    else {
        throw FolderError(
            "\(option) \(path): expected a file in a folder that can be written, found none")
    }
}
