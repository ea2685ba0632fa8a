public import NeuralNetworks
public import Tensors

/// The parameters that the modules of a game declare, each in the buffer of its side.
public struct GameParameters {
    public var discriminator = ParameterTree()
    public var generator = ParameterTree()
    /// How fast penalties, noise and the like fall during training.
    let annealing: Annealing
    /// How many critics there are; each draws random numbers of its own.
    var critics = 0
    /// The largest weight that the discriminator side may have; nil means any.
    var weightClip: Float?

    init(_ annealing: Annealing) { self.annealing = annealing }
}

/// A part of what the generator side minimizes: it has a weight, and a name under which the run reports its value.
public struct Term: Sendable {
    private let weight: Float
    private let scalar: Scalar

    public init(_ parameters: inout GameParameters, _ name: String, weight: Float) {
        self.weight = weight
        scalar = parameters.generator.scalar(name)
    }

    /// The value times its weight; the report leaves the weight out.
    public func callAsFunction(_ value: Tensor, _ leaf: Leaf) -> Tensor {
        leaf.report(scalar, value.scalar)
        return value * weight
    }
}
