internal import Adversarial
internal import Datasets
internal import Hashing
public import Evaluation
public import NeuralNetworks
internal import Tensors

/// Measures a run's generators against real examples, which are read and seen through the extractor once.
public struct RunEvaluation: Sendable {
    public let run: Run
    /// How many samples are drawn, and how many real examples they are compared with.
    public let count: Int
    public let seed: UInt64
    public let extractor: FeatureExtractor?
    /// What its user should know of the data.
    public private(set) var notes: [String] = []
    private let reals: Reals

    private struct Reals: Sendable {
        /// `count` training examples, in the order of the first epoch, and as many of those that were held out, shuffled.
        var training: NDArray
        var trainingLabels: [Int]?
        var heldOut: NDArray
        var heldOutLabels: [Int]?
        var trainingFeatures: Features
        var heldOutFeatures: Features
        var bins: Bins
        /// Nearer than this, two examples are alike.
        var alike: Double
    }

    /// The number of samples that a recipe's measures are usually stated for.
    public static func usualCount(for recipe: Recipe) -> Int {
        switch recipe.acceptance.measure {
        case .modes: 2_500
        case .stackedDigits: 26_000
        case .frechetDistance, .classAccuracy, .speed: 5_000
        case .bars: 1_000
        }
    }

    /// The extractor that suits a recipe's examples, where nobody names another: the classifier that comes with the program, or
    /// random convolutions.
    ///
    /// Points need none.
    public static func usualExtractor(for run: Run) throws -> FeatureExtractor? {
        guard case .images = run.recipe.form else { return nil }
        if let name = run.recipe.classifierName, let found = try FeatureExtractor.bundled(for: name)
        {
            return found
        }
        return .randomConvolutions(of: run.example)
    }

    /// Reads the real examples.
    ///
    /// - Parameter path: The folder of the data, where it is not where its package puts it.
    /// - Throws: ``DataError``, or ``EvaluationError`` where the extractor does not suit.
    public init(
        of run: Run, count: Int, seed: UInt64, extractor: FeatureExtractor?, path: String?
    ) throws {
        self.run = run
        self.seed = seed
        self.extractor = extractor
        try Self.check(extractor, for: run)
        let hasClasses = run.classes > 0
        func open(_ part: DataRequest.Part) throws -> any Dataset {
            try Run.openData(
                run.recipe, run.settings, DataRequest(path: path, part: part),
                isLabelled: hasClasses)
        }
        let (training, heldOut) = (try open(.training), try open(.heldOut))
        for note in training.notes { self.notes.append(note) }
        let manifest =
            hasClasses == run.isConditional
            ? training.manifest
            : try Run.openData(run.recipe, run.settings, DataRequest(path: path)).manifest
        guard manifest == run.manifest else {
            throw DataError(
                "data: expected the run's \(run.manifest.count) examples (\(run.manifest.digest.description.prefix(12))…), found \(manifest.count) (\(manifest.digest.description.prefix(12))…); --data names what it was trained on"
            )
        }
        let count = min(count, training.count, heldOut.count)
        guard count >= 10 else {
            throw EvaluationError(
                "data: expected at least 10 held-out examples to compare with, found \(heldOut.count); without a folder of its own, every tenth is held out"
            )
        }
        self.count = count
        func numbers(_ data: any Dataset, _ random: RandomSource) -> [Int] {
            (0..<count).map(Sampler(count: data.count, random: random).example)
        }
        let (examples, trainingLabels) = try training.examples(numbers(training, run.step.random))
        let (others, labels) = try heldOut.examples(numbers(heldOut, RandomSource(seed: seed)))
        let features = Self.features(examples, extractor)
        reals = Reals(
            training: examples, trainingLabels: trainingLabels, heldOut: others,
            heldOutLabels: labels, trainingFeatures: features,
            heldOutFeatures: Self.features(others, extractor),
            bins: Bins(of: features, random: RandomSource(seed: seed)),
            alike: features.few.smallestDistances)
    }

    /// All figures that suit the recipe, of the generator with these weights.
    public func measure(_ weights: NetworkWeights) -> [Figure] {
        let labels = (0..<count).map(run.label)
        let samples = samples(weights, labels: run.isConditional ? labels : nil)
        switch run.recipe.acceptance.measure {
        case .modes(let mixture):
            let features = Features(samples)
            return modes(of: mixture, samples) + distances(features) + diversity(features)
        case .stackedDigits:
            let features = Self.features(samples, extractor)
            return stackedModes(samples) + diversity(features)
        case .bars(let lowest):
            return bars(samples, lowest: lowest) + diversity(Features(samples))
        case .frechetDistance, .classAccuracy, .speed:
            let features = Self.features(samples, extractor)
            return distances(features) + neighbourhoods(features) + diversity(features)
                + classes(samples, run.isConditional ? labels : nil)
        }
    }

    /// How well a classifier that was trained on samples names held-out real examples, beside one that was trained on as many
    /// real ones (the classification accuracy score; Ravuri & Vinyals, 2019).
    ///
    /// - Parameter epochs: How often either sees each of its examples.
    /// - Returns: nil for a generator that does not draw by class, or no images.
    public func accuracyScore(_ weights: NetworkWeights, epochs: Int = 12) throws -> Figure? {
        guard run.isConditional, case .images = run.recipe.form,
            let trainingLabels = reals.trainingLabels, let heldOutLabels = reals.heldOutLabels
        else { return nil }
        let heldOut = ArrayExamples(reals.heldOut, labels: heldOutLabels)
        func accuracy(_ training: ArrayExamples) throws -> Double {
            try TrainedClassifier(
                training: training, heldOut: heldOut, recipe: run.recipe.name, classes: run.classes,
                epochs: epochs, random: RandomSource(seed: seed), observe: { _, _ in }
            ).accuracy
        }
        let labels = (0..<count).map(run.label)
        let samples = ArrayExamples(samples(weights, labels: labels), labels: labels)
        return Figure(
            "accuracy-score", try accuracy(samples),
            real: try accuracy(ArrayExamples(reals.training, labels: trainingLabels)),
            better: .larger)
    }

    /// The names of the figures that it gives.
    public var figureNames: [String] {
        let distances = ["frechet-distance", "kernel-distance", "sliced-wasserstein"]
        let diversity = ["missed-share", "pair-distance", "support"]
        let modes = ["modes", "good-samples", "mode-kl"]
        switch run.recipe.acceptance.measure {
        case .modes: return modes + distances + diversity
        case .stackedDigits: return modes + diversity
        case .bars:
            return ["pitch-classes", "empty-bars", "qualified-notes", "tonal-distance"] + diversity
        case .frechetDistance, .classAccuracy, .speed:
            return distances + ["precision", "recall", "density", "coverage"] + diversity
                + ["nearest-training-example"]
                + (ownClassifier == nil ? [] : ["classes", "class-kl"])
                + (ownClassifier != nil && run.isConditional ? ["class-accuracy"] : [])
        }
    }

    private static func check(_ extractor: FeatureExtractor?, for run: Run) throws {
        if case .stackedDigits = run.recipe.acceptance.measure {
            guard let digits = extractor?.trained, digits.classifier.classes == 10,
                digits.classifier.example == Shape([1] + run.example.dropFirst())
            else {
                throw EvaluationError(
                    "the extractor: expected a classifier of ten digits, found \(extractor?.name ?? "none")"
                )
            }
            return
        }
        guard let extractor else { return }
        guard case .images = run.recipe.form else {
            throw EvaluationError(
                "the extractor: expected none, since \(run.recipe.name) draws no images, found \(extractor.name)"
            )
        }
        guard extractor.example == run.example else {
            throw EvaluationError(
                "the extractor: expected one of images of \(run.example), found one of \(extractor.example)"
            )
        }
    }

    /// The classifier that tells the recipe's own classes apart, if the extractor is one.
    private var ownClassifier: TrainedClassifier? {
        guard let trained = extractor?.trained, trained.classifier.classes == run.classes,
            [run.recipe.name, run.recipe.classifierName].contains(trained.recipe)
        else { return nil }
        return trained
    }

    // MARK: Parts

    private func samples(_ weights: NetworkWeights, labels: [Int]?) -> NDArray {
        withPrecision(run.settings.precision) {
            run.step.samples(0..<count, seed: seed, labels: labels, weights: weights)
        }
    }

    private static func features(_ examples: NDArray, _ extractor: FeatureExtractor?) -> Features {
        guard let extractor else { return Features(examples) }
        let found = examples.shape.dropFirst()
        if extractor.example == found { return extractor.features(examples) }
        // A colour's channels are images of their own to an extractor of grey ones.
        if extractor.example == Shape([1] + found.dropFirst()) {
            let channels = extractor.features(channels(of: examples))
            return Features(
                count: examples.shape[0], dimensions: channels.dimensions * found[0],
                values: channels.values)
        }
        preconditionFailure("the extractor was checked before")
    }

    private static func channels(of images: NDArray) -> NDArray {
        Tensor(images).reshaped(
            to: Shape([images.shape[0] * images.shape[1], 1] + images.shape.dropFirst(2))
        ).value
    }

    private func modes(of mixture: GaussianMixture, _ samples: NDArray) -> [Figure] {
        func coverage(_ points: NDArray) -> ModeCoverage {
            ModeCoverage(points: points, centres: mixture.centres, deviation: mixture.deviation)
        }
        return figures(coverage(samples), real: coverage(reals.heldOut))
    }

    private func bars(_ samples: NDArray, lowest: Int) -> [Figure] {
        let found = BarStatistics(PianoRoll.rolls(samples, lowest: lowest))
        let real = BarStatistics(PianoRoll.rolls(reals.heldOut, lowest: lowest))
        return [
            Figure(
                "pitch-classes", found.pitchClasses, real: real.pitchClasses, better: .nearer),
            Figure("empty-bars", found.emptyBars, real: real.emptyBars, better: .nearer),
            Figure(
                "qualified-notes", found.qualifiedNotes, real: real.qualifiedNotes, better: .nearer),
            Figure(
                "tonal-distance", found.tonalDistance, real: real.tonalDistance, better: .nearer),
        ]
    }

    private func stackedModes(_ samples: NDArray) -> [Figure] {
        guard let classifier = extractor?.trained else { return [] }
        func coverage(_ images: NDArray) -> ModeCoverage {
            let digits = classifier.read(Self.channels(of: images)).classes
            let stacks = (0..<images.shape[0]).map { image in
                digits[(3 * image)..<(3 * image + 3)].reduce(0) { $0 * 10 + $1 }
            }
            return ModeCoverage(
                modes: 1000, nearest: stacks, isGood: stacks.map { _ in true })
        }
        return figures(coverage(samples), real: coverage(reals.heldOut))
    }

    private func figures(_ coverage: ModeCoverage, real: ModeCoverage) -> [Figure] {
        [
            Figure("modes", Double(coverage.found), real: Double(real.found), better: .larger),
            Figure("good-samples", coverage.good, real: real.good, better: .larger),
            Figure("mode-kl", coverage.divergence, real: real.divergence, better: .smaller),
        ]
    }

    private func distances(_ samples: Features) -> [Figure] {
        let (training, heldOut) = (reals.trainingFeatures, reals.heldOutFeatures)
        let random = RandomSource(seed: seed)
        return [
            Figure(
                "frechet-distance", samples.frechetDistance(to: training),
                real: heldOut.frechetDistance(to: training), better: .smaller),
            Figure(
                "kernel-distance", samples.kernelDistance(to: training),
                real: heldOut.kernelDistance(to: training), better: .smaller),
            Figure(
                "sliced-wasserstein", samples.slicedWasserstein(to: training, random: random),
                real: heldOut.slicedWasserstein(to: training, random: random), better: .smaller),
        ]
    }

    /// The signs of collapse.
    private func diversity(_ samples: Features) -> [Figure] {
        let heldOut = reals.heldOutFeatures
        return [
            Figure(
                "missed-share", reals.bins.missedShare(by: samples),
                real: reals.bins.missedShare(by: heldOut), better: .smaller),
            Figure(
                "pair-distance", samples.few.meanPairDistance, real: heldOut.few.meanPairDistance,
                better: .nearer),
            Figure(
                "support", samples.few.support(alikeWithin: reals.alike),
                real: heldOut.few.support(alikeWithin: reals.alike), better: .nearer),
        ]
    }

    private func neighbourhoods(_ samples: Features) -> [Figure] {
        let training = reals.trainingFeatures
        let found = Neighbourhoods(of: samples, among: training)
        let real = Neighbourhoods(of: reals.heldOutFeatures, among: training)
        return [
            Figure("precision", found.precision, real: real.precision, better: .larger),
            Figure("recall", found.recall, real: real.recall, better: .larger),
            Figure("density", found.density, real: real.density, better: .larger),
            Figure("coverage", found.coverage, real: real.coverage, better: .larger),
            Figure(
                "nearest-training-example",
                samples.distancesToNearest(of: training).median,
                real: reals.heldOutFeatures.distancesToNearest(of: training).median, better: .nearer
            ),
        ]
    }

    private func classes(_ samples: NDArray, _ labels: [Int]?) -> [Figure] {
        guard let classifier = ownClassifier, let truth = reals.heldOutLabels else { return [] }
        let found = classifier.read(samples).classes
        let all = ModeCoverage(
            modes: run.classes, nearest: found, isGood: found.map { _ in true })
        let real = ModeCoverage(
            modes: run.classes, nearest: classifier.read(reals.heldOut).classes,
            isGood: truth.map { _ in true })
        var result = [
            Figure("classes", Double(all.found), real: Double(real.found), better: .larger),
            Figure("class-kl", all.divergence, real: real.divergence, better: .smaller),
        ]
        if let labels {
            let right = zip(found, labels).count { $0 == $1 }
            result.append(
                Figure(
                    "class-accuracy", Double(right) / Double(count),
                    real: classifier.accuracy(reals.heldOut, truth), better: .larger))
        }
        return result
    }
}

extension Features {
    /// As many rows as pairs of them are soon compared.
    fileprivate var few: Features { self[0..<min(count, 1_000)] }
}

extension [Double] {
    fileprivate var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
