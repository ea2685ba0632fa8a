import NeuralNetworks
import Tensors

/// A network of one module that can be called: what layers are tested as.
struct SingleModule {
    let network: Network
    let module: any Layer

    init(_ name: String, _ build: (inout ParameterTree) -> any Layer) {
        (network, module) = Network.single(name, build)
    }

    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor { module(input, pass) }

    var name: String { network.name }
    var layout: [Network.Placed] { network.layout }
    func range(of role: ParameterTree.Role) -> Range<Int> { network.range(of: role) }
    func weights(in buffer: Storage) -> NetworkWeights { network.weights(in: buffer) }

    func initialWeights(_ random: RandomSource, number: Int) -> Storage {
        network.initialWeights(random, number: number)
    }

    func weightGradients(of outputs: [Tensor], upstream: [Tensor], from pass: ForwardPass)
        -> [Tensor?]
    {
        network.weightGradients(of: outputs, upstream: upstream, from: pass)
    }

    func message(_ gradients: [Tensor?], from pass: ForwardPass, _ weights: NetworkWeights)
        -> Storage
    {
        network.message(gradients, from: [pass], weights)
    }
}
