internal import NeuralNetworks
internal import Tensors

/// Makes a code for each frame of a clip, and a picture of each code.
struct ClipGenerator {
    /// The side of the first picture, which is doubled until it is large enough.
    static let smallest = 4

    private let motion: Recurrent
    private let decoder: Sequential
    private let motionSize: Int

    /// - Parameters:
    ///   - channels: Those of a frame.
    ///   - doublings: How often the smallest picture is doubled.
    init(
        _ tree: inout ParameterTree, channels: Int, doublings: Int,
        _ settings: MotionAndContentSettings
    ) {
        motionSize = settings.motionSize
        motion = Recurrent(&tree, "motion", cell: .gru, from: motionSize, units: motionSize)
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
        decoder = Sequential(layers)
    }

    /// The codes of all frames, `[clips · frames, content and motion]`.
    ///
    /// - Parameters:
    ///   - content: `[clips, content]`, the same in all frames of a clip.
    ///   - motion: `[clips, frames · motion]`, what is drawn for each frame; what comes of it depends on all frames before.
    func codes(_ content: Tensor, _ motion: Tensor, frames: Int, _ pass: ForwardPass) -> Tensor {
        let count = content.shape[0]
        let states = self.motion(motion.reshaped(to: [count, frames, motionSize]), pass)
        let contents = content.gathered((0..<(count * frames)).map { $0 / frames })
        return .concatenated(
            [contents, states.reshaped(to: [count * frames, motionSize])], along: 1)
    }

    /// Pictures `[codes, channels, side, side]` in -1...1.
    func pictures(_ codes: Tensor, _ pass: ForwardPass) -> Tensor { decoder(codes, pass) }
}
