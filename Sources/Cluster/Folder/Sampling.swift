internal import Adversarial
internal import Evaluation
internal import Foundation
internal import Recipes

/// Draws samples from a checkpoint of a run's folder, the newest where none is named, into a PNG file.
///
/// - Returns: The iteration of that checkpoint.
package func drawSamples(
    fromRunIn folder: String, iteration: Int?, count: Int, seed: UInt64, label: Int? = nil,
    to output: String
) throws -> Int {
    let opened = try OpenedRun(folder: folder, iteration: iteration)
    let run = opened.run
    if let label {
        guard run.isConditional, (0..<run.classes).contains(label) else {
            throw RecipeError(
                run.isConditional
                    ? "--class: expected 0 to \(run.classes - 1), found \(label)"
                    : "--class: expected a run that draws by class, found \(run.recipe.name); 'fashion-conditional' does"
            )
        }
    }
    guard
        let picture = samplePicture(
            opened.snapshot, of: run, numbers: 0..<count, seed: seed, label: label)
    else {
        throw FolderError("\(folder): expected a generator to sample from, found none")
    }
    do { try picture.write(to: output) } catch { throw FolderError("\(error)") }
    return opened.iteration
}
