import ArgumentParser
import Foundation
import Simulation

struct Cost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Measure what a push costs a parameter server and its workers.",
        discussion: """
            Processor time of the pure states alone, for chunks of 4 KiB: with few and many chunks, and with few and many workers.
            """)

    @Option(help: "Rounds, each of all cases in turn.")
    var rounds = 5

    func run() throws {
        let cases = [
            (10, 1), (100, 1), (1_000, 1), (10_000, 1), (7, 1), (7, 20), (7, 200), (7, 1_000),
        ]
        var times = cases.map { _ in [Double]() }
        for _ in 0..<rounds {
            for (index, (chunks, workers)) in cases.enumerated() {
                let steps = max(4, 200_000 / (chunks * workers) / 2 * 2)
                var load = ServerLoad(chunks: chunks, workers: workers, steps: steps)
                let begun = clock()
                load.run()
                let seconds = Double(clock() - begun) / Double(CLOCKS_PER_SEC)
                times[index].append(seconds / Double(load.pushes) * 1e6)
            }
        }
        print("chunks  workers  microseconds a push: median (minimum to maximum)")
        for ((chunks, workers), times) in zip(cases, times.map { $0.sorted() }) {
            print(
                String(
                    format: "%6d  %7d  %.2f (%.2f to %.2f)", chunks, workers,
                    times[times.count / 2], times[0], times[times.count - 1]))
        }
    }
}
