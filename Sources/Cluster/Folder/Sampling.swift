internal import Adversarial
internal import Evaluation
internal import Foundation
internal import Recipes

/// Draws samples from the newest checkpoint of a run's folder into a PNG file.
///
/// - Returns: The iteration of that checkpoint.
package func drawSamples(fromRunIn folder: String, count: Int, seed: UInt64, to output: String)
    throws -> Int
{
    let file = "\(folder)/run.yaml"
    guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw FolderError("\(folder): expected a run's folder with a run.yaml, found none")
    }
    let run = try Run(yaml: yaml, source: file)
    guard let snapshot = try Checkpoint.newest(in: folder, of: run) else {
        throw FolderError("\(folder)/checkpoints: expected a checkpoint, found none")
    }
    guard let picture = samplePicture(snapshot, of: run, numbers: 0..<count, seed: seed) else {
        throw FolderError("\(folder): expected a generator to sample from, found none")
    }
    do { try picture.write(to: output) } catch { throw FolderError("\(error)") }
    return snapshot.step / run.schedule.stepsPerIteration
}
