internal import Foundation

/// The classes of a folder's pictures, which are the names of the folders that directly contain them.
struct ClassFolders {
    /// The names in the order that numbers the classes.
    let names: [String]
    private let numbers: [String: Int]
    /// Names that two folders share in different forms of Unicode, since systems write accents in different ways.
    private let doubled: [String]
    private let path: String

    /// - Throws: ``DataError`` if there are not `count` classes, or if a picture lies in none.
    init(of files: [String], in path: String, count: Int) throws {
        self.path = path
        let folders = files.map(Self.folder)
        if let loose = folders.firstIndex(of: "") {
            throw DataError(
                "\(path): expected every image in a folder of its class, found \(shown(files[loose])) in none; move or remove such pictures"
            )
        }
        // Equal text may consist of different bytes.
        names = Set(folders).sorted().map(\.precomposedStringWithCanonicalMapping)
        let forms = Dictionary(grouping: Set(folders.map { Array($0.utf8) })) {
            String(decoding: $0, as: UTF8.self)
        }
        doubled = forms.filter { $1.count > 1 }.keys.sorted()
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        guard names.count == count else {
            throw DataError(
                "\(path): expected \(count) folders, one for each class, found \(names.count): \(Self.list(names, 5)); use --set classes=\(names.count) if all of them are classes"
            )
        }
    }

    /// The class of each file.
    func numbers(of files: [String]) -> [Int] { files.map { numbers[Self.folder($0)] ?? 0 } }

    /// Notes for the user: the names, and the classes for which there is nothing to train with.
    func notes(labels: [Int], heldOut: Bool) -> [String] {
        let numbered = names.enumerated().map { "\($0) \($1)" }
        var notes = ["classes: \(Self.list(numbered, 20))"]
        notes += doubled.map {
            "\(path): two folders are called \(shown($0)), in different forms of Unicode: they are one class"
        }
        let present = Set(labels)
        let missing = names.indices.filter { !present.contains($0) }.map { names[$0] }
        if !missing.isEmpty && !heldOut {
            notes.append(
                "\(path): no picture to train with in \(missing.count) of \(names.count) classes: \(Self.list(missing, 20)); all of their pictures are held out or passed over"
            )
        }
        return notes
    }

    /// The name of the folder that directly contains a file; empty if none does.
    static func folder(_ file: String) -> String {
        ((file as NSString).deletingLastPathComponent as NSString).lastPathComponent
    }

    private static func list(_ names: [String], _ most: Int) -> String {
        names.prefix(most).map(shown).joined(separator: ", ") + (names.count > most ? "…" : "")
    }
}
