import ArgumentParser
import Foundation
import Simulation

@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Train tiny networks in simulated clusters to which everything happens.",
        discussion: """
            Each seed is a cluster of its own. Every weight that a server gives out and every checkpoint is compared, bit
            for bit, with what one loop computes.
            """, subcommands: [Cost.self])

    @Option(help: "The first seed.")
    var from: UInt64 = 0

    @Option(help: "How many seeds.")
    var seeds: UInt64 = 10_000

    func run() throws {
        var (kills, restores, adoptions, repeated, violations, stuck) = (0, 0, 0, 0, 0, 0)
        for seed in from..<(from + seeds) {
            var simulation = Simulation(seed: seed)
            let outcome = simulation.run()
            kills += outcome.kills
            restores += outcome.restores
            adoptions += outcome.adoptions
            repeated += outcome.repeated
            violations += outcome.violations.count
            stuck += outcome.isFinished ? 0 : 1
            for violation in outcome.violations.prefix(1) { print("seed \(seed): \(violation)") }
            if !outcome.isFinished { print("seed \(seed): stuck") }
        }
        print(
            "seeds \(seeds)  kills \(kills)  restores \(restores)  adoptions \(adoptions)  repeated \(repeated)  violations \(violations)  stuck \(stuck)"
        )
        if violations + stuck > 0 { throw ExitCode.failure }
    }
}
