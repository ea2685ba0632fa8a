internal import Adversarial
internal import Datasets
internal import Foundation
internal import Hashing
internal import Platform
package import Recipes

/// What cannot be done with a run's folder, and what would help.
package struct FolderError: Error, CustomStringConvertible {
    package let description: String
    /// Whether the disk is full: then the same may work later.
    let isForWantOfSpace: Bool

    package init(_ description: String) {
        self.description = description
        isForWantOfSpace = false
    }

    private init(_ description: String, code: Int32) {
        self.description = "\(description): \(String(cString: strerror(code)))"
        isForWantOfSpace = code == ENOSPC || code == EDQUOT
    }

    /// Why a run's folder cannot be locked, as flock(2) tells it.
    static func unlocked(_ path: String, code: Int32) -> FolderError {
        FolderError(
            code == EWOULDBLOCK
                ? "\(path): expected a run of no other process, found one that a coordinator is using; end it, or --output picks another folder"
                : "\(path): expected a file system that locks files, which keeps a second coordinator out, found one that does not (\(String(cString: strerror(code)))); --output picks a folder elsewhere"
        )
    }

    /// What the system refused.
    static func system(_ doing: String, code: Int32 = errno) -> FolderError {
        FolderError(doing, code: code)
    }
}

/// A run on disk: `run.yaml`, `metrics.jsonl`, `samples/`, `checkpoints/`, and the number of the last attempt.
package final class RunFolder: Sendable {
    package let path: String
    private let lock: Int32

    /// Whether a folder is that of a run.
    package static func holdsRun(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/run.yaml")
    }

    /// Creates the folder for a run, or opens it again to resume; a run that is not there yet begins.
    ///
    /// - Throws: ``FolderError`` where it holds another run, is in use by another coordinator, or cannot be written.
    package init(path: String, run: Run, isResuming: Bool) throws {
        self.path = path
        for folder in ["", "/samples", "/checkpoints"] {
            do { try makeFolder(path + folder) } catch {
                throw FolderError(
                    "\(path)\(folder): expected a folder that can be made and written, found \(error); --output picks another"
                )
            }
        }
        lock = open("\(path)/attempt", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            throw FolderError(
                "\(path): expected a writable folder, found \(systemError()); --output picks another"
            )
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw FolderError.unlocked(path, code: errno)
        }
        try check(run, isResuming: isResuming)
        _ = try attempt
    }

    deinit { close(lock) }

    /// Makes it the folder of this run, once nothing stands in its way.
    ///
    /// - Parameter extract: What stays of its data; nil: nothing new, where it is resumed.
    package func begin(_ run: Run, keeping extract: DataExtract? = nil) throws {
        try extract?.write(to: self)
        try write(Array(run.yaml.utf8), to: "run.yaml")
    }

    private func check(_ run: Run, isResuming: Bool) throws {
        let file = "\(path)/run.yaml"
        if let existing = try? String(contentsOfFile: file, encoding: .utf8) {
            // That of a program with other recipes is another run, too.
            let recipe = try Run.entries(ofYAML: existing, source: file)["recipe"]
            if let recipe, recipe != run.recipe.name {
                throw another("recipe \(recipe), not \(run.recipe.name)", isResuming: isResuming)
            }
            let other = try Run(yaml: existing, source: file, among: [run.recipe])
            guard other.identity == run.identity else {
                if isResuming { try checkData(other, run) }
                throw another(difference(other, run), isResuming: isResuming)
            }
            guard isResuming else {
                throw FolderError(
                    "\(path): expected an empty folder, found this run already; --resume goes on with it, --output picks another folder"
                )
            }
        } else if !Checkpoint.iterations(in: path).isEmpty {
            throw FolderError(
                "\(path): expected an empty folder, found checkpoints without a run.yaml that can be read; --output picks another folder"
            )
        }
    }

    private func another(_ difference: String, isResuming: Bool) -> FolderError {
        FolderError(
            isResuming
                ? "\(path): expected its own settings, which --resume takes from the run, found others (\(difference)); leave them out"
                : "\(path): expected an empty folder, found another run (\(difference)); --output picks another folder"
        )
    }

    private func difference(_ found: Run, _ wanted: Run) -> String {
        for field in wanted.settings.fields
        where field.isIdentity && found.settings[field] != wanted.settings[field] {
            return "\(field.name) \(found.settings[field]), not \(wanted.settings[field])"
        }
        if found.start != wanted.start {
            return
                "weights to start from; what follows a collapse is resumed with the run it belongs to"
        }
        return "data of \(found.manifest), not \(wanted.manifest)"
    }

    private func checkData(_ found: Run, _ wanted: Run) throws {
        guard found.manifest != wanted.manifest else { return }
        throw FolderError(
            "\(path): expected the data that the run was trained on, \(found.manifest), found \(wanted.manifest); --data names them as they were, or --output begins another run"
        )
    }

    /// Whether a coordinator is at work in a folder.
    static func isInUse(_ path: String) -> Bool {
        let file = open("\(path)/attempt", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        // A shared lock, so that two who ask do not take each other for a coordinator.
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    // MARK: The attempt

    /// The last attempt that was begun; 0 before the first.
    package var attempt: Int {
        get throws {
            let content = FileManager.default.contents(atPath: "\(path)/attempt") ?? Data()
            let trimmed = String(decoding: content.prefix(100), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard !trimmed.isEmpty else { return 0 }
            guard let attempt = Int(trimmed),
                CoordinatorState.Configuration.attempts.contains(attempt)
            else {
                throw FolderError("\(path)/attempt: expected a number, found '\(shown(trimmed))'")
            }
            return attempt
        }
    }

    /// Remembers an attempt, on disk before it is used.
    ///
    /// In place, since the open file is also the lock, and always as long, so that no crash leaves it empty.
    package func persist(attempt: Int) throws {
        let digits = String(attempt)
        let text = Array((String(repeating: "0", count: 19 - digits.count) + digits + "\n").utf8)
        guard pwrite(lock, text, text.count, 0) == text.count, fsync(lock) == 0 else {
            throw FolderError.system("\(path)/attempt: cannot be written")
        }
    }

    // MARK: The proof of arithmetic

    /// What the leaves of the run's first worker came to; nil before it joined.
    package var proof: String? {
        (try? String(contentsOfFile: "\(path)/proof", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func remember(proof: String) throws { try write(Array("\(proof)\n".utf8), to: "proof") }

    // MARK: Files

    /// Writes a whole file or nothing: to a temporary file, to the disk, then under its name.
    package func write(_ content: [UInt8], to name: String) throws {
        try content.withUnsafeBytes { try write([$0], to: name) }
    }

    package func write(_ pieces: [UnsafeRawBufferPointer], to name: String) throws {
        let final = "\(path)/\(name)"
        let unfinished = UnfinishedFile(final)
        let file = unfinished.create()
        guard file >= 0 else { throw FolderError.system("\(final): cannot be made") }
        defer { close(file) }
        for piece in pieces {
            guard writeAll(piece, to: file) else {
                throw FolderError.system("\(final): cannot be written")
            }
        }
        Failpoint.fileUnnamed.reach()
        guard fsync(file) == 0, unfinished.finish() else {
            throw FolderError.system("\(final): cannot be written")
        }
        let folder = open((final as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}

func systemError() -> String { String(cString: strerror(errno)) }
