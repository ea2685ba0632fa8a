internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

extension Recipe {
    /// Clothes that move in four ways, 16 frames of 32 x 32: what is shown and how it moves are known.
    static let movingClothes = Recipe(
        name: "moving-clothes",
        summary: "a video GAN that draws clothes which move, 16 frames of 32 x 32, grey",
        data: "Fashion-MNIST, set in motion by counting; Debian: dataset-fashion-mnist",
        measures: [Distances(), Diversity(), Classes(), ClassShares(), SameThing()],
        goals: [
            Goal("rarest-class", .atLeast(0.15)), Goal("commonest-class", .atMost(0.35)),
            Goal("sure-of-class", .atLeast(0.8)), Goal("same-thing", .atLeast(0.8)),
            Goal("commonest-thing", .atMost(0.4)),
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
                isHeldOut: request.part == .heldOut, isLabelled: request.isLabelled)
        }, depiction: .clip)
}
