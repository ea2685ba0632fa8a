internal import NeuralNetworks
internal import Tensors

/// Makes a code for each frame of a clip, and a picture of each code.
struct ClipGenerator {
    /// The side of the first picture, which is doubled until it is large enough.
    static let smallest = 4

    private let motion: Oscillators
    private let decoder: Sequential

    /// - Parameters:
    ///   - channels: Those of a frame.
    ///   - doublings: How often the smallest picture is doubled.
    init(
        _ tree: inout ParameterTree, frames: Int, channels: Int, doublings: Int,
        _ settings: MotionAndContentSettings
    ) {
        motion = Oscillators(
            &tree, "motion", from: settings.motionSize, count: settings.motionSize, time: frames)
        let (width, smallest) = (settings.width, Self.smallest)
        var inputs = width << min(doublings - 1, 3)
        var layers: [any Layer] = [
            Linear(
                &tree, "project", from: settings.contentSize + 2 * settings.motionSize,
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
    ///   - motion: `[clips, motion]`: what decides how the clip moves.
    func codes(_ content: Tensor, _ motion: Tensor, _ pass: ForwardPass) -> Tensor {
        let states = self.motion(motion, pass)
        let (clips, frames) = (states.shape[0], states.shape[1])
        let contents = content.gathered((0..<(clips * frames)).map { $0 / frames })
        return .concatenated(
            [contents, states.reshaped(to: [clips * frames, states.shape[2]])], along: 1)
    }

    /// Pictures `[codes, channels, side, side]` in -1...1.
    func pictures(_ codes: Tensor, _ pass: ForwardPass) -> Tensor { decoder(codes, pass) }
}
