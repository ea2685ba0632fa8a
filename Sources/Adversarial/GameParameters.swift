public import NeuralNetworks
public import Tensors

/// What the modules of a game declare, each in the buffer of its side.
public struct GameParameters {
    public var discriminator = ParameterTree()
    public var generator = ParameterTree()
    /// How fast what falls while training does so.
    let annealing: Annealing
    /// How many critics there are: each draws random numbers of its own.
    var critics = 0
    /// The largest weight that the discriminator side may have; nil: any.
    var weightClip: Float?

    init(_ annealing: Annealing) { self.annealing = annealing }
}

/// One part of what the generator side minimizes: a weight, and a name under which the run reports its value.
public struct Term: Sendable {
    private let weight: Float
    private let scalar: Scalar

    public init(_ parameters: inout GameParameters, _ name: String, weight: Float) {
        self.weight = weight
        scalar = parameters.generator.scalar(name)
    }

    /// The value times its weight; reported without it.
    public func callAsFunction(_ value: Tensor, _ leaf: Leaf) -> Tensor {
        leaf.report(scalar, value.scalar)
        return value * weight
    }
}
