internal import NeuralNetworks
internal import PretrainedNetworks
internal import Tensors

/// A classifier to be trained: its network, and the logits that it gives.
struct ClassifierModel: Sendable {
    private let network: Network
    private let logits: @Sendable (Tensor, ForwardPass) -> Tensor

    /// One that names pictures: the classifier whose features measures compare.
    static func namer(_ example: Shape, classes: Int) -> ClassifierModel {
        let classifier = Classifier(example: example, classes: classes)
        return ClassifierModel(network: classifier.network) { classifier($0, $1).odds }
    }

    /// One that judges what it could learn from, of another architecture: what suits the one that named pictures may not suit others.
    static func judge(_ example: Shape, classes: Int) -> ClassifierModel {
        let (network, layers) = Network.single("judge") { tree in
            func halving(_ name: String, from inputs: Int, to outputs: Int) -> [any Layer] {
                [
                    Convolution(
                        &tree, name, from: inputs, to: outputs, kernel: 4, stride: 2, padding: 1,
                        hasBias: true), LeakyReLU(),
                ]
            }
            var layers = halving("down1", from: example[0], to: 32)
            layers += halving("down2", from: 32, to: 32)
            layers += [
                Residual(
                    Convolution(
                        &tree, "inner", from: 32, to: 32, kernel: 3, padding: 1, hasBias: true),
                    LeakyReLU())
            ]
            layers += halving("down3", from: 32, to: 64)
            let side = example[1] / 8
            layers += [
                Flatten(), Dropout(share: 0.3),
                Linear(&tree, "classes", from: 64 * side * side, to: classes),
            ]
            return Sequential(layers)
        }
        return ClassifierModel(network: network) { layers($0, $1) }
    }

    private init(
        network: Network, _ logits: @escaping @Sendable (Tensor, ForwardPass) -> Tensor
    ) {
        self.network = network
        self.logits = logits
    }

    /// What a step learns from.
    struct Step {
        let number: Int
        /// The logits of `rows` pictures, with gradients.
        let logits: (_ pictures: Tensor) -> Tensor
        /// The probabilities of classes by the weights so far, without gradients.
        let probabilities: (_ pictures: Tensor) -> Tensor
    }

    /// Trains with Adam and a rate that falls to zero; the result is a function of `random` and what `loss` gives.
    ///
    /// - Parameters:
    ///   - rows: How many pictures each step computes the logits of, once.
    ///   - loss: What a step minimizes, a scalar.
    func trained(
        steps: Int, rows: Int, _ random: RandomSource, loss: (Step) throws -> Tensor
    ) rethrows -> NetworkWeights {
        var buffer = network.initialWeights(random, number: 0)
        var spare = Storage.zeros(count: network.count)
        let moments = (
            Storage.zeros(count: network.count), Storage.zeros(count: network.count)
        )
        let range = network.range(of: .weight)
        for number in 0..<steps {
            let weights = network.weights(in: buffer)
            let pass = ForwardPass(
                weights, .training, isDifferentiable: true,
                noise: .init(
                    random, at: .init(.layers, iteration: number), positions: 0..<rows))
            let loss = try loss(
                Step(
                    number: number, logits: { logits($0, pass) },
                    probabilities: { pictures in
                        withoutGradients { probabilities(pictures, weights) }
                    }))
            let gradients = network.weightGradients(
                of: [loss], upstream: [Tensor(1)], from: pass)
            let message = network.message(gradients, from: [pass], weights)
            let left = 1 - Float(number) / Float(steps)
            Adam(rate: 2e-3 * left, beta1: 0.9, beta2: 0.999).update(
                buffer.view(range), into: spare.view(range), first: moments.0.view(range),
                second: moments.1.view(range), gradient: message.view(range), gradientScale: 1,
                update: number + 1)
            swap(&buffer, &spare)
        }
        return network.weights(in: buffer)
    }

    private func probabilities(_ pictures: Tensor, _ weights: NetworkWeights) -> Tensor {
        logits(pictures, ForwardPass(weights, .evaluation, isDifferentiable: false)).softmax()
    }

    /// The likeliest class of each picture, and how likely it is.
    func named(_ pictures: PictureSet, _ weights: NetworkWeights) -> [(label: Int, share: Float)] {
        stride(from: 0, to: pictures.count, by: 200).flatMap { start in
            withoutGradients {
                probabilities(
                    pictures.tensor(start..<min(start + 200, pictures.count)), weights
                ).likeliest
            }
        }
    }
}

extension Tensor {
    /// The likeliest class of each row of probabilities, and how likely it is.
    var likeliest: [(label: Int, share: Float)] {
        let (scalars, classes) = (value.scalars, shape[1])
        return (0..<shape[0]).map { row in
            let own = scalars[(row * classes)..<((row + 1) * classes)]
            let label = own.indices.max { own[$0] < own[$1] } ?? own.startIndex
            return (label - own.startIndex, own[label])
        }
    }
}
