internal import Adversarial
package import Evaluation
internal import Foundation
package import Hashing
package import NeuralNetworks
package import Recipes
internal import Tensors
internal import Wire

/// A run's folder and one of its checkpoints, opened to be looked at.
package struct OpenedRun {
    package let run: Run
    package let iteration: Int
    let snapshot: Snapshot

    /// - Parameters:
    ///   - recipes: Those that the run may be of.
    ///   - iteration: That of the checkpoint; nil: the newest.
    /// - Throws: ``FolderError`` for a folder without a run or a checkpoint.
    package init(folder: String, among recipes: [Recipe], iteration: Int? = nil) throws {
        try self.init(
            Run(folder: folder, among: recipes), in: folder, iteration: iteration,
            isSampled: false)
    }

    /// - Parameters:
    ///   - run: The one that the folder is of.
    ///   - isSampled: Whether it is only to be sampled from: then no more of it is read.
    init(_ run: Run, in folder: String, iteration: Int?, isSampled: Bool) throws {
        guard
            let snapshot = try Checkpoint.newest(
                in: folder, of: run, at: iteration, isSampled: isSampled)
        else {
            let others = Checkpoint.iterations(in: folder).map(String.init).joined(separator: ", ")
            throw FolderError(
                "\(folder)/checkpoints: expected a checkpoint\(iteration.map { " of iteration \($0)" } ?? ""), found \(others.isEmpty ? "none" : others)"
            )
        }
        self.run = run
        self.snapshot = snapshot
        self.iteration = snapshot.iteration(of: run)
    }

    /// The score of a classifier that is trained on samples; nil for a run that does not draw images by class.
    package func accuracyScore(by evaluation: RunEvaluation) throws -> Metric? {
        try snapshot.sampledWeights(of: run).flatMap {
            try evaluation.accuracyScore($0, after: iteration)
        }
    }

    /// The hash of its weights, as training commands print it.
    package var weightsDigest: Digest { Checkpoint.weightsDigest(snapshot, of: run) }

    /// The class that a person calls by its name or number.
    ///
    /// - Parameter folder: The run's.
    package func label(called name: String, in folder: String) throws -> Int {
        try run.label(called: name, among: try DataExtract.classNames(in: folder))
    }

    /// The averaged weights of its generator.
    ///
    /// - Parameter folder: The run's.
    package func sampledWeights(in folder: String) throws -> NetworkWeights {
        guard let weights = snapshot.sampledWeights(of: run) else {
            throw FolderError("\(folder): expected averaged weights, found none")
        }
        return weights
    }

    /// What its samples are drawn with.
    ///
    /// - Parameter folder: The run's.
    package func sampleSource(in folder: String) throws -> SampleSource {
        try SampleSource(snapshot, of: run, in: folder)
    }

    /// What an evaluation says of this checkpoint.
    package func measured(by evaluation: RunEvaluation) throws -> [Metric] {
        try snapshot.measured(by: evaluation)
    }
}

extension Run {
    /// The run that a folder is of.
    ///
    /// - Parameter recipes: Those that it may be of.
    /// - Throws: ``FolderError`` where it is of none.
    init(folder: String, among recipes: [Recipe]) throws {
        let file = "\(folder)/run.yaml"
        guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw FolderError("\(folder): expected a run's folder with a run.yaml, found none")
        }
        try self.init(yaml: yaml, source: file, among: recipes)
    }
}

extension Run {
    /// Whether samples are drawn with a component of a network: a moving average, or weights where none is kept.
    func isSampled(_ component: Component, ofNetwork network: Int) -> Bool {
        network == Run.sampledNetwork
            && component == (averages[network] == nil ? .weights : .average)
    }
}

extension Snapshot {
    /// Whether all numbers are numbers.
    var isFinite: Bool {
        networks.allSatisfy { components in
            components.values.allSatisfy { storage in
                // A sum over what is no number is none.
                (0..<storage.count).reduce(Float(0)) { $0 + storage.pointer[$1] * 0 } == 0
            }
        }
    }

    /// What an evaluation says of it.
    func measured(by evaluation: RunEvaluation) throws -> [Metric] {
        let states = networks.compactMap { parts in
            ChunkNumbers(parts).map {
                RunEvaluation.NetworkState(
                    weights: $0.weights, average: $0.average, secondMoments: $0.second)
            }
        }
        return try evaluation.metrics(of: states, after: iteration(of: evaluation.run))
    }

    /// How many iterations it comes after.
    func iteration(of run: Run) -> Int { run.schedule.iteration(at: step) }

    /// The weights that samples are drawn with.
    ///
    /// - Parameter largestPackedCopy: The floats of a copy that kernels keep of an array, at most.
    func sampledWeights(of run: Run, largestPackedCopy: Int = .max) -> NetworkWeights? {
        let number = Run.sampledNetwork
        let components = networks[number]
        guard let buffer = components[.average] ?? components[.weights] else { return nil }
        return run.networks[number].weights(in: buffer, largestPackedCopy: largestPackedCopy)
    }
}
