internal import Tensors

/// The scaling of a weight, which is applied each time before it is used.
public enum WeightScaling: String, CaseIterable, Sendable {
    case none
    /// The weight is stored with deviation 1 and multiplied by He's deviation when it is used, so that all weights
    /// learn at one rate (Karras et al., 2018).
    case equalized
    /// The weight is divided by its largest singular value, which one step of power iteration in each pass follows
    /// (Miyato et al., 2018).
    case spectral
}

/// A weight together with its scaling.
struct ScaledWeight: Sendable {
    let parameter: Parameter
    private let scaling: WeightScaling
    private let gain: Float
    /// The left singular vector, `[rows]`, a statistic that changes only in the network's own updates.
    private var singular: Parameter?

    /// - Parameters:
    ///   - inputs: How many numbers each result adds up.
    ///   - initially: The initializer, which is used unless the rate is equalized.
    init(
        _ tree: inout ParameterTree, _ name: String, _ shape: Shape, inputs: Int,
        scaling: WeightScaling, initially: Initializer?
    ) {
        self.scaling = scaling
        gain = (2 / Float(inputs)).squareRoot()
        let plain = initially ?? .heNormal(inputs)
        parameter = tree.weight(
            name, shape,
            initially: { if case .equalized = scaling { .normal(deviation: 1) } else { plain } }())
        if case .spectral = scaling {
            singular = tree.statistic("\(name).singular", [shape[0]], initially: 1)
        }
    }

    /// Whether passes leave nothing behind but results, as ``LinearizedCritic`` requires.
    var isStateless: Bool { singular == nil }

    /// The weight as it is used, computed from the parameter `weight`.
    func scaled(_ weight: Tensor, _ pass: ForwardPass) -> Tensor {
        switch scaling {
        case .none: weight
        case .equalized: weight * gain
        case .spectral: weight / singularValue(weight, pass)
        }
    }

    private func singularValue(_ weight: Tensor, _ pass: ForwardPass) -> Tensor {
        guard let singular else { return Tensor(1) }
        let matrix = weight.reshaped(to: [weight.shape[0], weight.shape.dropFirst().elementCount])
        let rows: Shape = [weight.shape[0], 1]
        // Singular vectors count as constants in the derivative.
        let (left, right) = withoutGradients {
            let fixed = matrix.detached()
            let before = normalized(pass[singular].reshaped(to: rows))
            let right = normalized(fixed.matrixProduct(with: before, transposingSelf: true))
            return (normalized(fixed.matrixProduct(with: right)), right)
        }
        pass.observe(singular, left.reshaped(to: [weight.shape[0]]).value)
        return left.matrixProduct(with: matrix, transposingSelf: true).matrixProduct(with: right)
            .reshaped(to: [])
    }

    private func normalized(_ vector: Tensor) -> Tensor { vector / vector.norm(over: [0]) }
}
