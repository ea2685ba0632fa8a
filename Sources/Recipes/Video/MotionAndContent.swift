internal import Adversarial
internal import Datasets
internal import NeuralNetworks
internal import Tensors

/// Clips of things that stay what they are while they move: what is shown is drawn once for a clip, and how it moves
/// once for each frame (MoCoGAN; Tulyakov et al., 2018).
///
/// By default a critic sees some frames of a clip and how far they are apart, and only these frames are made in training
/// (StyleGAN-V; Skorokhodov et al., 2022). Otherwise all frames are made, and one critic sees single frames, another whole
/// clips, as MoCoGAN has it.
struct MotionAndContent: Game {
    /// The field of fakes that has a frame of the same thing in a clip in which it moves in another way.
    static let again = "again"
    /// The stream of latent vectors from which such a clip draws how it moves.
    private static let otherMotion = 2

    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    private let generator: ClipGenerator
    private let judges: Judges
    private let frames: Int
    private let settings: MotionAndContentSettings

    private enum Judges {
        case fewFrames(Critic)
        case framesAndClips(Critic, Critic)
    }

    /// - Parameter clip: The field that is made, `[frames, channels, side, side]`.
    init(
        _ parameters: inout GameParameters, _ clip: Field, _ settings: MotionAndContentSettings,
        critics: CriticSettings
    ) {
        self.settings = settings
        let frames = clip.shape[0]
        self.frames = frames
        let (channels, side) = (clip.shape[1], clip.shape[2])
        let doublings = (side / ClipGenerator.smallest).trailingZeroBitCount
        generator = ClipGenerator(
            &parameters.generator, channels: channels, doublings: doublings, settings)
        let (width, packing) = (settings.width, critics.augmentation.packing)
        switch settings.judges {
        case .fewFrames:
            judges = .fewFrames(
                Critic(&parameters, critics) { tree in
                    fewFramesCritic(
                        &tree, frames: packing * settings.judgedFrames, channels: channels + 1,
                        halvings: doublings, width: width)
                })
        case .framesAndClips:
            judges = .framesAndClips(
                Critic(&parameters, named: "frames", critics) { tree in
                    fewFramesCritic(
                        &tree, frames: packing, channels: channels, halvings: doublings,
                        width: width)
                },
                Critic(&parameters, named: "clips", critics) { tree in
                    clipCritic(
                        &tree, frames: frames, channels: packing * channels, side: side,
                        width: width)
                })
        }
    }

    func fakes(_ leaf: Leaf) throws -> Examples {
        let pass = try leaf.generator
        let content = leaf.latents(settings.contentSize)
        func codes(_ stream: Int) -> Tensor {
            let motion = leaf.latents((frames + 1) * settings.motionSize, stream: stream)
            return generator.codes(content, motion, frames: frames, pass)
        }
        guard leaf.isTraining else {
            let first = (0..<leaf.positions.count).map { [$0 * frames] }
            return [
                Field.clip([]).name: whole(codes(Draw.motion), pass),
                Self.again: generator.pictures(
                    codes(Self.otherMotion).gathered(first.flatMap(\.self)), pass),
            ]
        }
        let rows = moments(leaf).flatMap(\.self)
        let made = generator.pictures(codes(Draw.motion).gathered(rows), pass)
        let count = leaf.positions.count
        return [
            Field.clip([]).name: made.reshaped(
                to: Shape([count, rows.count / count] + made.shape.dropFirst()))
        ]
    }

    /// All frames of clips, not many of them at once: what layers hold in between is large.
    private func whole(_ codes: Tensor, _ pass: ForwardPass) -> Tensor {
        let count = codes.shape[0] / frames
        let clips = (0..<count).map { clip in
            generator.pictures(codes.sliced(0, (clip * frames)..<((clip + 1) * frames)), pass)
        }
        let all = Tensor.concatenated(clips, along: 0)
        return all.reshaped(to: Shape([count, frames] + all.shape.dropFirst()))
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        let real = try chosen(leaf)
        func fake() throws -> Tensor { try fakes()[Field.clip([]).name] }
        switch judges {
        case .fewFrames(let critic):
            try critic.learn(timed(real, leaf), timed(fake(), leaf), leaf)
        case .framesAndClips(let frames, let clips):
            try frames.learn(single(real, leaf), single(fake(), leaf), leaf)
            try clips.learn(moving(real), moving(fake()), leaf)
        }
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let (real, fake) = try (chosen(leaf), fakes()[Field.clip([]).name])
        switch judges {
        case .fewFrames(let critic):
            return [try critic.loss(of: timed(fake, leaf), against: timed(real, leaf), leaf)]
        case .framesAndClips(let frames, let clips):
            return try [
                frames.loss(of: single(fake, leaf), against: single(real, leaf), leaf),
                clips.loss(of: moving(fake), against: moving(real), leaf),
            ]
        }
    }

    // MARK: What critics see

    /// The frames of each clip that are made and judged, as rows of all frames of all clips: in order, and drawn by
    /// counting.
    private func moments(_ leaf: Leaf) -> [[Int]] {
        guard settings.judges == .fewFrames else {
            return (0..<leaf.positions.count).map { Array(($0 * frames)..<(($0 + 1) * frames)) }
        }
        return leaf.uniform(settings.judgedFrames).enumerated().map { clip, draws in
            var left = Array(0..<frames)
            let chosen = draws.map { left.remove(at: Int($0 * Float(left.count))) }
            return chosen.sorted().map { clip * frames + $0 }
        }
    }

    /// Those frames of the real clips, `[clips, frames, channels, height, width]`.
    private func chosen(_ leaf: Leaf) throws -> Tensor {
        let clips = try leaf.reals[Field.clip([]).name]
        let rows = moments(leaf)
        let all = clips.reshaped(to: Shape([clips.shape[0] * frames] + clips.shape.dropFirst(2)))
        return all.gathered(rows.flatMap(\.self)).reshaped(
            to: Shape([clips.shape[0], rows[0].count] + clips.shape.dropFirst(2)))
    }

    /// Frames as channels; each has one channel more, which says how long after the first it is: 0, to 1 for a whole clip.
    private func timed(_ clips: Tensor, _ leaf: Leaf) -> Tensor {
        let (count, few) = (clips.shape[0], clips.shape[1])
        let (height, width) = (clips.shape[3], clips.shape[4])
        let times = moments(leaf).flatMap { rows in
            rows.map { Float($0 - rows[0]) / Float(frames - 1) }
        }
        let planes = times.flatMap { Array(repeating: $0, count: height * width) }
        let all = Tensor.concatenated(
            [clips, Tensor(planes, shape: [count, few, 1, height, width])], along: 2)
        return all.reshaped(to: [count, few * all.shape[2], height, width])
    }

    /// One frame of each clip, drawn by counting.
    private func single(_ clips: Tensor, _ leaf: Leaf) -> Tensor {
        let rows = leaf.uniform(1).enumerated().map { clip, draw in
            clip * frames + Int(draw[0] * Float(frames))
        }
        return clips.reshaped(to: Shape([clips.shape[0] * frames] + clips.shape.dropFirst(2)))
            .gathered(rows)
    }

    /// Clips as volumes, `[clips, channels, frames, height, width]`.
    private func moving(_ clips: Tensor) -> Tensor { clips.permuted([0, 2, 1, 3, 4]) }
}

/// What generators of clips are, and what their critics see.
struct MotionAndContentSettings: SettingGroup {
    /// What the critics see of clips.
    enum Judges: String, CaseIterable, Sendable {
        case fewFrames = "few-frames"
        case framesAndClips = "frames-and-clips"
    }

    var contentSize = 48
    var motionSize = 12
    var width = 32
    var judges = Judges.fewFrames
    var judgedFrames = 4

    static let fields: [SettingField<Self>] = [
        .whole("content-size", \.contentSize, 1...4096, "length of the code of what is shown"),
        .whole("motion-size", \.motionSize, 1...1024, "length of the code of how it moves"),
        .whole("width", \.width, 1...1024, "channels next to the pictures"),
        .choice("judges", \.judges, "what the critics see"),
        .whole(
            "judged-frames", \.judgedFrames, 2...64,
            "frames of a clip that are made and judged in training, with few-frames"),
    ]
}
