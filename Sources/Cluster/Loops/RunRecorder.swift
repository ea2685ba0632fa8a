internal import Adversarial
internal import Evaluation
internal import Foundation
internal import NeuralNetworks
internal import Platform
internal import Recipes
internal import Synchronization
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
    private let shape: ClusterShape
    private let folder: RunFolder
    private let watch: Watch?
    private let outcomes: Mailbox<Result<Outcome, any Error>>
    private let observe: @Sendable (Coordinator.Event) -> Void
    private let condition = NSCondition()
    // Guarded by the condition.
    private var jobs: [Job] = []
    private let working = DispatchGroup()
    private let isHurried = Atomic(false)

    // Used by the recorder's thread alone.
    private var metrics: LineFile
    private var ledger: Ledger
    private var state: RecordState
    /// What could not be written is not written past.
    private var hasFailed = false
    private var speed = TrainingSpeed()
    private var evaluations: Evaluations?
    /// The collapse that ended the run; nil where none did.
    ///
    /// To be read once the recorder is closed.
    private(set) var collapse: Collapse?
    /// Whether a checkpoint was not measured because the run was to end; to be read once the recorder is closed.
    private(set) var owesMeasures = false
    private var hasSaidCollapse = false

    /// - Parameters:
    ///   - attempt: The last one that was begun.
    ///   - watch: How each checkpoint is measured; nil: not at all.
    ///   - outcomes: Told of what is on disk, or why it is not.
    init(
        run: Run, folder: RunFolder, attempt: Int, watch: Watch?,
        outcomes: Mailbox<Result<Outcome, any Error>>,
        observe: @escaping @Sendable (Coordinator.Event) -> Void
    ) throws {
        self.run = run
        shape = ClusterShape(run)
        self.folder = folder
        self.watch = watch
        self.outcomes = outcomes
        self.observe = observe
        ledger = try Ledger(folder: folder)
        // What is in the files counts, until somebody says from where on it does not.
        let last: Int
        (metrics, last) = try Self.lines("metrics.jsonl", in: folder, through: .max)
        let saved = Checkpoint.iterations(in: folder.path).last ?? 0
        let schedule = run.schedule
        state = RecordState(
            schedule: schedule, written: schedule.firstStep(of: max(last, saved)),
            saved: schedule.firstStep(of: saved), attempt: attempt)
        try openEvaluations(through: .max)
        if last < saved {
            observe(
                .said(
                    "\(metrics.path): expected lines up to the checkpoint of iteration \(saved), found \(last); those between are lost"
                ))
        }
        let recorded = schedule.iteration(at: ledger.stepsAtEnd(of: run))
        if recorded < saved {
            observe(
                .said(
                    "\(Ledger.path(in: folder.path)): expected lines up to the checkpoint of iteration \(saved), found \(recorded); those between are lost, as 'swiftgan audit' will say"
                ))
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
    func hurry() { isHurried.store(true, ordering: .relaxed) }

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
            case .enrol(let hello): doing { try patiently { try ledger.write(hello) } }
            case .remember(let proof): doing { try patiently { try folder.remember(proof: proof) } }
            case .save(let snapshot): doing { try perform(state.save(snapshot)) }
            case .resume(let snapshot):
                doing {
                    try measureAll(through: snapshot)
                    judge()
                    sayWhatIsGone()
                }
            case .rewind(let step, let attempt):
                doing {
                    let kept = state.rewind(to: step, attempt: attempt)
                    speed.rewind()
                    try takeOffLines(after: run.schedule.iteration(at: kept))
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
        try patiently { try ledger.sync() }
        try patiently { try metrics.sync() }
    }

    /// What cannot be written ends the run: it can be resumed when that is mended.
    private func doing(_ body: () throws -> Void) {
        guard !hasFailed else { return }
        do { try body() } catch {
            hasFailed = true
            outcomes.put(
                .failure(
                    isHurried.load(ordering: .relaxed)
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

    private func takeOffLines(after iteration: Int) throws {
        (metrics, _) = try Self.lines("metrics.jsonl", in: folder, through: iteration)
        try openEvaluations(through: iteration)
    }

    private func openEvaluations(through iteration: Int) throws {
        let path = "\(folder.path)/evaluations.jsonl"
        if watch != nil {
            _ = try Self.lines("evaluations.jsonl", in: folder, through: iteration)
        } else if !FileManager.default.fileExists(atPath: path) {
            return
        }
        // What was measured before tells which checkpoints to keep, though nothing is measured now.
        evaluations = try Evaluations(path: path, judgedFrom: run.step.game.growth.iterations)
    }

    /// Opens a file of lines, without those of iterations that will be computed again.
    ///
    /// - Returns: The file, and the last iteration that has a line; 0 where none has.
    private static func lines(_ name: String, in folder: RunFolder, through iteration: Int) throws
        -> (LineFile, last: Int)
    {
        let file = try LineFile(path: "\(folder.path)/\(name)")
        func number(_ line: String) -> Int? {
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            let found = (object as? [String: Any])?["iteration"] as? Int
            return found.flatMap { RunSettings.iterationRange.contains($0) ? $0 : nil }
        }
        let last = file.dropLast { line in number(line).map { $0 > iteration } ?? true }
        return (file, last.flatMap(number) ?? 0)
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
        for step in steps { try patiently { try ledger.write(step, attempt: state.attempt) } }
        Failpoint.ledgerWritten.reach()
        let time = steps.map(\.time).max() ?? 0
        let iteration = 1 + (steps.last.map { run.schedule.turn(at: $0.step).iteration } ?? 0)
        speed.take(iteration, time: time)
        let named = run.networks.enumerated().flatMap { number, network in
            // Of repeated steps, the last one counts.
            zip(
                network.scalars,
                steps.last { run.schedule.turn(at: $0.step).network == number }?.measures ?? []
            ).map { (name: "\(network.name) \($0)", value: $1) }
        }
        let now = TrainingProgress(
            iteration: iteration, iterations: run.settings.iterations, time: time,
            imagesPerSecond: speed.iterationsPerSecond * Double(run.settings.batchSize),
            measures: named)
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
        try patiently { try metrics.append(now.line) }
        observe(.progress(now))
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
        try patiently { try Checkpoint.write(snapshot, of: run, to: folder) }
        Failpoint.checkpointWritten.reach()
        drawSamples(snapshot)
        try measure(snapshot)
        outcomes.put(.success(.saved(step: snapshot.step)))
        judge()
        prune()
    }

    /// Removes checkpoints that nothing needs any more; what was measured of them stays.
    private func prune() {
        let judged = evaluations?.judged ?? []
        let first = judged.last?.metrics.first.map { EarlyStopping(on: $0.name, patience: .max) }
        let retention = Retention(newest: run.settings.keep, best: watch?.stopping ?? first)
        let iterations = Checkpoint.iterations(in: folder.path)
        let measured = evaluations?.lastMeasured ?? 0
        for iteration in retention.superfluous(iterations, judged, collapse: evaluations?.collapse)
        where watch == nil || iteration < measured || !isScheduled(iteration) {
            Checkpoint.remove(iteration, in: folder.path)
        }
    }

    /// Whether the checkpoint of an iteration is one that every run of this kind has; others are where a run was stopped.
    private func isScheduled(_ iteration: Int) -> Bool {
        shape.isBoundary(shape.schedule.firstStep(of: iteration))
    }

    private func measure(_ snapshot: Snapshot) throws {
        let iteration = snapshot.iteration(of: run)
        guard let watch, isScheduled(iteration),
            evaluations?.isMeasured(iteration) == false,
            let found = try evaluate(snapshot, by: watch.evaluation)
        else { return }
        try patiently { try evaluations?.add(found, at: iteration, of: watch.evaluation) }
        observe(.evaluated(iteration: iteration, found))
    }

    /// Nil where the run is to end before they are there.
    private func evaluate(_ snapshot: Snapshot, by evaluation: RunEvaluation) throws -> [Metric]? {
        let found = Promise<Result<[Metric], any Error>>()
        try SystemThread("evaluation") {
            found.give(Result { try snapshot.measured(by: evaluation) })
        }
        while !isHurried.load(ordering: .relaxed) {
            if let result = found.take(within: .milliseconds(50)) { return try result.get() }
        }
        owesMeasures = true
        return nil
    }

    /// Measures the checkpoints that a run was stopped too soon for.
    private func measureAll(through newest: Snapshot) throws {
        guard watch != nil, newest.step > 0 else { return }
        let last = evaluations?.lastMeasured ?? 0
        for iteration in Checkpoint.iterations(in: folder.path)
        where iteration > last && iteration < newest.iteration(of: run) {
            guard isScheduled(iteration),
                let snapshot = try Checkpoint.newest(in: folder.path, of: run, at: iteration)
            else { continue }
            try measure(snapshot)
        }
        try measure(newest)
    }

    /// Says what the metrics so far come to: a function of them alone, however often the run was interrupted.
    private func judge() {
        guard let watch, let evaluations else { return }
        if let found = evaluations.collapse {
            if watch.stopsOnCollapse {
                collapse = found
                return outcomes.put(.success(.enough))
            }
            if !hasSaidCollapse { observe(.said("\(found)")) }
            hasSaidCollapse = true
        }
        if watch.stopping.flatMap({ evaluations.verdict($0) })?.isTimeToStop == true {
            outcomes.put(.success(.enough))
        }
    }

    /// The iteration of the best checkpoint by the watched metric, once the recorder is closed; nil where none is watched.
    var best: Int? { watch?.stopping.flatMap { evaluations?.verdict($0)?.best } }

    /// Another metric than the run was watched by may be best at a checkpoint that was removed.
    private func sayWhatIsGone() {
        guard let best, !Checkpoint.iterations(in: folder.path).contains(best) else { return }
        observe(
            .said(
                "\(folder.path): the best so far is iteration \(best), whose checkpoint was removed; where no later one is better, the run ends without its weights"
            ))
    }

    private func drawSamples(_ snapshot: Snapshot) {
        let path = "\(folder.path)/samples/\(Checkpoint.paddedIteration(of: snapshot, of: run))"
        let music = run.recipe.depiction.isMusic ? "\(path).mid" : nil
        do {
            try Cluster.drawSamples(
                snapshot, of: run, in: folder.path, count: 64, seed: 0,
                to: .files(picture: "\(path).png", music: music))
        } catch { observe(.said("\(error)")) }
    }

    /// Where the disk is full, training waits until there is room: nothing is lost.
    private func patiently(_ write: () throws -> Void) throws {
        var hasSaid = false
        while true {
            do { return try write() } catch let error as FolderError where error.isForWantOfSpace {
                // A run that is to end waits no longer: the newest checkpoint is there.
                if isHurried.load(ordering: .relaxed) { throw error }
                if !hasSaid { observe(.said("\(error); training waits for room")) }
                hasSaid = true
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }
}
