internal import Adversarial
internal import Datasets
internal import Hashing
public import Evaluation
public import NeuralNetworks
public import PretrainedNetworks
public import Tensors

/// Measures a run's generators against real examples, which are read and seen through the extractor once.
///
/// It knows of no metric of samples: those come from the measures that the recipe lists.
public struct RunEvaluation: Sendable {
    public let run: Run
    /// How many samples are drawn, and how many real examples they are compared with.
    public let count: Int
    public let seed: UInt64
    public let extractor: (any FeatureExtractor)?
    /// What its user should know of the data.
    public private(set) var notes: [String] = []
    private let subject: Subject
    /// What samples are read by.
    private let files: RunFiles
    /// `count` training examples, in the order of the first epoch, and as many of those that were held out, shuffled.
    private let training: Batch
    private let heldOut: Batch
    /// The same as measures see them.
    private let reals: Reals
    /// What held-out real examples give in the place of samples: computed once, for all generators.
    private var realValues: [Double] = []

    /// Reads the real examples.
    ///
    /// - Parameters:
    ///   - run: What is measured.
    ///   - count: How many samples and real examples are compared, at most; all that are held out, if there are fewer.
    ///   - seed: That of the samples, and of the order of held-out examples.
    ///   - extractor: What makes features of images; nil where no metric depends on it.
    ///   - path: The folder of the data, where it is not where its package puts it.
    ///   - say: Hears how far reading is, where that takes time.
    /// - Throws: ``/Datasets/DataError``, or ``/Evaluation/EvaluationError`` where the extractor does not suit.
    public init(
        of run: Run, count: Int, seed: UInt64, extractor: (any FeatureExtractor)?, path: String?,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.run = run
        self.seed = seed
        self.extractor = extractor
        let measures = run.recipe.measures
        var subject = run.recipe.subject(run.settings, extractor: extractor)
        for measure in measures { try measure.check(subject) }
        let hasClasses = run.classes > 0
        func open(_ part: DataRequest.Part) throws -> any Dataset {
            var request = DataRequest(path: path, part: part)
            request.say = say
            return try Run.openData(run.recipe, run.settings, request, isLabelled: hasClasses)
        }
        let (training, heldOut) = (try open(.training), try open(.heldOut))
        files = RunFiles(training.companions)
        let known = Set(training.notes)
        notes = training.notes + heldOut.notes.filter { !known.contains($0) }
        let manifest =
            hasClasses == run.isConditional
            ? training.manifest
            : try Run.openData(run.recipe, run.settings, DataRequest(path: path)).manifest
        guard manifest == run.manifest else {
            throw DataError(
                "data: expected the run's \(run.manifest), found \(manifest); --data names what it was trained on"
            )
        }
        let heldOutCount = heldOut.manifest.counts.min() ?? 0
        let count = min(count, training.manifest.counts.min() ?? 0, heldOutCount)
        guard count >= 10 else {
            throw EvaluationError(
                "data: expected at least 10 held-out examples to compare with, found \(heldOutCount); without a folder of its own, every tenth is held out"
            )
        }
        self.count = count
        subject.fields += training.fields.filter { subject.field($0.name) == nil }
        for measure in measures { try measure.check(subject) }
        self.subject = subject
        func numbers(_ data: any Dataset, _ random: RandomSource) -> [Int] {
            (0..<count).map(Sampler(count: data.count, random: random).example)
        }
        let random = RandomSource(seed: seed)
        self.training = try training.examples(numbers(training, run.step.random))
        self.heldOut = try heldOut.examples(numbers(heldOut, random))
        reals = Reals(
            training: Observations(self.training, of: subject),
            heldOut: Observations(self.heldOut, of: subject), random: random)
        realValues = values(of: reals.heldOut)
    }

    /// What is kept of one network at a checkpoint, as flat buffers.
    public struct NetworkState {
        let weights: Storage
        let average: Storage?
        let secondMoments: Storage

        /// The weights, their moving average, which is nil where none is kept, and Adam's second moments.
        public init(weights: Storage, average: Storage?, secondMoments: Storage) {
            self.weights = weights
            self.average = average
            self.secondMoments = secondMoments
        }
    }

    /// All metrics of a checkpoint: those of the averaged generator, and of the game that it plays with the critic.
    ///
    /// Networks are in the order of their numbers, and were trained for `iteration` iterations.
    public func metrics(of networks: [NetworkState], after iteration: Int) throws -> [Metric] {
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
        // Near nothing, the generator learns nothing; before critics learn, there is no such ratio.
        let ratio =
            norms.discriminator == 0
            ? nil
            : Metric(
                "gradient-ratio", norms.generator / norms.discriminator, real: .nan, better: .nearer
            )
        return try measure(generator, after: iteration)
            + [try criticGap(critic, after: iteration), ratio].compactMap(\.self)
    }

    /// The recipe's metrics, of the generator with weights that were trained for `iteration` iterations.
    public func measure(_ weights: NetworkWeights, after iteration: Int) throws -> [Metric] {
        let found = values(of: try samples(weights, after: iteration))
        return zip(kinds, zip(found, realValues)).map { kind, values in
            Metric(kind, values.0, real: values.1)
        }
    }

    /// How much better the critic takes training examples to be than held-out ones, in deviations of its scores: a critic that
    /// knows the data by heart teaches nothing else.
    ///
    /// The weights are the discriminator's after `iteration` iterations.
    ///
    /// - Returns: Beside it, the same of two halves of the held-out examples; nil where no critic judges single examples.
    public func criticGap(_ weights: NetworkWeights, after iteration: Int) throws -> Metric? {
        func scores(_ examples: Batch) throws -> [Double]? {
            try run.scores(
                of: Examples(examples), count: count, weights: weights, after: iteration)?.map(
                    Double.init)
        }
        guard let training = try scores(training), let heldOut = try scores(heldOut) else {
            return nil
        }
        let deviation = (training + heldOut).deviation
        let half = heldOut.count / 2
        func gap(_ first: [Double], _ second: [Double]) -> Double {
            (first.mean - second.mean) / max(deviation, .leastNormalMagnitude)
        }
        return Metric(
            "critic-gap", gap(training, heldOut),
            real: gap(Array(heldOut[..<half]), Array(heldOut[half...])), better: .nearer)
    }

    /// How well a classifier that was trained on samples names held-out real examples, beside one that was trained on as many
    /// real ones (the classification accuracy score; Ravuri & Vinyals, 2019).
    ///
    /// The weights are the generator's after `iteration` iterations. Either classifier sees each of its examples once
    /// an epoch.
    ///
    /// - Returns: nil for a generator that does not draw by class, or no images.
    public func accuracyScore(
        _ weights: NetworkWeights, after iteration: Int, epochs: Int = 12
    ) throws -> Metric? {
        guard run.isConditional, run.recipe.kind == .image else { return nil }
        func pictures(_ examples: Observations) -> ArrayExamples? {
            examples.labels.map { ArrayExamples(examples.values(), labels: $0) }
        }
        guard let heldOut = pictures(reals.heldOut), let training = pictures(reals.training),
            let samples = pictures(try samples(weights, after: iteration))
        else { return nil }
        func accuracy(_ training: ArrayExamples) throws -> Double {
            try TrainedClassifier(
                training: training, heldOut: heldOut, recipe: run.recipe.name, classes: run.classes,
                epochs: epochs, random: RandomSource(seed: seed), observe: { _, _ in }
            ).accuracy
        }
        return Metric(
            "accuracy-score", try accuracy(samples), real: try accuracy(training), better: .larger)
    }

    // MARK: Parts

    /// Samples, with the classes that were asked for.
    ///
    /// Games that make their fakes of real examples are given those that were held out.
    private func samples(_ weights: NetworkWeights, after iteration: Int) throws -> Observations {
        let labels = run.isConditional ? (0..<count).map(run.label) : nil
        let heldOut = Examples(heldOut)
        let refine = try run.refinement(of: weights, after: iteration, files)
        let fakes = refine(
            try run.fakes(
                0..<count, Draw(seed: seed), given: labels.map(heldOut.with) ?? heldOut,
                weights: weights, after: iteration))
        return Observations((labels.map(fakes.with) ?? fakes).arrays, of: subject)
    }

    private var kinds: [Metric.Kind] { run.recipe.measures.flatMap { $0.metrics(of: subject) } }

    /// The values of all metrics, in their order.
    private func values(of samples: Observations) -> [Double] {
        run.recipe.measures.flatMap { measure in
            let kinds = measure.metrics(of: subject)
            if measure.comparesPairs, samples === reals.heldOut {
                return kinds.map { _ in Double.nan }
            }
            let values = measure.values(of: samples, among: reals)
            precondition(
                values.count == kinds.count,
                "\(kinds.map(\.name)): expected as many values, found \(values.count)")
            return values
        }
    }
}

extension [Double] {
    fileprivate var mean: Double { reduce(0, +) / Double(count) }
    fileprivate var deviation: Double {
        let mean = mean
        return map { ($0 - mean) * ($0 - mean) }.mean.squareRoot()
    }
}
