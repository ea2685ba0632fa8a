internal import Adversarial
internal import Datasets
internal import NeuralNetworks
internal import Tensors

/// Clips of things that stay what they are while they move: what is shown and how it moves are drawn apart, once for a clip
/// (after MoCoGAN; Tulyakov et al., 2018).
///
/// Only what moves smoothly can change from frame to frame, so a thing does not become another. By default a critic sees some frames of a clip and how far they are apart, and only these frames are made in training
/// (StyleGAN-V; Skorokhodov et al., 2022). Otherwise all frames are made, and one critic sees single frames, another whole
/// clips, as MoCoGAN has it.
struct MotionAndContent: Game {
    /// The field of fakes that has a frame of the same thing in a clip in which it moves in another way.
    static let sameThing = "same-thing"
    /// The stream of latent vectors from which such a clip draws how it moves.
    private static let otherMotion = 1

    let phases = [Phase(repeats: Sides(discriminator: 1, generator: 1))]
    private let generator: ClipGenerator
    private let critics: Critics
    private let clip: Field
    private let settings: MotionAndContentSettings

    private enum Critics {
        case fewFrames(Critic)
        case framesAndClips(Critic, Critic)
    }

    /// - Parameter clip: The field that is made, `[frames, channels, side, side]`.
    init(
        _ parameters: inout GameParameters, _ clip: Field, _ settings: MotionAndContentSettings,
        critics: CriticSettings
    ) {
        self.settings = settings
        self.clip = clip
        let (frames, channels, side) = (clip.shape[0], clip.shape[1], clip.shape[2])
        let doublings = (side / ClipGenerator.smallest).trailingZeroBitCount
        generator = ClipGenerator(
            &parameters.generator, frames: frames, channels: channels, doublings: doublings,
            settings)
        let (width, packing) = (settings.width, critics.augmentation.packing)
        switch settings.critics {
        case .fewFrames:
            self.critics = .fewFrames(
                Critic(&parameters, critics) { tree in
                    frameCritic(
                        &tree, frames: packing * settings.sampledFrames, channels: channels + 1,
                        halvings: doublings, width: width)
                })
        case .framesAndClips:
            self.critics = .framesAndClips(
                Critic(&parameters, named: "frames", critics) { tree in
                    frameCritic(
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
        let (count, frames) = (leaf.positions.count, clip.shape[0])
        let content = leaf.latents(settings.contentSize)
        func codes(_ stream: Int) -> Tensor {
            generator.codes(content, leaf.latents(settings.motionSize, stream: stream), pass)
        }
        guard leaf.isTraining else {
            let first = codes(Self.otherMotion).gathered((0..<count).map { $0 * frames })
            return [
                clip.name: whole(codes(Draw.motion), pass),
                Self.sameThing: generator.pictures(first, pass),
            ]
        }
        let rows = choice(leaf).rows
        let made = generator.pictures(codes(Draw.motion).gathered(rows), pass)
        return [
            clip.name: made.reshaped(
                to: Shape([count, rows.count / count] + made.shape.dropFirst()))
        ]
    }

    /// All frames of clips, not many of them at once: what layers hold in between is large.
    private func whole(_ codes: Tensor, _ pass: ForwardPass) -> Tensor {
        let frames = clip.shape[0]
        let count = codes.shape[0] / frames
        let clips = (0..<count).map { number in
            generator.pictures(codes.sliced(0, (number * frames)..<((number + 1) * frames)), pass)
        }
        let all = Tensor.concatenated(clips, along: 0)
        return all.reshaped(to: Shape([count, frames] + all.shape.dropFirst()))
    }

    func judge(_ fakes: () throws -> Examples, _ leaf: Leaf) throws {
        let choice = choice(leaf)
        let real = try choice.frames(of: leaf.reals[clip.name])
        func fake() throws -> Tensor { try fakes()[clip.name] }
        switch critics {
        case .fewFrames(let critic):
            try critic.learn(choice.timed(real), choice.timed(fake()), leaf)
        case .framesAndClips(let frames, let clips):
            try frames.learn(single(real, leaf), single(fake(), leaf), leaf)
            try clips.learn(volumes(real), volumes(fake()), leaf)
        }
    }

    func terms(_ fakes: () throws -> Examples, _ leaf: Leaf) throws -> [Tensor] {
        let choice = choice(leaf)
        let (real, fake) = try (choice.frames(of: leaf.reals[clip.name]), fakes()[clip.name])
        switch critics {
        case .fewFrames(let critic):
            return [try critic.loss(of: choice.timed(fake), against: choice.timed(real), leaf)]
        case .framesAndClips(let frames, let clips):
            return try [
                frames.loss(of: single(fake, leaf), against: single(real, leaf), leaf),
                clips.loss(of: volumes(fake), against: volumes(real), leaf),
            ]
        }
    }

    func scores(of examples: Examples, _ leaf: Leaf) throws -> Tensor? {
        let clips = examples[clip.name]
        switch critics {
        case .fewFrames(let critic):
            let choice = choice(leaf)
            return try critic.scores(of: choice.timed(choice.frames(of: clips)), leaf)
        case .framesAndClips(_, let critic): return try critic.scores(of: volumes(clips), leaf)
        }
    }

    /// The frames of a leaf's clips that are made and judged, which are drawn by counting.
    private func choice(_ leaf: Leaf) -> FrameChoice {
        let frames = clip.shape[0]
        switch critics {
        case .framesAndClips:
            return FrameChoice(
                leaf.positions.map { _ in Array(0..<frames) }, among: frames)
        case .fewFrames:
            let moments = leaf.uniform(settings.sampledFrames).map { draws in
                var left = Array(0..<frames)
                return draws.map { left.remove(at: Int($0 * Float(left.count))) }.sorted()
            }
            return FrameChoice(moments, among: frames)
        }
    }

    /// One frame of each whole clip, drawn by counting.
    private func single(_ clips: Tensor, _ leaf: Leaf) -> Tensor {
        let frames = clip.shape[0]
        let choice = FrameChoice(
            leaf.uniform(1).map { [Int($0[0] * Float(frames))] }, among: frames)
        return choice.frames(of: clips).reshaped(
            to: Shape([clips.shape[0]] + clips.shape.dropFirst(2)))
    }

    /// Clips as volumes, `[clips, channels, frames, height, width]`.
    private func volumes(_ clips: Tensor) -> Tensor { clips.permuted([0, 2, 1, 3, 4]) }
}

/// Some frames of each of some clips, in their order.
private struct FrameChoice {
    private let moments: [[Int]]
    private let count: Int

    /// - Parameters:
    ///   - moments: The numbers of the frames, as many of each clip.
    ///   - count: The frames of a whole clip.
    init(_ moments: [[Int]], among count: Int) { (self.moments, self.count) = (moments, count) }

    /// The same as rows of all frames of all clips.
    var rows: [Int] {
        moments.enumerated().flatMap { clip, moments in moments.map { clip * count + $0 } }
    }

    /// These frames of whole clips, `[clips, frames, channels, height, width]`.
    func frames(of clips: Tensor) -> Tensor {
        let all = clips.reshaped(to: Shape([clips.shape[0] * count] + clips.shape.dropFirst(2)))
        return all.gathered(rows).reshaped(
            to: Shape([clips.shape[0], moments[0].count] + clips.shape.dropFirst(2)))
    }

    /// The frames, which these are, as channels; each has one channel more, which says how long after the first it is: 0, to 1
    /// for a whole clip.
    ///
    /// To the critic time is a part of what it sees, so its slopes along it are penalized like all others.
    func timed(_ frames: Tensor) -> Tensor {
        let (clips, few) = (frames.shape[0], frames.shape[1])
        let (height, width) = (frames.shape[3], frames.shape[4])
        let times = moments.flatMap { moments in
            moments.map { Float($0 - moments[0]) / Float(count - 1) }
        }
        let planes = times.flatMap { Array(repeating: $0, count: height * width) }
        let all = Tensor.concatenated(
            [frames, Tensor(planes, shape: [clips, few, 1, height, width])], along: 2)
        return all.reshaped(to: [clips, few * all.shape[2], height, width])
    }
}

/// What generators of clips are, and what their critics see.
struct MotionAndContentSettings: SettingGroup {
    /// What the critics see of clips.
    enum Critics: String, CaseIterable, Sendable {
        case fewFrames = "few-frames"
        case framesAndClips = "frames-and-clips"
    }

    var contentSize = 48
    var motionSize = 12
    var width = 32
    var critics = Critics.fewFrames
    var sampledFrames = 4

    static let fields: [SettingField<Self>] = [
        .whole("content-size", \.contentSize, 1...4096, "length of the code of what is shown"),
        .whole("motion-size", \.motionSize, 1...1024, "length of the code of how it moves"),
        .whole("width", \.width, 1...1024, "channels next to the pictures"),
        .choice("critics", \.critics, "what the critics see"),
        .whole(
            "sampled-frames", \.sampledFrames, 2...64,
            "frames of a clip that are made and judged in training, with few-frames"),
    ]
}
