internal import NeuralNetworks
internal import Tensors

/// Scores of some frames in one picture's channels: what is seen in each alone comes together where pictures are small
/// (after StyleGAN-V; Skorokhodov et al., 2022).
///
/// - Parameter channels: Those of one frame.
func frameCritic(
    _ tree: inout ParameterTree, frames: Int, channels: Int, halvings: Int, width: Int
) -> any Layer {
    var layers: [any Layer] = [SplitIntoParts(of: channels)]
    var inputs = channels
    for step in 1...halvings {
        let outputs = width << min(step - 1, 3)
        layers += [
            Convolution(
                &tree, "down\(step)", from: inputs, to: outputs, kernel: 4, stride: 2, padding: 1,
                hasBias: true), LeakyReLU(),
        ]
        inputs = outputs
    }
    let (joined, smallest) = (6 * width, ClipGenerator.smallest)
    layers += [
        JoinParts(frames),
        Convolution(
            &tree, "together", from: frames * inputs, to: joined, kernel: 3, padding: 1,
            hasBias: true), LeakyReLU(), Flatten(),
        Linear(&tree, "score", from: joined * smallest * smallest, to: 1),
    ]
    return Sequential(layers)
}

/// Scores of whole clips as volumes, `[batch, channels, frames, side, side]`, which convolutions halve in time and space (after
/// MoCoGAN; Tulyakov et al., 2018).
func clipCritic(
    _ tree: inout ParameterTree, frames: Int, channels: Int, side: Int, width: Int
) -> any Layer {
    precondition(
        frames.isMultiple(of: 8) && side.isMultiple(of: 8),
        "\(frames) frames of \(side) cannot be halved three times")
    var layers: [any Layer] = []
    var inputs = channels
    for (step, outputs) in [width, 2 * width, 4 * width].enumerated() {
        layers += [
            Convolution(
                &tree, "down\(step + 1)", from: inputs, to: outputs, kernel: 4, dimensions: 3,
                stride: 2, padding: 1, hasBias: true), LeakyReLU(),
        ]
        inputs = outputs
    }
    layers += [
        Flatten(),
        Linear(&tree, "score", from: inputs * (frames / 8) * (side / 8) * (side / 8), to: 1),
    ]
    return Sequential(layers)
}
