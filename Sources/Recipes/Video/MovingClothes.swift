internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import PretrainedNetworks
internal import Tensors

extension Recipe {
    /// Clothes that move in four ways, 16 frames of 32 x 32: what is shown and how it moves are known.
    static let movingClothes = Recipe(
        name: "moving-clothes",
        summary: "a video GAN that draws clothes which move, 16 frames of 32 x 32, grey",
        data: "Fashion-MNIST, set in motion by counting; Debian: dataset-fashion-mnist",
        measures: [Distances(), Classes(), ClassShares(), SameThing()],
        goals: [
            Goal("rarest-class", .atLeast(0.15)), Goal("commonest-class", .atMost(0.35)),
            Goal("sure-of-class", .atLeast(0.8)), Goal("same-thing", .atLeast(0.8)),
        ],
        defaults: Settings(
            run: .clips, optimizer: .clips, CriticSettings.clips, MotionAndContentSettings()),
        knownClasses: MovingPictures.Motion.allCases.count, classifierName: "moving-clothes",
        makeFields: { _ in [.clip([16, 1, 32, 32])] }, makeGame: motionAndContent,
        openData: { request in
            var pictures = request
            pictures.isLabelled = false
            return MovingPictures(
                try openFashion(pictures), side: 32, frames: 16, random: request.random,
                isLabelled: request.isLabelled)
        }, depiction: .clip)
}

/// The game of recipes of clips.
@Sendable func motionAndContent(
    _ recipe: Recipe, _ settings: Settings, _ parameters: inout GameParameters
) throws -> any Game {
    let (field, own) = (recipe.field(settings), settings[MotionAndContentSettings.self])
    let critics = settings[CriticSettings.self]
    guard critics.augmentation.kind == .none, critics.consistency == 0 else {
        throw SettingError(
            "augmentation, consistency", expected: "a recipe of images", found: recipe.name)
    }
    guard own.judgedFrames <= field.shape[0] else {
        throw SettingError(
            "judged-frames", expected: "at most \(field.shape[0]), the frames of a clip",
            found: own.judgedFrames)
    }
    return MotionAndContent(&parameters, field, own, critics: critics)
}

extension RunSettings {
    static let clips = RunSettings {
        $0.iterations = 4_000
        $0.batchSize = 16
        $0.microbatch = 8
        $0.checkpointEvery = 500
    }
}

extension OptimizerSettings {
    static let clips = OptimizerSettings {
        $0.learningRate = Sides(both: 3e-4)
        $0.beta1 = 0
        $0.beta2 = 0.99
        $0.annealing = RunSettings.clips.iterations
        $0.learningRateEnd = 0.1
    }
}

extension CriticSettings {
    static let clips = CriticSettings {
        $0.objective = .relativistic
        $0.r1 = 0.2
        $0.r2 = 0.2
    }
}

/// Measures whether a thing stays what it is when it moves in another way: the share of clips whose thing a classifier of
/// clothes takes for the same in a frame of another clip of that thing. For real clips it is another frame of the same
/// clip.
private struct SameThing: Measure {
    let usesExtractor = false

    func metrics(of subject: Subject) -> [Metric.Kind] { [.init("same-thing", better: .larger)] }

    func values(of samples: Observations, among reals: Reals) -> [Double] {
        guard let clothes = try? TrainedClassifier.included(for: "fashion") else { return [.nan] }
        let clips = samples.values()
        let (count, frames, side) = (clips.shape[0], clips.shape[1], clips.shape[3])
        let all = Tensor(clips).reshaped(to: [count * frames, 1, side, side])
        func frame(_ number: Int) -> NDArray {
            withoutGradients { all.gathered((0..<count).map { $0 * frames + number }).value }
        }
        let others =
            samples === reals.heldOut
            ? frame(frames / 2) : samples.values(of: MotionAndContent.again)
        let (own, other) = (
            clothes.read(centred(frame(0))).classes, clothes.read(centred(others)).classes
        )
        return [Double(zip(own, other).count { $0 == $1 }) / Double(count)]
    }

    /// What is in grey pictures `[count, 1, side, side]`, alone and as large as the classifier knows it, 28 x 28.
    private func centred(_ pictures: NDArray) -> NDArray {
        let (count, side, wanted) = (pictures.shape[0], pictures.shape[2], 28)
        let scalars = pictures.scalars
        var result: [Float] = []
        for picture in 0..<count {
            let pixels = scalars[(picture * side * side)..<((picture + 1) * side * side)]
            let seen = pixels.enumerated().filter { $0.element > -0.7 }.map(\.offset)
            let rows = seen.map { $0 / side }
            let columns = seen.map { $0 % side }
            let (top, bottom) = (rows.min() ?? 0, rows.max() ?? side - 1)
            let (left, right) = (columns.min() ?? 0, columns.max() ?? side - 1)
            let extent = Float(max(bottom - top, right - left) + 1)
            func pixel(_ row: Int, _ column: Int) -> Float {
                guard (0..<side).contains(row), (0..<side).contains(column) else { return -1 }
                return pixels[pixels.startIndex + row * side + column]
            }
            for row in 0..<wanted {
                let y = place(row, wanted, Float(top + bottom) / 2, extent)
                let above = Int(y.rounded(.down))
                for column in 0..<wanted {
                    let x = place(column, wanted, Float(left + right) / 2, extent)
                    let before = Int(x.rounded(.down))
                    let (down, across) = (y - Float(above), x - Float(before))
                    let upper =
                        pixel(above, before) * (1 - across) + pixel(above, before + 1) * across
                    let lower =
                        pixel(above + 1, before) * (1 - across) + pixel(above + 1, before + 1)
                        * across
                    result.append(upper * (1 - down) + lower * down)
                }
            }
        }
        return NDArray(result, shape: [count, 1, wanted, wanted])
    }

    /// Where a pixel of the wanted picture lies in a square around a middle.
    private func place(_ pixel: Int, _ wanted: Int, _ middle: Float, _ extent: Float) -> Float {
        middle + ((Float(pixel) + 0.5) / Float(wanted) - 0.5) * extent
    }
}
