internal import Adversarial
internal import Evaluation
internal import Foundation
internal import NeuralNetworks
internal import Platform
internal import Recipes
internal import Tensors
internal import Wire

/// Writes what a run leaves behind, on a thread of its own: metrics, ledger, checkpoints, sample grids, evaluations.
///
/// It never touches training, which waits for it only where it is two checkpoints behind.
final class RunRecorder: @unchecked Sendable {
    /// What the run has to know of the recorder's work.
    enum Outcome: Sendable {
        /// A snapshot of that step is on disk.
        case saved(step: Int)
        /// The lines of all steps below this one are on disk.
        case recorded(step: Int, attempt: Int)
        /// The watched metric has not become better for long enough, or the generator has collapsed.
        case enough
    }

    private enum Job {
        case report(Heartbeat.Report, attempt: Int)
        case enrol(Hello)
        case remember(proof: String)
        case save(Snapshot)
        case resume(Snapshot)
        case rewind(step: Int, attempt: Int)
        case close
    }

    private let run: Run
    private let folder: RunFolder
    private let outcomes: Mailbox<Result<Outcome, any Error>>
    private let observe: @Sendable (RunEvent) -> Void
    private let space: DiskSpace
    private let condition = NSCondition()
    // Guarded by the condition.
    private var jobs: [Job] = []
    private let working = DispatchGroup()

    // Used by the recorder's thread alone.
    private let metrics: LineFile
    private var ledger: Ledger
    private var state: RecordState
    /// What could not be written is not written past.
    private var hasFailed = false
    private var speed = TrainingSpeed()
    /// To be read by others once the recorder is closed.
    let measuring: CheckpointMeasuring

    /// - Parameters:
    ///   - attempt: The last one that was begun.
    ///   - watch: How each checkpoint is measured; nil: not at all.
    ///   - outcomes: Told of what is on disk, or why it is not.
    init(
        run: Run, folder: RunFolder, attempt: Int, watch: Watch?,
        outcomes: Mailbox<Result<Outcome, any Error>>,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) throws {
        self.run = run
        self.folder = folder
        self.outcomes = outcomes
        self.observe = observe
        space = DiskSpace(observe: observe)
        ledger = try Ledger(folder: folder)
        // What is in the files counts, until a rewind says from where on it does not.
        metrics = try LineFile(path: "\(folder.path)/metrics.jsonl")
        let last = metrics.takeOffLines(after: .max)
        let saved = Checkpoint.iterations(in: folder.path).last ?? 0
        let schedule = run.schedule
        state = RecordState(
            schedule: schedule, written: schedule.firstStep(of: max(last, saved)),
            saved: schedule.firstStep(of: saved), attempt: attempt)
        measuring = try CheckpointMeasuring(
            run: run, folder: folder, watch: watch, space: space, observe: observe)
        if last < saved {
            observe(.linesLost(file: metrics.path, expected: saved, found: last))
        }
        let recorded = schedule.iteration(at: ledger.stepsAtEnd(of: run))
        if recorded < saved {
            let ledger = Ledger.path(in: folder.path)
            observe(.linesLost(file: ledger, expected: saved, found: recorded))
        }
        working.enter()
        do { try SystemThread("recorder") { [self] in work() } } catch {
            working.leave()
            throw error
        }
    }

    func record(_ report: Heartbeat.Report, attempt: Int) { add(.report(report, attempt: attempt)) }
    func enrol(_ hello: Hello) { add(.enrol(hello)) }
    func remember(proof: String) { add(.remember(proof: proof)) }
    func save(_ snapshot: Snapshot) { add(.save(snapshot)) }

    /// Measures the checkpoint that a run goes on from, if that was not done before, and hears the verdict of all so far.
    func resume(from snapshot: Snapshot) { add(.resume(snapshot)) }

    /// Forgets what will be computed again.
    func rewind(to snapshot: Snapshot, attempt: Int) {
        add(.rewind(step: snapshot.step, attempt: attempt))
    }

    /// Measures no more: the run ends soon, and what is not measured now is when it is resumed.
    func hurry() { space.hurry() }

    /// Waits until everything is written.
    func close() {
        add(.close)
        working.wait()
    }

    private func add(_ job: Job) {
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    private func work() {
        while perform(takeJobs()) {}
        working.leave()
    }

    private func takeJobs() -> [Job] {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty { condition.wait() }
        defer { jobs = [] }
        return jobs
    }

    /// - Returns: Whether there is more to come.
    private func perform(_ jobs: [Job]) -> Bool {
        for job in jobs {
            switch job {
            case .report(let report, let attempt):
                doing { try perform(state.take(report, attempt: attempt)) }
            case .enrol(let hello): doing { try space.patiently { try ledger.write(hello) } }
            case .remember(let proof):
                doing { try space.patiently { try folder.remember(proof: proof) } }
            case .save(let snapshot): doing { try perform(state.save(snapshot)) }
            case .resume(let snapshot):
                doing {
                    try measuring.measureAll(through: snapshot)
                    judge()
                    measuring.tellWhatIsGone()
                }
            case .rewind(let step, let attempt):
                doing {
                    let kept = state.rewind(to: step, attempt: attempt)
                    speed.rewind()
                    let iteration = run.schedule.iteration(at: kept)
                    metrics.takeOffLines(after: iteration)
                    try measuring.takeOffLines(after: iteration)
                }
            case .close: return false
            }
        }
        doing {
            try syncLines()
            outcomes.put(.success(.recorded(step: state.written, attempt: state.attempt)))
        }
        return true
    }

    /// What is said to be on disk outlives a loss of power.
    private func syncLines() throws {
        // Where the run goes on is read from the metrics: the ledger must not lag behind.
        try space.patiently { try ledger.sync() }
        try space.patiently { try metrics.sync() }
    }

    /// What cannot be written ends the run: it can be resumed when that is mended.
    private func doing(_ body: () throws -> Void) {
        guard !hasFailed else { return }
        do { try body() } catch {
            hasFailed = true
            outcomes.put(
                .failure(
                    space.isHurried
                        ? Departure.temporary("\(error); \(whatIsKept)")
                        : Departure.failure("\(error)")))
        }
    }

    /// What a run that was asked to end, and could not save where it was, goes on from.
    private var whatIsKept: String {
        Checkpoint.iterations(in: folder.path).last.map {
            "ended as asked, at the checkpoint of iteration \($0): what came after it is lost, and computed again with --resume"
        } ?? "ended as asked, without a checkpoint: --resume begins the run again"
    }

    private func perform(_ actions: [RecordState.Action]) throws {
        for action in actions {
            switch action {
            case .write(let steps): try write(steps)
            case .save(let snapshot): try keep(snapshot)
            }
        }
    }

    /// Writes the lines of an iteration.
    private func write(_ steps: [Heartbeat.Report]) throws {
        for step in steps { try space.patiently { try ledger.write(step, attempt: state.attempt) } }
        Failpoint.ledgerWritten.reach()
        let time = steps.map(\.time).max() ?? 0
        let iteration = 1 + (steps.last.map { run.schedule.turn(at: $0.step).iteration } ?? 0)
        speed.take(iteration, time: time)
        let named = run.networks.enumerated().flatMap { number, network in
            // If steps are repeated in an iteration, the last one counts.
            zip(
                network.scalars,
                steps.last { run.schedule.turn(at: $0.step).network == number }?.measures ?? []
            ).map { RunEvent.Value(name: "\(network.name).\($0)", value: Double($1)) }
        }
        let now = TrainingProgress(
            iteration: iteration, iterations: run.settings.iterations, time: time,
            examplesPerSecond: speed.iterationsPerSecond * Double(run.settings.batchSize),
            scalars: named)
        let broken = named.first { !$0.value.isFinite }
        defer {
            if let broken {
                outcomes.put(
                    .failure(
                        Departure.failure(
                            "iteration \(iteration): expected losses that are numbers, found \(broken.name) \(broken.value); \(lastHealthy)"
                        )))
            }
        }
        try space.patiently { try metrics.append(now.line) }
        observe(.iterated(progress: now))
    }

    /// Where a run that lost its way can be taken up.
    private var lastHealthy: String {
        Checkpoint.iterations(in: folder.path).last.map {
            "the last healthy checkpoint is that of iteration \($0); smaller rates or a penalty on slopes may help"
        } ?? "no checkpoint was written before; smaller rates or a penalty on slopes may help"
    }

    private func keep(_ snapshot: Snapshot) throws {
        let iteration = snapshot.iteration(of: run)
        guard snapshot.isFinite else {
            throw FolderError(
                "iteration \(iteration): expected weights that are numbers, found others; \(lastHealthy)"
            )
        }
        try syncLines()
        try space.patiently { try Checkpoint.write(snapshot, of: run, to: folder) }
        Failpoint.checkpointWritten.reach()
        observe(.checkpointed(iteration: iteration))
        drawSamples(snapshot)
        try measuring.measure(snapshot)
        outcomes.put(.success(.saved(step: snapshot.step)))
        judge()
        measuring.prune()
    }

    private func judge() {
        if measuring.isEnough() { outcomes.put(.success(.enough)) }
    }

    private func drawSamples(_ snapshot: Snapshot) {
        let iteration = snapshot.iteration(of: run)
        let path = "\(folder.path)/samples/\(Checkpoint.paddedIteration(of: snapshot, of: run))"
        let formats = run.recipe.depiction.formats
        let count = formats.compactMap(\.mostTogether).reduce(64, min)
        do {
            let files = try formats.map {
                try $0.together(count, "\(path).\($0.endings[0])", RunFiles(folder: folder.path))
            }
            try Cluster.drawSamples(
                snapshot, of: run, in: folder.path, count: count, Draw(seed: 0),
                to: .together(files))
            observe(.sampled(iteration: iteration))
        } catch { observe(.notSampled(iteration: iteration, reason: "\(error)")) }
    }
}
