internal import NeuralNetworks
internal import Tensors

extension Network {
    /// How far the outputs of each affine layer are from orthogonal: the sum of the squared products of two different
    /// outputs' weights (Brock et al., 2019).
    ///
    /// Embeddings of classes, scales and biases are not counted.
    func distanceFromOrthogonal(_ pass: ForwardPass) -> Tensor {
        let names = layout.map(\.entry.name).filter { $0.hasSuffix(".weight") }
        let terms = names.compactMap { parameter(named: $0) }.map { parameter in
            let weight = pass[parameter]
            // Linear weights are [inputs, outputs]. The first dimension of a convolution is the one to which a kernel
            // belongs.
            let isLinear = weight.shape.rank == 2
            let matrix = weight.reshaped(
                to: [weight.shape[0], weight.shape.dropFirst().elementCount])
            let products = matrix.matrixProduct(
                with: matrix, transposingSelf: isLinear, transposingOther: !isLinear)
            let count = products.shape[0]
            let offDiagonal = (0..<count * count).map { Float($0 % (count + 1) == 0 ? 0 : 1) }
            return (products * Tensor(offDiagonal, shape: [count, count])).squared().sum()
        }
        return terms.reduce(Tensor(0)) { $0 + $1 }
    }
}
