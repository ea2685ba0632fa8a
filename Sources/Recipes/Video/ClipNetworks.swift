internal import NeuralNetworks
internal import Tensors

/// Makes a code for each frame of a clip, and a picture of each code.
struct ClipGenerator {
    /// The side of the first picture, which is doubled until it is large enough.
    static let smallest = 4

    private let motion: Recurrent
    private let painter: Sequential
    private let motionSize: Int

    /// - Parameters:
    ///   - channels: Those of a frame.
    ///   - doublings: How often the smallest picture is doubled.
    init(
        _ tree: inout ParameterTree, channels: Int, doublings: Int,
        _ settings: MotionAndContentSettings
    ) {
        motionSize = settings.motionSize
        motion = Recurrent(
            &tree, "motion", cell: .gru, from: 2 * motionSize, units: motionSize)
        let (width, smallest) = (settings.width, Self.smallest)
        var inputs = width << min(doublings - 1, 3)
        var layers: [any Layer] = [
            Linear(
                &tree, "project", from: settings.contentSize + motionSize,
                to: inputs * smallest * smallest, hasBias: false),
            Reshape(to: [inputs, smallest, smallest]),
            BatchNormalization(&tree, "norm0", channels: inputs), ReLU(),
        ]
        for step in 1...doublings {
            let outputs = width << max(0, min(doublings - 1 - step, 3))
            layers += [
                NearestUpsampling(),
                Convolution(
                    &tree, "up\(step)", from: inputs, to: outputs, kernel: 3, padding: 1),
                BatchNormalization(&tree, "norm\(step)", channels: outputs), ReLU(),
            ]
            inputs = outputs
        }
        layers += [
            Convolution(
                &tree, "image", from: inputs, to: channels, kernel: 3, padding: 1, hasBias: true),
            Tanh(),
        ]
        painter = Sequential(layers)
    }

    /// The codes of all frames, `[clips · frames, content and motion]`.
    ///
    /// - Parameters:
    ///   - content: `[clips, content]`, the same in all frames of a clip.
    ///   - motion: `[clips, (1 + frames) · motion]`: first what decides the whole clip's motion, then what each frame adds.
    func codes(_ content: Tensor, _ motion: Tensor, frames: Int, _ pass: ForwardPass) -> Tensor {
        let count = content.shape[0]
        let all = motion.reshaped(to: [count, 1 + frames, motionSize])
        let whole = all.sliced(1, 0..<1).broadcast(to: [count, frames, motionSize])
        let steps = Tensor.concatenated([whole, all.sliced(1, 1..<(1 + frames))], along: 2)
        let states = self.motion(steps, pass).reshaped(to: [count * frames, motionSize])
        let contents = content.gathered((0..<(count * frames)).map { $0 / frames })
        return .concatenated([contents, states], along: 1)
    }

    /// Pictures `[codes, channels, side, side]` in -1...1.
    func pictures(_ codes: Tensor, _ pass: ForwardPass) -> Tensor { painter(codes, pass) }
}

/// Scores of some frames in one picture's channels: what is seen in each alone comes together where pictures are small
/// (after StyleGAN-V; Skorokhodov et al., 2022).
///
/// - Parameter channels: Those of one frame.
func fewFramesCritic(
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
