internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

extension Recipe {
    /// Clips of a user's own, as folders of frames.
    static let clips = Recipe(
        name: "clips", summary: "a video GAN that draws clips like those in folders of frames",
        data:
            "any folder that has a folder of PNG, JPEG or WebP frames for each clip; --data names it",
        // A thousand clips of 64 px take 800 MB.
        measures: [Distances(usualCount: 1_000), PrecisionAndRecall(), Diversity()],
        defaults: Settings(
            run: .clips, optimizer: .clips, ImageSettings(), ClipSettings(), CriticSettings.clips,
            MotionAndContentSettings()), resolutions: [32, 64],
        makeFields: { settings in
            let image = colourImage(settings)[0].shape
            return [.clip(Shape([settings[ClipSettings.self].frames] + image))]
        }, makeGame: motionAndContent,
        openData: { request in
            guard let path = request.path else {
                throw DataError(
                    "clips: expected --data, a folder that has a folder of frames for each clip, found none"
                )
            }
            let settings = request.settings[ClipSettings.self]
            return try ClipFolder(
                path: path, side: request.settings[ImageSettings.self].resolution,
                frames: settings.frames, stride: settings.stride, part: PicturePart(request.part),
                isStrict: request.isStrict, say: request.say)
        }, depiction: .clip)
}

/// What an example is of a user's clips.
struct ClipSettings: SettingGroup {
    var frames = 16
    var stride = 1

    static let fields: [SettingField<Self>] = [
        .whole("frames", \.frames, 8...64, "frames of a clip, a multiple of 8"),
        .whole("stride", \.stride, 1...1000, "how far apart these are among all frames"),
    ]

    func validate(among settings: Settings) throws {
        guard frames.isMultiple(of: 8) else {
            throw SettingError("frames", expected: "a multiple of 8", found: frames)
        }
    }
}
