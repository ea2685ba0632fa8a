internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

extension Recipe {
    /// Four-voice chorales by Johann Sebastian Bach, two bars at a time: no image, though networks of images draw it.
    public static let chorales = Recipe(
        name: "chorales", summary: "a DCGAN that writes two bars of a four-voice chorale",
        data: "JSB chorales, separated voices in sixteenths, as JSON; --data names the file",
        measures: [Bars(lowest: Chorales.lowest), Diversity()],
        defaults: choralesSettings,
        knownClasses: 0, makeFields: { _ in [Chorales.field] },
        openData: { request in
            guard let path = request.path else {
                throw DataError(
                    "chorales: expected --data, the JSON file of the chorales, found none; it is Jsb16thSeparated.json of github.com/czhuang/JSB-Chorales-dataset"
                )
            }
            return try Chorales(path: path, heldOut: request.part == .heldOut)
        },
        depiction: .roll(lowest: Chorales.lowest))

    private static let choralesSettings = Settings(
        run: RunSettings {
            $0.iterations = 4_000
            $0.checkpointEvery = 500
        },
        optimizer: OptimizerSettings { $0.learningRate = Sides(both: 1e-3) },
        CriticSettings { $0.r1 = 0.03 },
        NetworkSettings { $0.width = 32 },
        LatentSettings())
}
