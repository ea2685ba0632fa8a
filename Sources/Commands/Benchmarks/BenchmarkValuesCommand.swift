import ArgumentParser
import Benchmarks
import Foundation
import NeuralNetworks
import Platform
import Recipes
import Tensors

struct BenchmarkValuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "values",
        abstract: "Write what layers and a whole step compute, as safetensors.",
        discussion: """
            For each kind of layer: input x, weights w, output y, the gradients of sum(tanh(y) * u) for x and w, and those of the sum of
            the first one's squares. 'scripts/compare-with-pytorch' checks them all.
            """)

    @Argument(help: "The file to write.")
    var output: String

    @Option(help: "A safetensors file whose tensors 'step/NETWORK/WEIGHT' are computed with.")
    var weights: String?

    func run() throws {
        try reportingErrors {
            let given = try weights.map(readTensors) ?? [:]
            let values: [NamedValue]
            do { values = try referenceValues(given: given) } catch {
                throw RecipeError("\(weights ?? ""): \(error)")
            }
            let numbers = values.flatMap(\.value.scalars)
            let data = numbers.withUnsafeBytes { bytes in
                var offset = 0
                let entries = values.map { value in
                    let end = offset + value.value.count * MemoryLayout<Float>.stride
                    defer { offset = end }
                    return Safetensors.Entry(
                        name: value.name, shape: value.value.shape,
                        bytes: UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
                }
                return Data(Safetensors.header(entries, metadata: [("format", "pt")]))
                    + Data(bytes)
            }
            do { try UnfinishedFile.write(data, to: output) } catch {
                throw RecipeError("\(output): cannot be written: \(error)")
            }
        }
    }
}
