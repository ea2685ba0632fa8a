import Foundation
import Simulation
import Testing

@Suite("A simulated cluster")
struct SimulationTests {
    /// How many hundreds of clusters go through all misfortune: `scripts/test quick` asks for fewer, `scripts/simulate` for more.
    private static let hundreds =
        (ProcessInfo.processInfo.environment["SIMULATED_CLUSTERS"].flatMap { UInt64($0) } ?? 1_000)
        / 100

    @Test(
        "Any number of workers, slices, lanes and leaves, and any order of messages, has the bits of one process",
        arguments: [1, 2, 3, 4, 8])
    func topologies(workers: Int) {
        for slices in [0, 1, 2, 4] {
            for lanes in [1, 2] {
                for leaves in [1, 3, 5, 7, 8] {
                    for seed in 0..<3 as Range<UInt64> {
                        var simulation = Simulation(
                            seed: seed, workers: workers, lanes: lanes, slices: slices,
                            leaves: leaves)
                        let outcome = simulation.run()
                        #expect(
                            outcome.violations.isEmpty && outcome.isFinished,
                            "\(slices) slices, \(lanes) lanes, \(leaves) leaves, seed \(seed): \(outcome)"
                        )
                    }
                }
            }
        }
    }

    @Test(
        "Asked to end at any moment, one process or all, it stops at a whole iteration and repeats nothing",
        arguments: 1...40)
    func stops(tenths: Int) {
        for (slices, workers) in [(0, 1), (0, 3), (1, 2), (2, 3)] {
            var simulation = Simulation(
                seed: UInt64(tenths), workers: workers, lanes: 2, slices: slices, leaves: 4,
                stopsAt: tenths * 10)
            let outcome = simulation.run()
            #expect(
                outcome.violations.isEmpty && outcome.isFinished && outcome.repeated == 0,
                "\(slices) slices, \(workers) workers: \(outcome)")
        }
    }

    @Test(
        "Through losses, delays, deaths and restarts, every weight given out has the bits of one process",
        arguments: 0..<hundreds)
    func survives(hundred: UInt64) {
        for seed in (hundred * 100)..<((hundred + 1) * 100) {
            var simulation = Simulation(seed: seed)
            let outcome = simulation.run()
            #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations)")
            #expect(outcome.isFinished, "seed \(seed): stuck")
        }
    }
}
