internal import Adversarial
internal import Evaluation
internal import Foundation
internal import Recipes
internal import Tensors

/// Draws samples, as a PNG or, of music, as a MIDI file, from a checkpoint of a run's folder, the newest where none is named.
///
/// - Returns: The iteration of that checkpoint.
package func drawSamples(
    fromRunIn folder: String, iteration: Int?, count: Int, seed: UInt64, label: String? = nil,
    to output: String
) throws -> Int {
    let opened = try OpenedRun(folder: folder, iteration: iteration, isSampled: true)
    let run = opened.run
    let label = try label.map {
        try run.label(called: $0, among: RunFolder.classNames(in: folder))
    }
    guard let samples = samples(opened.snapshot, of: run, 0..<count, seed: seed, label: label)
    else {
        throw FolderError("\(folder): expected a generator to sample from, found none")
    }
    if [".mid", ".midi"].contains(where: output.lowercased().hasSuffix) {
        guard let music = run.recipe.music else {
            throw FolderError(
                "--output: expected a PNG file, since \(run.recipe.name) makes no music, found \(output)"
            )
        }
        try MIDIFile(music(samples)).write(to: output)
    } else {
        do { try run.recipe.picture(samples).write(to: output) } catch {
            throw FolderError("\(error)")
        }
    }
    return opened.iteration
}

/// Samples of a snapshot's averaged generator, `[count, …]`.
///
/// - Parameter label: The class to draw, where the generator draws by class; nil: each in turn.
func samples(
    _ snapshot: Snapshot, of run: Run, _ numbers: Range<Int>, seed: UInt64, label: Int? = nil
) -> NDArray? {
    guard let weights = snapshot.sampledWeights(of: run) else { return nil }
    return withPrecision(run.settings.precision) {
        let labels = numbers.map { label ?? run.label(ofSample: $0) }
        return run.step.samples(
            numbers, seed: seed, labels: run.isConditional ? labels : nil, weights: weights,
            after: snapshot.iteration(of: run))
    }
}
