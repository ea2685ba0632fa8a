import ArgumentParser
import Benchmarks
import Foundation
import Recipes
import Tensors

struct BenchmarkOperationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations",
        abstract: "Time each kernel on one lane, against the fastest matrix product.",
        discussion: """
            A convolution's rate counts what its plain definition multiplies and adds, so minimal filtering can exceed the
            machine's peak. Kernels that only move numbers show bytes a second instead.
            """)

    @Option(help: "float32 or bfloat16.")
    var precision = "float32"

    func run() throws {
        try reportingErrors {
            guard let precision = Precision(rawValue: precision) else {
                throw RecipeError("--precision: expected float32 or bfloat16, found '\(precision)'")
            }
            var peak = 0.0
            try OperationSpeed.measureAll(in: precision) { speed in
                let rate = speed.operations / speed.seconds / 1e9
                if speed.name.hasPrefix("matrix product") { peak = max(peak, rate) }
                let shown =
                    speed.operations > 0
                    ? "\(fixed(rate)) GFLOP/s  \(Int((100 * rate / peak).rounded()))% of the products above"
                    : "\(fixed(speed.bytes / speed.seconds / 1e9)) GB/s"
                let name = speed.name.padding(toLength: 44, withPad: " ", startingAt: 0)
                try tell("\(name) \(String(format: "%8.3f", speed.seconds * 1e3)) ms  \(shown)")
            }
        }
    }
}
