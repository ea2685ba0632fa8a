internal import NeuralNetworks
internal import Tensors

extension Network {
    /// How far each weight's columns are from orthogonal: Σ (WᵀW off the diagonal)² (Brock et al., 2019).
    ///
    /// The score's own weight, a single column, has no part in it.
    func distanceFromOrthogonal(_ pass: ForwardPass) -> Tensor {
        let terms = weights(of: pass).filter { $0.shape.rank > 1 }.map { weight in
            let rows = weight.shape[0]
            let matrix = weight.reshaped(to: [rows, weight.shape.dropFirst().elementCount])
            let products = matrix.matrixProduct(with: matrix, transposingOther: true)
            let offDiagonal = (0..<rows * rows).map { Float($0 % (rows + 1) == 0 ? 0 : 1) }
            return (products * Tensor(offDiagonal, shape: [rows, rows])).squared().sum()
        }
        return terms.reduce(Tensor(0)) { $0 + $1 }
    }
}
