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
///   - conditions: What is asked of samples, such as "age>=60"; others are drawn again.
///   - output: A file's name, whose ending says what is written, or a folder; nil: `samples`, with the usual ending.
/// - Returns: The iteration of that checkpoint, where samples are, and how many were drawn for them.
/// - Throws: ``FolderError`` or ``RecipeError`` for what cannot be drawn, before the checkpoint is read where that can be told.
package func drawSamples(
    fromRunIn folder: String, among recipes: [Recipe], iteration: Int?, count: Int, _ draw: Draw,
    label: String? = nil, where conditions: [String] = [], to output: String?
) throws -> (iteration: Int, output: String, drawn: Int) {
    let run = try Run(folder: folder, among: recipes)
    guard draw.motionSeed == nil || run.recipe.kind == .clip else {
        throw RecipeError(
            "--motion-seed: expected a run of clips, found one of \(run.recipe.name)")
    }
    let label = try label.map {
        try run.label(called: $0, among: try DataExtract.classNames(in: folder))
    }
    let files = RunFiles(folder: folder)
    let path = output ?? "samples.\(run.recipe.depiction.formats[0].endings[0])"
    let selection =
        conditions.isEmpty ? nil : try run.recipe.depiction.selection(conditions, files)
    let output = try SampleOutput(path: path, count: count, of: run.recipe, readBy: files)
    let opened = try OpenedRun(run, in: folder, iteration: iteration, isSampled: true)
    do {
        let drawn = try drawSamples(
            opened.snapshot, of: run, in: folder, count: count, draw, label: label,
            where: selection, to: output)
        return (opened.iteration, path, drawn)
    } catch let error as PictureError { throw FolderError("\(error)") }
}

/// The least share of samples that may meet conditions: below it, rows would be drawn for ever.
private let leastShare = 1e-4

/// Draws samples of a snapshot's averaged network, and writes them as they come: memory does not grow with their number.
///
/// - Parameters:
///   - folder: The run's, for the examples that were kept with it.
///   - label: The class to draw, where the run draws by class; nil: each in turn.
///   - selection: Which samples are wanted; nil: all.
/// - Returns: How many were drawn, wanted or not.
/// - Throws: ``FolderError`` where hardly any samples are wanted ones.
@discardableResult
func drawSamples(
    _ snapshot: Snapshot, of run: Run, in folder: String, count: Int, _ draw: Draw,
    label: Int? = nil, where selection: SampleSelection? = nil, to output: SampleOutput
) throws -> Int {
    let source = try SampleSource(snapshot, of: run, in: folder)
    // What layers hold in between is many times as large as what they draw.
    let size = max(1, min(100, (3 << 18) / run.example.elementCount))
    var (drawn, written) = (0, 0)
    while written < count {
        let wanted = selection == nil ? min(size, count - written) : size
        let fakes = try source.fakes(drawn..<(drawn + wanted), draw, label: label)
        drawn += wanted
        var samples = run.samples(among: fakes)
        if let selection {
            let chosen = selection(samples).prefix(count - written)
            guard Double(written + chosen.count) >= leastShare * Double(drawn) - 10 else {
                throw FolderError(
                    "--where: expected conditions that one of \(Int(1 / leastShare)) samples meets, found \(written + chosen.count) of \(drawn); looser ones are met more often"
                )
            }
            guard !chosen.isEmpty else { continue }
            samples = Tensor(samples).gathered(Array(chosen)).value
        }
        switch output {
        case .together(let files):
            let beside = try run.shownBesideSamples(among: fakes)
            for file in files { try file.add(samples, beside: beside) }
        case .apart(let folder):
            for row in 0..<samples.shape[0] {
                let sample = Tensor(samples).gathered([row]).value
                let stem = "\(folder)/\(Checkpoint.padded(written + row))"
                for format in run.recipe.depiction.formats { try format.alone?(sample, stem) }
            }
        }
        written += samples.shape[0]
    }
    if case .together(let files) = output { for file in files { try file.finish() } }
    return drawn
}
