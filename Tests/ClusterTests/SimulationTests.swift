import Testing

@Suite("A simulated cluster")
struct SimulationTests {
    @Test(
        "Through losses, delays, deaths and restarts, every checkpoint has the bits of one process",
        arguments: 0..<10)
    func survives(tens: Int) {
        for seed in (tens * 30)..<((tens + 1) * 30) {
            var simulation = Simulation(seed: UInt64(seed))
            let outcome = simulation.run()
            #expect(outcome.wrong.isEmpty, "seed \(seed): wrong at steps \(outcome.wrong)")
            #expect(outcome.isFinished, "seed \(seed): stuck")
        }
    }
}
