package import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import Pictures
package import Recipes
internal import Tensors

/// How many samples of a seed there are.
package let sampleCounts = 1...(1 << 32 - 1)

/// Pieces in one MIDI file, at most: days of music, in memory until the file is written.
private let largestPiece = 100_000

/// Draws samples from a checkpoint of a run's folder, the newest where none is named.
///
/// - Parameter recipes: Those that the run may be of.
/// - Returns: The iteration of that checkpoint.
/// - Throws: ``FolderError`` or ``RecipeError`` for what cannot be drawn, before the checkpoint is read where that can be told.
package func drawSamples(
    fromRunIn folder: String, among recipes: [Recipe], iteration: Int?, count: Int, _ draw: Draw,
    label: String? = nil, to output: SampleOutput
) throws -> Int {
    let run = try Run(folder: folder, among: recipes)
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
            opened.snapshot, of: run, in: folder, count: count, draw, label: label, to: output
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
    _ snapshot: Snapshot, of run: Run, in folder: String, count: Int, _ draw: Draw,
    label: Int? = nil, to output: SampleOutput
) throws {
    let source = try SampleSource(snapshot, of: run, in: folder)
    let depiction = run.recipe.depiction
    func forEachBatch(
        _ body: (_ first: Int, _ samples: NDArray, _ fakes: Examples) throws -> Void
    ) throws {
        // What layers hold in between is many times as large as what they draw.
        let size = max(1, min(100, (3 << 18) / run.example.elementCount))
        for start in stride(from: 0, to: count, by: size) {
            let numbers = start..<min(start + size, count)
            let fakes = try source.fakes(numbers, draw, label: label)
            try body(start, run.samples(among: fakes), fakes)
        }
    }
    switch output {
    case .files(let picture, let music):
        let sheet = picture.map { SampleSheet(of: count, as: depiction, to: $0) }
        var piece = MIDIFile()
        try forEachBatch { _, samples, fakes in
            try sheet?.add(samples, beside: run.shownBesideSamples(among: fakes))
            if music != nil { for roll in depiction.rolls(of: samples) { piece.append(roll) } }
        }
        try sheet?.finish()
        if let music { try piece.write(to: music) }
    case .folder(let path):
        try forEachBatch { first, samples, _ in
            for (index, picture) in depiction.pictures(of: samples).enumerated() {
                try picture.write(to: "\(path)/\(Checkpoint.padded(first + index)).png")
            }
            for (index, roll) in depiction.rolls(of: samples).enumerated() {
                try MIDIFile([roll]).write(to: "\(path)/\(Checkpoint.padded(first + index)).mid")
            }
        }
    }
}
