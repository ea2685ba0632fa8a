internal import Foundation
package import NeuralNetworks
internal import Synchronization
package import Tensors

/// The trained generator of a game, to be applied to pictures on some lanes; how many there are does not change what it makes.
package struct Generator<Game: Sendable>: Sendable {
    package let game: Game
    private let weights: NetworkWeights
    private let precision: Precision
    let lanes: Int

    package init(_ game: Game, _ weights: NetworkWeights, _ precision: Precision, lanes: Int) {
        self.game = game
        self.weights = weights
        self.precision = precision
        self.lanes = lanes
    }

    /// Computes with the game on the calling thread, without gradients, in the precision of the run.
    func callAsFunction<Result>(_ body: (Game, ForwardPass) -> Result) -> Result {
        withPrecision(precision) {
            withoutGradients {
                body(game, ForwardPass(weights, .evaluation, isDifferentiable: false))
            }
        }
    }

    /// Calls `body` with each of 0..<count, some at once, without gradients.
    func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(lanes, count)) { _ in
            while case let number = next.add(1, ordering: .relaxed).oldValue, number < count {
                withoutGradients { body(number) }
            }
        }
    }
}
