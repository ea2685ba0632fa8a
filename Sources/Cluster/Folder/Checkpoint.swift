internal import Adversarial
internal import Foundation
package import Hashing
internal import NeuralNetworks
package import Recipes
internal import Tensors
internal import Wire

/// A snapshot as a safetensors file: weights and moving averages of the networks first, then the moments.
package enum Checkpoint {
    /// The hash of the weights: those of each network and the moving average, in the checkpoint's order.
    package static func weightsDigest(_ snapshot: Snapshot, of run: Run) -> Digest {
        var hash = SHA256()
        for entry in entries(snapshot, of: run) where !entry.isMoment {
            hash.update(entry.tensor.bytes)
        }
        return hash.finish()
    }

    /// Writes `checkpoints/ITERATION.safetensors`, and its SHA-256 beside it.
    package static func write(_ snapshot: Snapshot, of run: Run, to folder: RunFolder) throws {
        let entries = entries(snapshot, of: run).map(\.tensor)
        let header = Safetensors.header(
            entries,
            metadata: [
                ("format", "swiftgan \(Run.format)"), ("recipe", run.recipe.name),
                ("run", run.identity.description),
                ("step", String(snapshot.step)), ("arithmetic", Lane.arithmetic),
            ])
        let name = "\(paddedIteration(of: snapshot, of: run)).safetensors"
        var hash = SHA256()
        try header.withUnsafeBytes { header in
            let pieces = [header] + entries.map(\.bytes)
            for piece in pieces { hash.update(piece) }
            try folder.write(pieces, to: "checkpoints/\(name)")
        }
        Failpoint.checkpointUnhashed.reach()
        // The checkpoint counts once its hash is there, too.
        try folder.write(
            Array("\(hash.finish())  \(name)\n".utf8), to: "checkpoints/\(name).sha256")
    }

    /// Removes a checkpoint.
    static func remove(_ iteration: Int, in path: String) {
        let file = file(of: iteration, in: path)
        // It does not count from the moment that its numbers are gone.
        for name in [file, "\(file).sha256"] { unlink(name) }
    }

    /// The newest checkpoint of a run's folder; nil where there is none.
    ///
    /// - Parameters:
    ///   - isTraining: Whether the run goes on from it: then it must be of this arithmetic.
    ///   - wanted: The iteration, where not the newest is wanted.
    ///   - isSampled: Whether samples are all that is made of it: then no more of it is read.
    /// - Throws: ``FolderError`` for one that is cut short, changed, or another run's.
    package static func newest(
        in path: String, of run: Run, isTraining: Bool = false, at wanted: Int? = nil,
        isSampled: Bool = false
    ) throws -> Snapshot? {
        let candidates = iterations(in: path).filter { wanted == nil || $0 == wanted }
        guard let iteration = candidates.last else { return nil }
        return try read(
            file(of: iteration, in: path), of: run, isTraining: isTraining, isSampled: isSampled)
    }

    private static func file(of iteration: Int, in path: String) -> String {
        "\(path)/checkpoints/\(padded(iteration)).safetensors"
    }

    /// The iterations of a run's folder that have a whole checkpoint, in their order.
    static func iterations(in path: String) -> [Int] {
        let files =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/checkpoints")) ?? []
        let known = Set(files)
        return files.compactMap { name in
            guard name.hasSuffix(".safetensors"), known.contains("\(name).sha256"),
                let iteration = Int(name.dropLast(12)),
                RunSettings.iterationRange.contains(iteration),
                name == "\(padded(iteration)).safetensors"
            else { return nil }
            return iteration
        }.sorted()
    }

    /// Reads one checkpoint file whole, and checks it against its hash and the run.
    private static func read(
        _ path: String, of run: Run, isTraining: Bool, isSampled: Bool
    ) throws -> Snapshot {
        guard let file = MappedFile(path: path) else {
            throw FolderError("\(path): expected a checkpoint, found no readable file")
        }
        let expected =
            (try? String(contentsOfFile: "\(path).sha256", encoding: .utf8))?.prefix(64) ?? ""
        var hash = SHA256()
        file.forEachPiece { hash.update($0) }
        let found = hash.finish().description
        guard found == expected else {
            throw FolderError(
                "\(path): expected SHA-256 \(expected.prefix(12))…, found \(found.prefix(12))…; the file is damaged: remove it to go on from the checkpoint before"
            )
        }
        do {
            return try withExtendedLifetime(file) {
                try snapshot(file.bytes, of: run, isTraining: isTraining, isSampled: isSampled) {
                    file.letGo($0)
                }
            }
        } catch { throw FolderError("\(path): \(error)") }
    }

    /// The state that a checkpoint file's bytes hold.
    ///
    /// - Parameter finish: Hears of bytes that are needed no more.
    /// - Throws: An error for bytes that are no checkpoint of this run.
    package static func snapshot(
        _ bytes: UnsafeRawBufferPointer, of run: Run, isTraining: Bool,
        isSampled: Bool = false, finish: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws -> Snapshot {
        let (found, metadata) = try Safetensors.parse(bytes)
        try require(metadata, toBeOf: run)
        guard let step = metadata["step"].flatMap({ Int($0) }), step >= 0,
            run.schedule.beginsIteration(at: step)
        else {
            throw FolderError(
                "expected a step that ends an iteration, found \(metadata["step"] ?? "none")")
        }
        let arithmetic = metadata["arithmetic"] ?? "unknown"
        guard !isTraining || Lane.agrees(with: arithmetic, in: run.settings.precision) else {
            throw FolderError(
                "expected the arithmetic of this host (\(Lane.arithmetic)), found that of another (\(arithmetic)): the bits would differ"
            )
        }
        let networks = ClusterShape(run).networks.enumerated().map { number, network in
            Dictionary(
                uniqueKeysWithValues: network.components.filter {
                    !isSampled || run.isSampled($0, ofNetwork: number)
                }.map {
                    ($0, Storage.zeros(count: network.count))
                })
        }
        let snapshot = Snapshot(step: step, networks: networks)
        let byName = Dictionary(
            found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in entries(snapshot, of: run) {
            guard let tensor = byName[entry.tensor.name], tensor.shape == entry.tensor.shape else {
                throw FolderError(
                    "expected \(entry.tensor.name) \(entry.tensor.shape), found \(byName[entry.tensor.name].map { "\($0.shape)" } ?? "none")"
                )
            }
            let target = UnsafeMutableRawBufferPointer(mutating: entry.tensor.bytes)
            // A part at a time, so that a large array is not in memory twice.
            let most = 1 << 23
            for start in stride(from: 0, to: target.count, by: most) {
                let part = start..<min(start + most, target.count)
                let source = UnsafeRawBufferPointer(rebasing: tensor.bytes[part])
                UnsafeMutableRawBufferPointer(rebasing: target[part]).copyMemory(from: source)
                finish(source)
            }
        }
        return snapshot
    }

    private static func require(_ metadata: [String: String], toBeOf run: Run) throws {
        guard metadata["run"] == run.identity.description else {
            throw FolderError(
                "expected a checkpoint of the run that run.yaml describes, found one of another run of recipe \(metadata["recipe"] ?? "unknown")"
            )
        }
    }

    /// What a snapshot's files are named by: `00001875` after 1,875 iterations.
    static func paddedIteration(of snapshot: Snapshot, of run: Run) -> String {
        padded(snapshot.iteration(of: run))
    }

    static func padded(_ iteration: Int) -> String {
        let digits = String(iteration)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    private static func entries(_ snapshot: Snapshot, of run: Run) -> [(
        tensor: Safetensors.Entry, isMoment: Bool
    )] {
        // Networks stand in the order of their turns; a checkpoint has them the other way round.
        let numbers = Array(run.networks.indices.reversed())
        let parts =
            numbers.map { ($0, Component.weights) } + numbers.map { ($0, .average) }
            + numbers.map { ($0, .firstMoment) } + numbers.map { ($0, .secondMoment) }
        return parts.flatMap { number, component -> [(tensor: Safetensors.Entry, isMoment: Bool)] in
            guard let storage = snapshot.networks[number][component] else { return [] }
            let network = run.networks[number]
            let isMoment = component == .firstMoment || component == .secondMoment
            return network.layout.filter { isKept($0.entry.role, in: component) }.map {
                entry, range in
                let stride = MemoryLayout<Float>.stride
                let bytes = UnsafeRawBufferPointer(
                    rebasing: storage.bytes[
                        (range.lowerBound * stride)..<(range.upperBound * stride)])
                let name = [network.name, prefix(of: component), entry.name].compactMap(\.self)
                    .joined(separator: ".")
                return (Safetensors.Entry(name: name, shape: entry.shape, bytes: bytes), isMoment)
            }
        }
    }

    /// Scalars belong to a step, not to the state; only weights have moments.
    private static func isKept(_ role: ParameterTree.Role, in component: Component) -> Bool {
        switch component {
        case .weights, .average: role != .scalar
        case .firstMoment, .secondMoment: role == .weight
        }
    }

    private static func prefix(of component: Component) -> String? {
        switch component {
        case .weights: nil
        case .average: "average"
        case .firstMoment: "first-moment"
        case .secondMoment: "second-moment"
        }
    }
}
