import Simulation
import Testing

@Suite("A simulated cluster")
struct SimulationTests {
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
        "Through losses, delays, deaths and restarts, every weight given out has the bits of one process",
        arguments: 0..<10)
    func survives(thousands: UInt64) {
        for seed in (thousands * 1_000)..<((thousands + 1) * 1_000) {
            var simulation = Simulation(seed: seed)
            let outcome = simulation.run()
            #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations)")
            #expect(outcome.isFinished, "seed \(seed): stuck")
        }
    }
}
