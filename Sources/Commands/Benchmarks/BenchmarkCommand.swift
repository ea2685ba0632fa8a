import ArgumentParser
import Foundation

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure this machine; write values that other libraries can compare with.",
        subcommands: [
            BenchmarkStepCommand.self, BenchmarkSamplingCommand.self,
            BenchmarkOperationsCommand.self, BenchmarkValuesCommand.self,
            BenchmarkMeasuresCommand.self,
        ])
}

/// Digits for a person: one after the point.
func fixed(_ value: Double) -> String { String(format: "%.1f", value) }
