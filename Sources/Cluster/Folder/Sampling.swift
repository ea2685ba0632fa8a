package import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import Pictures
package import Recipes
internal import Tensors

/// How many samples of a seed there are.
package let sampleCounts = 1...(1 << 32 - 1)

/// Draws samples from a checkpoint of a run's folder, the newest where none is named.
///
/// - Parameters:
///   - recipes: Those that the run may be of.
///   - output: A file's name, whose ending says what is written, or a folder.
/// - Returns: The iteration of that checkpoint.
/// - Throws: ``FolderError`` or ``RecipeError`` for what cannot be drawn, before the checkpoint is read where that can be told.
package func drawSamples(
    fromRunIn folder: String, among recipes: [Recipe], iteration: Int?, count: Int, _ draw: Draw,
    label: String? = nil, to output: String
) throws -> Int {
    let run = try Run(folder: folder, among: recipes)
    guard draw.motionSeed == nil || run.recipe.kind == .clip else {
        throw RecipeError(
            "--motion-seed: expected a run of clips, found one of \(run.recipe.name)")
    }
    let label = try label.map {
        try run.label(called: $0, among: try DataExtract.classNames(in: folder))
    }
    let output = try SampleOutput(path: output, count: count, of: run.recipe)
    let opened = try OpenedRun(run, in: folder, iteration: iteration, isSampled: true)
    do {
        try drawSamples(
            opened.snapshot, of: run, in: folder, count: count, draw, label: label, to: output)
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
    // What layers hold in between is many times as large as what they draw.
    let size = max(1, min(100, (3 << 18) / run.example.elementCount))
    for start in stride(from: 0, to: count, by: size) {
        let numbers = start..<min(start + size, count)
        let fakes = try source.fakes(numbers, draw, label: label)
        let samples = run.samples(among: fakes)
        switch output {
        case .together(let files):
            let beside = try run.shownBesideSamples(among: fakes)
            for file in files { try file.add(samples, beside: beside) }
        case .apart(let folder):
            for number in numbers {
                let row = Tensor(samples).gathered([number - start]).value
                let stem = "\(folder)/\(Checkpoint.padded(number))"
                for format in run.recipe.depiction.formats { try format.alone?(row, stem) }
            }
        }
    }
    if case .together(let files) = output { for file in files { try file.finish() } }
}
