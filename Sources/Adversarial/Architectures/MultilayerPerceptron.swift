public import NeuralNetworks

/// Fully connected networks with leaky units, for points and other small vectors.
public enum MultilayerPerceptron {
    /// From `[batch, inputs]` to `[batch, outputs]` through three hidden layers of `width` units.
    public static func network(_ name: String, from inputs: Int, to outputs: Int, width: Int)
        -> Network
    {
        Network(name) { tree in
            Sequential(
                Linear(&tree, "hidden1", from: inputs, to: width), LeakyReLU(),
                Linear(&tree, "hidden2", from: width, to: width), LeakyReLU(),
                Linear(&tree, "hidden3", from: width, to: width), LeakyReLU(),
                Linear(&tree, "output", from: width, to: outputs))
        }
    }
}
