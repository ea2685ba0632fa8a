import Adversarial
import Datasets
import NeuralNetworks
import Recipes
import Tensors
import Testing

@Suite("Methods: objectives, penalties, stabilizers, conditioning")
struct MethodTests {
    /// One network's step at fixed weights, as a function of them.
    private struct Step {
        let run: Run
        let turn: Turn
        let buffers: [Storage]
        let batch: Int
        let values: [Float]

        init(_ recipe: Recipe, _ changes: String, _ side: Side, batch: Int) throws {
            var settings = recipe.defaults
            for change in changes.split(separator: " ") {
                let parts = change.split(separator: "=").map(String.init)
                try settings.set(parts[0], to: parts[1], for: recipe)
            }
            let ring = try Run.openData(.ring, Recipe.ring.defaults, DataRequest(path: nil))
            run = try Run(recipe: recipe, settings: settings, manifest: ring.manifest)
            turn = Turn(side, iteration: 500)
            let random = run.step.random
            buffers = run.networks.enumerated().map { number, network in
                network.initialWeights(random, number: number)
            }
            self.batch = batch
            values = run.step.random.uniform(
                batch * run.example.elementCount, at: .init(.data), in: -0.9..<0.9)
        }

        var message: [Float] {
            get throws {
                let weights = zip(run.networks, buffers).map { $0.weights(in: $1) }
                return try run.message(turn, 0..<batch, weights: weights) {
                    run.examples(batch, values)
                }
            }
        }

        var network: Network { run.networks[turn.network] }

        func loss(moved part: Range<Int>, along direction: [Float], by step: Float) throws -> Float
        {
            let buffer = buffers[turn.network]
            let before = part.map { buffer.pointer[$0] }
            for (place, value) in zip(part, direction) { buffer.pointer[place] += step * value }
            defer { for (place, value) in zip(part, before) { buffer.pointer[place] = value } }
            // The first scalar is the loss.
            return try message[network.range(of: .scalar).lowerBound]
        }
    }

    /// Each parameter's gradient says how the loss changes along it, and a parameter without one changes nothing.
    private func expectGradients(_ recipe: Recipe, _ changes: String, batch: Int) throws {
        for side in Side.allCases {
            let step = try Step(recipe, changes, side, batch: batch)
            // A penalty on slopes jumps where a leaky unit turns: its gradient, which is compared with the tape and with
            // PyTorch elsewhere, does not tell of that, and differences do.
            let objective = step.run.settings[CriticSettings.self].objective
            if side == .discriminator && objective.gradientPenalty != nil { continue }
            let gradients = try step.message
            for (entry, range) in step.network.layout where entry.role == .weight {
                let own = Array(gradients[range])
                let norm = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let direction =
                    norm > 0
                    ? own.map { $0 / norm }
                    : own.indices.map { Float($0 % 2 * 2 - 1) / Float(own.count).squareRoot() }
                let reach = min(0.01, 0.005 / max(norm, 1e-6))
                let change =
                    try step.loss(moved: range, along: direction, by: reach)
                    - step.loss(moved: range, along: direction, by: -reach)
                let slope = change / (2 * reach)
                #expect(
                    abs(slope - norm) <= 0.12 * norm + 5e-3,
                    "\(changes) \(entry.name): the loss changes by \(slope), the gradient says \(norm)"
                )
            }
        }
    }

    @Test("Every objective's gradient is that of its loss", arguments: Objective.allCases)
    func objectives(objective: Objective) throws {
        try expectGradients(
            .ring,
            "objective=\(objective.rawValue) architecture=perceptron width=16 latent-size=4 r1=0 r2=0",
            batch: 16)
    }

    @Test(
        "So is every method's for points",
        arguments: [
            "packing=2", "noise=0.1", "minibatch-deviation=true", "top-k=0.5",
            "orthogonality=0.01", "critic-scaling=equalized",
            "penalty-end=0.5",
            "conditioning=concatenation", "conditioning=projection", "conditioning=classifier",
            "conditioning=classifier objective=wasserstein-gp",
            "r1=0.02 r2=0.02",
            "objective=non-saturating packing=4 minibatch-deviation=true noise=0.5",
        ])
    func points(changes: String) throws {
        try expectGradients(
            .ring,
            "architecture=perceptron width=16 latent-size=4 annealing=1000 r1=0 r2=0 \(changes)",
            batch: 16)
    }

    @Test(
        "And for images",
        arguments: [
            "augmentation=differentiable", "consistency=1", "architecture=r3gan objective=hinge",
            "architecture=sngan objective=hinge", "architecture=sagan objective=hinge",
            "conditioning=projection", "architecture=perceptron r2=0.1",
            // Iteration 500 of these fades in the first doubling, or the second, or comes after both.
            "architecture=progan growth=1500", "architecture=progan growth=600",
            "architecture=progan growth=600 conditioning=concatenation",
            "architecture=progan conditioning=projection",
        ])
    func images(changes: String) throws {
        try expectGradients(.fashion, "width=8 latent-size=4 \(changes)", batch: 8)
    }

    @Test("And for large images, whose channels small ones gate")
    func gated() throws {
        try expectGradients(
            .emoji,
            "architecture=fastgan resolution=64 width=2 latent-size=4 microbatch=4 r1=0", batch: 4)
    }

    @Test("A loss that cannot tell is the known one")
    func losses() {
        let unknown = Tensor([0, 0], shape: [2, 1])
        func values(_ losses: Losses) -> [Float] {
            var values: [Float] =
                switch losses.discriminator {
                case .ofEach(let reals, let fakes): [reals(unknown).scalar, fakes(unknown).scalar]
                case .ofBoth(let both): [both(unknown, unknown).scalar]
                }
            switch losses.generator {
            case .ofFakes(let loss): values.append(loss(unknown).scalar)
            case .ofBoth(let loss): values.append(loss(unknown, unknown).scalar)
            }
            return values
        }
        let log2: Float = 0.693147
        for (losses, expected): (Losses, [Float]) in [
            (.nonSaturating, [log2, log2, log2]), (.minimax, [log2, log2, -log2]),
            (.leastSquares, [0.5, 0, 0.5]), (.hinge, [1, 1, 0]), (.wasserstein, [0, 0, 0]),
            (.relativistic, [log2, log2]),
        ] {
            #expect(zip(values(losses), expected).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test("Annealing falls from the whole to its end, and stays there")
    func annealing() {
        let annealing = Annealing(iterations: 100)
        #expect(annealing.share(at: 0, end: 0.1) == 1)
        #expect(abs(annealing.share(at: 50, end: 0.1) - 0.55) < 1e-6)
        #expect(abs(annealing.share(at: 100, end: 0.1) - 0.1) < 1e-6)
        #expect(annealing.share(at: 5_000, end: 0.1) == annealing.share(at: 100, end: 0.1))
        #expect(Annealing(iterations: 0).share(at: 7, end: 0) == 1)
    }

    @Test(
        "Top-k learns from the best fakes alone: the others' latents have no part in the gradient")
    func topK() throws {
        let all = try Step(.ring, "annealing=100", .generator, batch: 16).message
        let best = try Step(.ring, "annealing=100 top-k=0.25", .generator, batch: 16).message
        #expect(all != best)
    }

    @Test("Clipping is asked for by the objective that bounds weights, and by no other")
    func clipping() throws {
        #expect(Objective.allCases.filter { $0.weightClip != nil } == [.wassersteinClipping])
        func clips(_ objective: Objective) throws -> [Float?] {
            try Step(.ring, "objective=\(objective.rawValue)", .discriminator, batch: 16).run
                .weightClips
        }
        #expect(try clips(.wassersteinClipping) == [0.01, nil])
        #expect(try clips(.hinge) == [nil, nil])
    }

    @Test(
        "What does not fit together is refused",
        arguments: [
            ("packing=3", "packing: expected a divisor of microbatch"),
            ("packing=2 conditioning=projection", "packing: expected 1 with conditioning"),
            ("noise=1 annealing=0", "annealing: expected the iterations"),
            ("architecture=dcgan", "architecture: expected one that draws [2]"),
            ("augmentation=differentiable", "expected a recipe of images"),
            ("growth=100", "growth: expected 0, since normalized-perceptron does not grow"),
            ("objective=hinges", "objective: expected one of minimax, non-saturating"),
        ])
    func refusals(changes: String, message: String) {
        let error = #expect(throws: SettingError.self) {
            _ = try Step(.ring, changes, .discriminator, batch: 16)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(message))
    }
}
