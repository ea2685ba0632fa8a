import ArgumentParser
import Evaluation
import Foundation
import NeuralNetworks
import Recipes
import Tensors

struct BenchmarkMeasuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measures",
        abstract: "Print what each measure says of two sets of features, for comparing.",
        discussion: "'scripts/compare-measures' checks them against other implementations.")

    @Argument(
        help: "A safetensors file with the tensors 'samples' and 'reals', [count, features] each.")
    var input: String

    func run() throws {
        try reportingErrors {
            let given = try readTensors(input)
            func features(_ name: String) throws -> Features {
                guard let array = given[name], array.shape.rank == 2 else {
                    throw EvaluationError(
                        "\(input): expected '\(name)' of [count, features], found \(given[name].map { "\($0.shape)" } ?? "none")"
                    )
                }
                return Features(array)
            }
            let (samples, reals) = (try features("samples"), try features("reals"))
            guard samples.count == reals.count, samples.dimensions == reals.dimensions,
                samples.count > 5
            else {
                throw EvaluationError(
                    "\(input): expected more than five samples, and as many reals of as many features, found \(samples.count) x \(samples.dimensions) and \(reals.count) x \(reals.dimensions)"
                )
            }
            let near = Neighbourhoods(of: samples, among: reals)
            let distances = samples.distancesToNearest(of: reals)
            for (name, value) in [
                ("frechet", samples.frechetDistance(to: reals)),
                ("kernel", samples.kernelDistance(to: reals)),
                ("precision", near.precision), ("recall", near.recall),
                ("density", near.density), ("coverage", near.coverage),
                ("nearest", distances.reduce(0, +) / Double(distances.count)),
                (
                    "sliced",
                    samples.slicedWasserstein(
                        to: reals, directions: 2000, random: RandomSource(seed: 0))
                ),
            ] { try tell("\(name) \(value)") }
        }
    }
}
