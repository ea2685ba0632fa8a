internal import Adversarial
package import Datasets
internal import Foundation
internal import NeuralNetworks
package import Recipes
internal import Tensors

/// What stays of a run's data with the run, for those who sample where the data are not.
package struct DataExtract: Sendable {
    /// Real examples that are kept, at most: a sheet of samples.
    private static let most = 64

    /// What its classes are called, by their numbers; empty where they have no names.
    let classNames: [String]
    /// Files that the data leave with a run, by name.
    let companions: [String: [UInt8]]
    /// Held-out examples, where samples are made of such.
    let examples: Batch?

    /// - Parameter heldOut: Opens the data that training never sees.
    /// - Throws: ``DataError``.
    package init(
        of run: Run, _ dataset: any Dataset, heldOut: () throws -> any Dataset
    ) throws {
        classNames = dataset.classNames
        companions = dataset.companions
        guard run.samplesNeedExamples else {
            examples = nil
            return
        }
        let heldOut = try heldOut()
        examples = try heldOut.examples(0..<min(Self.most, heldOut.count))
    }
}

// The files of a run's folder that hold it.
extension DataExtract {
    private static let classFile = "classes.json"
    private static let exampleFile = "examples.safetensors"

    func write(to folder: RunFolder) throws {
        if !classNames.isEmpty {
            try folder.write(Array(JSONEncoder().encode(classNames)), to: Self.classFile)
        }
        for (name, content) in companions { try folder.write(content, to: name) }
        guard let examples else { return }
        // In row order, whatever the arrays' own is.
        let arrays = examples.arrays.map { NDArray($0.scalars, shape: $0.shape) }
        let entries = zip(examples.fields, arrays).map { field, array in
            Safetensors.Entry(
                name: field.name, shape: array.shape,
                bytes: UnsafeRawBufferPointer(start: array.pointer, count: array.count * 4))
        }
        let header = Safetensors.header(entries, metadata: [("format", "swiftgan examples")])
        try withExtendedLifetime(arrays) {
            try header.withUnsafeBytes {
                try folder.write([$0] + entries.map(\.bytes), to: Self.exampleFile)
            }
        }
    }

    /// The names of the classes of a run in a folder, by their numbers; empty where they have none.
    ///
    /// - Throws: ``FolderError`` for a file that is damaged.
    package static func classNames(in folder: String) throws -> [String] {
        let file = "\(folder)/\(classFile)"
        guard let content = FileManager.default.contents(atPath: file) else { return [] }
        guard let names = try? JSONDecoder().decode([String].self, from: content) else {
            throw FolderError(
                "\(file): expected a list of the classes' names, found something else; without the file classes have their numbers alone"
            )
        }
        return names
    }

    /// The held-out examples that were kept with a run; nil where samples are made of latent vectors alone.
    ///
    /// - Throws: ``FolderError`` for a file that is missing or damaged.
    static func examples(in folder: String, of run: Run) throws -> Examples? {
        guard run.samplesNeedExamples else { return nil }
        let path = "\(folder)/\(exampleFile)"
        guard let file = MappedFile(path: path) else {
            throw FolderError(
                "\(path): expected the examples that samples are made of, found no readable file; --resume writes it, where the run's data are"
            )
        }
        do {
            return try withExtendedLifetime(file) {
                let entries = try Safetensors.parse(file.bytes).0
                guard let count = entries.first?.shape.first, count > 0,
                    entries.allSatisfy({ $0.shape.first == count })
                else { throw FolderError("expected some examples, found none") }
                for field in run.recipe.fields(run.settings) {
                    let found = entries.first { $0.name == field.name }?.shape.dropFirst()
                    guard found == field.shape else {
                        throw FolderError(
                            "expected \(field.name) of shape \(field.shape), found \(found.map { "\($0)" } ?? "none"); --resume writes the file anew, where the run's data are"
                        )
                    }
                }
                return Examples(
                    try entries.map { entry in
                        let array = NDArray(uninitialized: entry.shape)
                        UnsafeMutableRawPointer(array.pointer).copyMemory(
                            from: entry.bytes.baseAddress ?? UnsafeRawPointer(array.pointer),
                            byteCount: entry.bytes.count)
                        guard array.scalars.allSatisfy(\.isFinite) else {
                            throw FolderError(
                                "\(entry.name): expected numbers, found NaN or infinity")
                        }
                        return (entry.name, Tensor(array))
                    })
            }
        } catch { throw FolderError("\(path): \(error)") }
    }
}
