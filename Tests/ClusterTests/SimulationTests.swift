import Simulation
import Testing

@Suite("A simulated cluster")
struct SimulationTests {
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
