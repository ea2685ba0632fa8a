import ArgumentParser
import Foundation

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure this machine; write values that other libraries can compare with.",
        subcommands: [
            BenchmarkStepCommand.self, BenchmarkSamplingCommand.self,
            BenchmarkOperationsCommand.self, BenchmarkValuesCommand.self,
        ])
}

/// Digits for a person: one after the point.
func fixed(_ value: Double) -> String { String(format: "%.1f", value) }

/// A clock that only counts up, in seconds.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
