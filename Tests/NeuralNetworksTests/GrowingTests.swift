import NeuralNetworks
import Tensors
import Testing

@Suite("Networks that grow")
struct GrowingTests {
    private let random = RandomSource(seed: 8)

    private let decoder = SingleModule("decoder") { growingDecoder(&$0) }
    private let encoder = SingleModule("encoder") { growingEncoder(&$0) }

    private func input(of network: SingleModule) -> Tensor {
        let shape: Shape = network.name == "decoder" ? [3, 2, 4, 2] : [3, 1, 16, 8]
        return Tensor(random.normal(shape.elementCount, at: .init(.data)), shape: shape)
    }

    /// What a network gives, and its message for the sum of the squares of that.
    private func result(_ network: SingleModule, growth: Float) -> (
        values: [Float], message: [Float]
    ) {
        let weights = network.weights(in: network.initialWeights(random, number: 0))
        let pass = ForwardPass(weights, .training, isDifferentiable: true, growth: growth)
        let output = network(input(of: network), pass)
        let gradients = network.weightGradients(
            of: [output.squared().sum()], upstream: [Tensor(1)], from: pass)
        let message = network.message(gradients, from: pass, weights)
        return (output.value.scalars, message.scalars)
    }

    private func parts(_ network: SingleModule, learningAt growth: Float) -> Set<String> {
        let message = result(network, growth: growth).message
        let used = network.layout.filter { message[$0.range].contains { $0 != 0 } }
        return Set(used.map { String($0.entry.name.prefix { $0 != "." }) })
    }

    @Test("A decoder's image is of full size, its pixels repeated until it has grown")
    func enlarged() {
        for (growth, side) in [(0, 4), (1, 2), (2, 1)] as [(Float, Int)] {
            let values = result(decoder, growth: growth).values
            #expect(values.count == 3 * 16 * 8)
            for (index, value) in values.enumerated() {
                let (row, column) = (index / 8 % 16, index % 8)
                let corner = index - row % side * 8 - column % side
                #expect(value == values[corner])
            }
        }
    }

    @Test("An encoder sees means of pixels until it has grown")
    func reduced() {
        let weights = encoder.weights(in: encoder.initialWeights(random, number: 0))
        for (growth, factor) in [(0, 4), (1, 2), (2, 1)] as [(Float, Int)] {
            let pass = ForwardPass(weights, .training, isDifferentiable: false, growth: growth)
            let images = input(of: encoder)
            let means = images.averagePooled(by: factor).upsampledNearest(by: factor)
            let features = encoder(images, pass)
            #expect(features.shape == [3, 2, 4, 2])
            #expect(isClose(features.value.scalars, encoder(means, pass).value.scalars, 1e-5))
        }
    }

    @Test("What has not grown yet is not computed, and has no gradient")
    func unused() {
        for network in [decoder, encoder] {
            #expect(parts(network, learningAt: 0) == ["block0", "image0"])
            #expect(
                parts(network, learningAt: 0.5) == ["block0", "image0", "block1", "image1"])
            #expect(parts(network, learningAt: 1) == ["block0", "block1", "image1"])
            #expect(
                parts(network, learningAt: 1.25)
                    == ["block0", "block1", "image1", "block2", "image2"])
            let all = parts(network, learningAt: .infinity)
            #expect(all == ["block0", "block1", "block2", "image2"])
            #expect(parts(network, learningAt: 2) == all)
        }
    }

    @Test("A doubling is faded in by its fraction, without a jump at either end")
    func fade() {
        for network in [decoder, encoder] {
            for level: Float in [0, 1] {
                func values(_ share: Float) -> [Float] {
                    result(network, growth: level + share).values
                }
                #expect(isClose(values(1e-4), values(0), 2e-3))
                #expect(isClose(values(1 - 1e-4), values(1), 2e-3))
                #expect(!isClose(values(0), values(1), 2e-1))
            }
        }
        // Where nothing bends after the blend, half-way is the mean.
        let ends = zip(result(decoder, growth: 1).values, result(decoder, growth: 2).values)
        #expect(isClose(result(decoder, growth: 1.5).values, ends.map { ($0 + $1) / 2 }, 1e-5))
    }

    @Test(
        "Slopes at images differentiate for the weights, in a fade too", arguments: [0.5, 1.25, 2])
    func slopes(growth: Float) {
        let buffer = encoder.initialWeights(random, number: 0)
        func penalty() -> (value: Tensor, pass: ForwardPass) {
            let pass = ForwardPass(
                encoder.weights(in: buffer), .training, isDifferentiable: true, growth: growth)
            let images = Tensor.variable(input(of: encoder).value)
            let output = encoder(images, pass).tanh().sum()
            let slopes = gradient(of: output, withRespectTo: images, isDifferentiable: true)
            return (slopes.squared().sum(), pass)
        }
        let (value, pass) = penalty()
        let gradients = encoder.weightGradients(of: [value], upstream: [Tensor(1)], from: pass)
        let message = encoder.message(gradients, from: pass, encoder.weights(in: buffer)).scalars
        for index in encoder.range(of: .weight) {
            let before = buffer.pointer[index]
            defer { buffer.pointer[index] = before }
            func moved(by step: Float) -> Float {
                buffer.pointer[index] = before + step
                return penalty().value.scalar
            }
            let slope = (moved(by: 4e-3) - moved(by: -4e-3)) / 8e-3
            #expect(abs(slope - message[index]) < 2e-2 * max(1, abs(slope)), "weight \(index)")
        }
    }

    @Test("A part that is computed again has grown as far as it had", arguments: [0, 0.5, 2])
    func computedAgain(growth: Float) {
        let again = SingleModule("decoder") { Checkpointed(growingDecoder(&$0)) }
        #expect(
            result(again, growth: growth).message == result(decoder, growth: growth).message)
    }

    @Test("A statistic that the pass had no use for stays as it is")
    func statistics() {
        let network = SingleModule("encoder") { tree in
            GrowingEncoder(
                (0...1).map { level in
                    Resolution(
                        block: level == 0 ? Sequential() : AveragePooling(),
                        image: Convolution(
                            &tree, "image\(level)", from: 1, to: 2, kernel: 1, scaling: .spectral))
                })
        }
        let message = result(network, growth: 0).message
        for (entry, range) in network.layout where entry.role == .statistic {
            let stays = message[range].allSatisfy { $0 == 1 }
            #expect(stays == entry.name.hasPrefix("image1"))
        }
    }

    private func isClose(_ a: [Float], _ b: [Float], _ tolerance: Float) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }
}

/// From `[batch, 2, height, width]` to `[batch, 1, 4 · height, 4 · width]`.
private func growingDecoder(_ tree: inout ParameterTree) -> GrowingDecoder {
    GrowingDecoder(
        (0...2).map { level in
            let features = features(&tree, level)
            return Resolution(
                block: level == 0 ? features : Sequential(NearestUpsampling(), features, Tanh()),
                image: Convolution(&tree, "image\(level)", from: 2, to: 1, kernel: 1))
        })
}

/// From `[batch, 1, 4 · height, 4 · width]` to `[batch, 2, height, width]`.
private func growingEncoder(_ tree: inout ParameterTree) -> GrowingEncoder {
    GrowingEncoder(
        (0...2).map { level in
            let features = features(&tree, level)
            return Resolution(
                block: level == 0 ? features : Sequential(features, Tanh(), AveragePooling()),
                image: Convolution(&tree, "image\(level)", from: 1, to: 2, kernel: 1))
        })
}

private func features(_ tree: inout ParameterTree, _ level: Int) -> Convolution {
    Convolution(&tree, "block\(level)", from: 2, to: 2, kernel: 3, padding: 1, hasBias: true)
}
