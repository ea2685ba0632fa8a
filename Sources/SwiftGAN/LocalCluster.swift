public import Adversarial
internal import Cluster
internal import Commands
internal import Datasets
public import Recipes
internal import Synchronization

/// A cluster of threads in this process: trains a recipe without a command line.
///
/// Coordinator, parameter servers and lanes are those of the commands, and so are the weights: they depend on the recipe, its
/// settings and its seed alone.
///
/// ```swift
/// let run = try LocalCluster(.ring, output: "runs/ring").train { event in
///     if case .progress(let progress) = event { print(progress.iteration, progress.scalars) }
/// }
/// let points = try run.samples(1_000)  // [1000, 2]
/// ```
public struct LocalCluster: Sendable {
    /// What happens while it trains.
    public enum Event: Sendable {
        /// An iteration is done.
        case progress(Progress)
        /// Something that a person may want to know, in one line.
        case said(String)
    }

    /// Where training stands.
    public struct Progress: Sendable {
        /// How many iterations are done, from 1.
        public let iteration: Int
        /// How many there will be.
        public let iterations: Int
        /// Examples a second over the last iterations; 0 where that is not known yet.
        public let examplesPerSecond: Double
        /// What the last update of each network reported, such as `discriminator.loss`, means over the batch.
        public let scalars: [(name: String, value: Float)]
    }

    /// The folder of the run.
    public let output: String
    private let run: Run
    private let dataset: any Dataset
    private let extract: DataExtract
    private let lanes: Int
    private let isResuming: Bool

    /// Opens a recipe's data.
    ///
    /// - Parameters:
    ///   - recipe: What to train.
    ///   - settings: How; nil: as the recipe's defaults say.
    ///   - data: The folder of the data, where they are not where their package puts them.
    ///   - output: The folder of the run, which is made; commands such as `sample` and `status` read it.
    ///   - lanes: Threads that compute, 1 to 1024; nil: one for each processor that is left to this process. Any number gives the
    ///     same weights.
    ///   - isResuming: Whether to go on with the run in that folder, from its newest checkpoint; it begins where there is none.
    /// - Throws: ``/Adversarial/SettingError`` where settings do not fit together, ``/Recipes/RecipeError`` for a number of lanes
    ///   that cannot be, ``/Tensors/UnavailableInstructions`` for a setting `isa` that this process cannot keep to, and what the
    ///   data's opening throws, most often ``/Datasets/DataError``; another error where the system allows too few threads.
    public init(
        _ recipe: Recipe, _ settings: Settings? = nil, data: String? = nil, output: String,
        lanes: Int? = nil, isResuming: Bool = false
    ) throws {
        let settings = settings ?? recipe.defaults
        try settings.validate(for: recipe)
        let lanes = lanes ?? Processors.available
        try requireLanes(lanes)
        try settings.instructions.limitProcess()
        dataset = try Run.openData(recipe, settings, DataRequest(path: data))
        run = try Run(recipe: recipe, settings: settings, data: dataset)
        extract = try DataExtract(of: run, dataset) {
            try Run.openData(recipe, settings, DataRequest(path: data, part: .heldOut))
        }
        self.output = output
        self.lanes = lanes
        self.isResuming = isResuming
    }

    /// Trains to the last iteration; the calling thread waits until then.
    ///
    /// Checkpoints, losses and grids of samples appear in the run's folder on the way. Where the system refuses memory, the process
    /// ends, as any does.
    ///
    /// - Parameter observe: Hears what happens, on threads of the cluster's, one event at a time; training waits for it.
    /// - Returns: The run, with its newest weights.
    /// - Throws: What stopped it: an error of the data or the game, or one whose description says what is wrong with the folder,
    ///   such as that another run is there.
    public func train(_ observe: @escaping @Sendable (Event) -> Void = { _ in }) throws
        -> TrainedRun
    {
        for note in dataset.notes { observe(.said(note)) }
        let order = Mutex(())
        let process = try OneProcess(
            run: run, dataset: dataset, lanes: lanes, output: output, isResuming: isResuming,
            extract: extract,
            observe: { event in
                guard let event = Event(event) else { return }
                order.withLock { _ in observe(event) }
            })
        _ = try process.train()
        return try TrainedRun(folder: output, among: [run.recipe])
    }
}

extension LocalCluster.Event {
    /// What people are told of a run's event; nil where there is nothing to tell.
    fileprivate init?(_ event: RunEvent) {
        if case .iterated(let progress) = event {
            self = .progress(
                .init(
                    iteration: progress.iteration, iterations: progress.iterations,
                    examplesPerSecond: progress.examplesPerSecond,
                    scalars: progress.scalars.map { ($0.name, Float($0.value)) }))
        } else if let text = event.text {
            self = .said(text)
        } else {
            return nil
        }
    }
}
