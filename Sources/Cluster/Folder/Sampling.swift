internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import Recipes
internal import Tensors

/// How many samples of a seed there are.
package let sampleCounts = 1...(1 << 32 - 1)

/// Pieces in one MIDI file, at most: days of music, in memory until the file is written.
private let largestPiece = 100_000

/// Floats that are kept from batch to batch of a layer's weights as kernels want them, at most: 4 MB.
///
/// Of pictures of 256 pixels they would be three times as large as the weights; without them such a picture takes two fifths
/// more time. Those of 64 pixels and less take no more.
private let largestPackedCopy = 1 << 20

/// Draws samples from a checkpoint of a run's folder, the newest where none is named.
///
/// - Returns: The iteration of that checkpoint.
/// - Throws: ``FolderError`` or ``RecipeError`` for what cannot be drawn, before the checkpoint is read where that can be told.
package func drawSamples(
    fromRunIn folder: String, iteration: Int?, count: Int, seed: UInt64, label: String? = nil,
    to output: SampleOutput
) throws -> Int {
    let run = try Run(folder: folder)
    if case .files(_, .some) = output, count > largestPiece {
        throw FolderError(
            "--count: expected at most \(largestPiece) in one MIDI file, found \(count); a folder takes any number"
        )
    }
    let label = try label.map {
        try run.label(called: $0, among: try DataExtract.classNames(in: folder))
    }
    try output.prepare(for: run.recipe)
    let opened = try OpenedRun(run, in: folder, iteration: iteration, isSampled: true)
    do {
        try drawSamples(
            opened.snapshot, of: run, in: folder, count: count, seed: seed, label: label, to: output
        )
    } catch let error as PictureError { throw FolderError("\(error)") }
    return opened.iteration
}

/// Draws samples of a snapshot's averaged network, and writes them as they come: memory does not grow with their number.
///
/// - Parameters:
///   - folder: The run's, for the examples that were kept with it.
///   - label: The class to draw, where the run draws by class; nil: each in turn.
func drawSamples(
    _ snapshot: Snapshot, of run: Run, in folder: String, count: Int, seed: UInt64,
    label: Int? = nil, to output: SampleOutput
) throws {
    guard let weights = snapshot.sampledWeights(of: run, largestPackedCopy: largestPackedCopy)
    else { return }
    let depiction = run.recipe.depiction
    let examples = try DataExtract.examples(in: folder, of: run)
    func forEachBatch(_ body: (_ first: Int, _ samples: NDArray) throws -> Void) throws {
        // What layers hold in between is many times as large as what they draw.
        let size = max(1, min(100, (3 << 18) / run.example.elementCount))
        for start in stride(from: 0, to: count, by: size) {
            let numbers = start..<min(start + size, count)
            let given =
                run.isConditional
                ? Examples(labels: numbers.map { label ?? run.label(ofSample: $0) })
                : examples?.inTurn(numbers) ?? [:]
            let samples = try run.samples(
                numbers, seed: seed, given: given, weights: weights,
                after: snapshot.iteration(of: run))
            try body(start, samples)
        }
    }
    switch output {
    case .files(let picture, let music):
        let sheet = picture.map { SampleSheet(of: count, as: depiction, to: $0) }
        var piece = MIDIFile()
        try forEachBatch { _, samples in
            try sheet?.add(samples)
            if music != nil { for roll in depiction.rolls(of: samples) { piece.append(roll) } }
        }
        try sheet?.finish()
        if let music { try piece.write(to: music) }
    case .folder(let path):
        try forEachBatch { first, samples in
            for (index, picture) in depiction.pictures(of: samples).enumerated() {
                try picture.write(to: "\(path)/\(Checkpoint.padded(first + index)).png")
            }
            for (index, roll) in depiction.rolls(of: samples).enumerated() {
                try MIDIFile([roll]).write(to: "\(path)/\(Checkpoint.padded(first + index)).mid")
            }
        }
    }
}
