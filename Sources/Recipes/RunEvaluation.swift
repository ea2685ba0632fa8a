internal import Adversarial
internal import Datasets
internal import Hashing
public import Evaluation
public import NeuralNetworks
public import PretrainedNetworks
public import Tensors

/// Measures a run's generators against real examples, which are read and seen through the extractor once.
public struct RunEvaluation: Sendable {
    public let run: Run
    /// How many samples are drawn, and how many real examples they are compared with.
    public let count: Int
    public let seed: UInt64
    public let extractor: (any FeatureExtractor)?
    /// What its user should know of the data.
    public private(set) var notes: [String] = []
    private let reals: Reals
    /// What held-out real examples give in the place of samples: computed once, for all generators.
    private var realValues: [Value] = []

    /// A figure of some examples, before it has the real one beside it.
    private struct Value: Sendable {
        let name: String
        let value: Double
        let better: Figure.Better

        init(_ name: String, _ value: Double, better: Figure.Better) {
            self.name = name
            self.value = value
            self.better = better
        }
    }

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

    /// Reads the real examples.
    ///
    /// - Parameters:
    ///   - path: The folder of the data, where it is not where its package puts it.
    ///   - say: Hears how far reading is, where that takes time.
    /// - Throws: ``DataError``, or ``EvaluationError`` where the extractor does not suit.
    public init(
        of run: Run, count: Int, seed: UInt64, extractor: (any FeatureExtractor)?, path: String?,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.run = run
        self.seed = seed
        self.extractor = extractor
        try Self.check(extractor, for: run.recipe, run.settings)
        let hasClasses = run.classes > 0
        func open(_ part: DataRequest.Part) throws -> any Dataset {
            var request = DataRequest(path: path, part: part)
            request.say = say
            return try Run.openData(run.recipe, run.settings, request, isLabelled: hasClasses)
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
        let examples = try training.examples(numbers(training, run.step.random))
        let others = try heldOut.examples(numbers(heldOut, RandomSource(seed: seed)))
        let features = Self.features(examples.values, extractor)
        reals = Reals(
            training: examples.values, trainingLabels: examples.labels, heldOut: others.values,
            heldOutLabels: others.labels, trainingFeatures: features,
            heldOutFeatures: Self.features(others.values, extractor),
            bins: Bins(of: features, random: RandomSource(seed: seed)),
            alike: features.few.smallestDistances)
        realValues = values(
            of: others.values, reals.heldOutFeatures,
            labels: run.isConditional ? others.labels : nil)
    }

    /// What is kept of one network at a checkpoint, as flat buffers.
    public struct NetworkState {
        let weights: Storage
        let average: Storage?
        let secondMoments: Storage

        /// - Parameters:
        ///   - average: The moving average of the weights; nil where none is kept.
        ///   - secondMoments: Those of Adam.
        public init(weights: Storage, average: Storage?, secondMoments: Storage) {
            self.weights = weights
            self.average = average
            self.secondMoments = secondMoments
        }
    }

    /// All figures of a checkpoint: those of the averaged generator, and of the game that it plays with the critic.
    ///
    /// - Parameter networks: In the order of their numbers.
    public func figures(of networks: [NetworkState], after iteration: Int) throws -> [Figure] {
        let states = Sides(discriminator: networks[0], generator: networks[1])
        let layouts = run.step.networks
        let generator = layouts.generator.weights(
            in: states.generator.average ?? states.generator.weights)
        let critic = layouts.discriminator.weights(in: states.discriminator.weights)
        let norms = states.map { state in
            (0..<state.secondMoments.count).reduce(0) {
                $0 + Double(state.secondMoments.pointer[$1])
            }.squareRoot()
        }
        // Near nothing, the generator learns nothing.
        let ratio = Figure(
            "gradient-ratio", norms.generator / norms.discriminator, real: .nan, better: .nearer)
        return try measure(generator, after: iteration)
            + [try criticGap(critic, after: iteration), ratio].compactMap(\.self)
    }

    /// The figures of ``figureNames(for:_:extractor:)``, of the generator with these weights.
    ///
    /// - Parameter iteration: How many iterations they have been trained for.
    public func measure(_ weights: NetworkWeights, after iteration: Int) throws -> [Figure] {
        let labels = run.isConditional ? (0..<count).map(run.label) : nil
        let samples = try samples(weights, after: iteration, labels: labels)
        let found = values(of: samples, Self.features(samples, extractor), labels: labels)
        return zip(found, realValues).map { found, real in
            Figure(found.name, found.value, real: real.value, better: found.better)
        }
    }

    /// How much better the critic takes training examples to be than held-out ones, in deviations of its scores: a critic that
    /// knows the data by heart teaches nothing else.
    ///
    /// - Parameter weights: The discriminator's.
    /// - Returns: Beside it, the same of two halves of the held-out examples; nil where no critic judges single examples.
    public func criticGap(_ weights: NetworkWeights, after iteration: Int) throws -> Figure? {
        func scores(_ examples: NDArray, _ labels: [Int]?) throws -> [Double]? {
            try run.scores(
                of: examples, labels: run.isConditional ? labels : nil, weights: weights,
                after: iteration)?.map(Double.init)
        }
        guard let training = try scores(reals.training, reals.trainingLabels),
            let heldOut = try scores(reals.heldOut, reals.heldOutLabels)
        else { return nil }
        let deviation = (training + heldOut).deviation
        let half = heldOut.count / 2
        func gap(_ first: [Double], _ second: [Double]) -> Double {
            (first.mean - second.mean) / max(deviation, .leastNormalMagnitude)
        }
        return Figure(
            "critic-gap", gap(training, heldOut),
            real: gap(Array(heldOut[..<half]), Array(heldOut[half...])), better: .nearer)
    }

    /// How well a classifier that was trained on samples names held-out real examples, beside one that was trained on as many
    /// real ones (the classification accuracy score; Ravuri & Vinyals, 2019).
    ///
    /// - Parameters:
    ///   - iteration: How many iterations the generator's weights have been trained for.
    ///   - epochs: How often either sees each of its examples.
    /// - Returns: nil for a generator that does not draw by class, or no images.
    public func accuracyScore(
        _ weights: NetworkWeights, after iteration: Int, epochs: Int = 12
    ) throws -> Figure? {
        guard run.isConditional, run.recipe.kind == .image,
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
        let samples = ArrayExamples(
            try samples(weights, after: iteration, labels: labels), labels: labels)
        return Figure(
            "accuracy-score", try accuracy(samples),
            real: try accuracy(ArrayExamples(reals.training, labels: trainingLabels)),
            better: .larger)
    }

    // MARK: Parts

    private func samples(_ weights: NetworkWeights, after iteration: Int, labels: [Int]?) throws
        -> NDArray
    {
        try run.samples(0..<count, seed: seed, labels: labels, weights: weights, after: iteration)
    }

    private static func features(_ examples: NDArray, _ extractor: (any FeatureExtractor)?)
        -> Features
    {
        guard let extractor else { return Features(examples) }
        let found = examples.shape.dropFirst()
        if extractor.example == found { return extractor.features(examples) }
        // A colour's channels are images of their own to an extractor of grey ones.
        if extractor.example == channel(of: found) {
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

    /// - Parameter labels: The class that each example should be of, where the generator draws by class.
    private func values(of examples: NDArray, _ features: Features, labels: [Int]?) -> [Value] {
        switch run.recipe.acceptance.measure {
        case .modes(let mixture):
            modes(
                ModeCoverage(
                    points: examples, centres: mixture.centres, deviation: mixture.deviation))
                + distances(features) + diversity(features)
        case .stackedDigits: stackedModes(examples) + diversity(features)
        case .bars(let lowest): bars(examples, lowest: lowest) + diversity(features)
        case .frechetDistance, .classAccuracy, .speed:
            distances(features) + neighbourhoods(features) + diversity(features)
                + classes(examples, labels)
        }
    }

    private func modes(_ coverage: ModeCoverage) -> [Value] {
        [
            Value("modes", Double(coverage.found), better: .larger),
            Value("good-samples", coverage.good, better: .larger),
            Value("mode-kl", coverage.divergence, better: .smaller),
        ]
    }

    private func stackedModes(_ images: NDArray) -> [Value] {
        guard let classifier = extractor as? TrainedClassifier else { return [] }
        let digits = classifier.read(Self.channels(of: images)).classes
        let stacks = (0..<images.shape[0]).map { image in
            digits[(3 * image)..<(3 * image + 3)].reduce(0) { $0 * 10 + $1 }
        }
        return modes(
            ModeCoverage(modes: 1000, nearest: stacks, isGood: stacks.map { _ in true }))
    }

    private func bars(_ examples: NDArray, lowest: Int) -> [Value] {
        let found = BarStatistics(PianoRoll.rolls(examples, lowest: lowest))
        return [
            Value("pitch-classes", found.pitchClasses, better: .nearer),
            Value("empty-bars", found.emptyBars, better: .nearer),
            Value("qualified-notes", found.qualifiedNotes, better: .nearer),
            Value("tonal-distance", found.tonalDistance, better: .nearer),
        ]
    }

    private func distances(_ features: Features) -> [Value] {
        let training = reals.trainingFeatures
        let sliced = features.slicedWasserstein(to: training, random: RandomSource(seed: seed))
        return [
            Value("frechet-distance", features.frechetDistance(to: training), better: .smaller),
            Value("kernel-distance", features.kernelDistance(to: training), better: .smaller),
            Value("sliced-wasserstein", sliced, better: .smaller),
        ]
    }

    /// The signs of collapse.
    private func diversity(_ features: Features) -> [Value] {
        [
            Value("missed-share", reals.bins.missedShare(by: features), better: .smaller),
            Value("pair-distance", features.few.meanPairDistance, better: .nearer),
            Value("support", features.few.support(alikeWithin: reals.alike), better: .nearer),
        ]
    }

    private func neighbourhoods(_ features: Features) -> [Value] {
        let training = reals.trainingFeatures
        let found = Neighbourhoods(of: features, among: training)
        return [
            Value("precision", found.precision, better: .larger),
            Value("recall", found.recall, better: .larger),
            Value("density", found.density, better: .larger),
            Value("coverage", found.coverage, better: .larger),
            Value(
                "nearest-training-example", features.distancesToNearest(of: training).median,
                better: .nearer),
        ]
    }

    private func classes(_ images: NDArray, _ labels: [Int]?) -> [Value] {
        guard let classifier = Self.ownClassifier(extractor, of: run.recipe, run.settings)
        else { return [] }
        let found = classifier.read(images).classes
        let coverage = ModeCoverage(
            modes: run.classes, nearest: found, isGood: found.map { _ in true })
        let right = labels.map { labels in zip(found, labels).count { $0 == $1 } }
        return [
            Value("classes", Double(coverage.found), better: .larger),
            Value("class-kl", coverage.divergence, better: .smaller),
        ]
            + (right.map { [Value("class-accuracy", Double($0) / Double(count), better: .larger)] }
                ?? [])
    }
}

extension [Double] {
    fileprivate var mean: Double { reduce(0, +) / Double(count) }
    fileprivate var deviation: Double {
        let mean = mean
        return map { ($0 - mean) * ($0 - mean) }.mean.squareRoot()
    }
    fileprivate var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
