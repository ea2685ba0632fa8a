internal import Adversarial
internal import Evaluation
internal import Foundation
internal import Platform
internal import Recipes

/// How good a run's checkpoints are, what follows from that, and which of them may go; on the recorder's thread.
///
/// What follows is a function of the metrics alone, however often the run was interrupted.
final class CheckpointMeasuring {
    private let run: Run
    private let shape: ClusterShape
    private let folder: RunFolder
    private let watch: Watch?
    private let space: DiskSpace
    private let observe: @Sendable (RunEvent) -> Void
    private var evaluations: Evaluations?
    /// The collapse that ends the run; nil where none does.
    private(set) var collapse: Collapse?
    /// Whether a checkpoint was not measured because the run was to end.
    private(set) var owesMeasures = false
    private var hasToldCollapse = false

    /// - Parameter watch: How each checkpoint is measured; nil: not at all.
    init(
        run: Run, folder: RunFolder, watch: Watch?, space: DiskSpace,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) throws {
        self.run = run
        shape = ClusterShape(run)
        self.folder = folder
        self.watch = watch
        self.space = space
        self.observe = observe
        try takeOffLines(after: .max)
    }

    /// Forgets the metrics of what will be computed again.
    func takeOffLines(after iteration: Int) throws {
        let path = "\(folder.path)/evaluations.jsonl"
        if watch != nil {
            try LineFile(path: path).takeOffLines(after: iteration)
        } else if !FileManager.default.fileExists(atPath: path) {
            return
        }
        // What was measured before tells which checkpoints to keep, though nothing is measured now.
        evaluations = try Evaluations(path: path, judgedFrom: run.step.game.growth.iterations)
    }

    /// Measures a checkpoint, if that was not done before.
    func measure(_ snapshot: Snapshot) throws {
        let iteration = snapshot.iteration(of: run)
        guard let watch, isScheduled(iteration),
            evaluations?.isMeasured(iteration) == false,
            let found = try evaluate(snapshot, by: watch.evaluation)
        else { return }
        try space.patiently { try evaluations?.add(found, at: iteration, of: watch.evaluation) }
        observe(
            .measured(
                iteration: iteration,
                metrics: found.map { RunEvent.Value(name: $0.name, value: $0.value) }))
    }

    /// Measures the checkpoints that a run was stopped too soon for.
    func measureAll(through newest: Snapshot) throws {
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

    /// Whether the metrics so far end the run: it is no longer becoming better, or its generator has collapsed.
    func isEnough() -> Bool {
        guard let watch, let evaluations else { return false }
        if let found = evaluations.collapse {
            if !hasToldCollapse {
                hasToldCollapse = true
                observe(
                    .collapsed(
                        iteration: found.iteration, reason: found.reason,
                        lastHealthy: found.lastHealthy, endsRun: watch.stopsOnCollapse))
            }
            if watch.stopsOnCollapse {
                collapse = found
                return true
            }
        }
        return watch.stopping.flatMap { evaluations.verdict($0) }?.isTimeToStop == true
    }

    /// The iteration of the best checkpoint by the watched metric; nil where none is watched.
    var best: Int? { watch?.stopping.flatMap { evaluations?.verdict($0)?.best } }

    /// Another metric than the run was watched by may be best at a checkpoint that was removed.
    func tellWhatIsGone() {
        guard let best, !Checkpoint.iterations(in: folder.path).contains(best) else { return }
        observe(.bestIsGone(iteration: best, folder: folder.path))
    }

    /// Removes checkpoints that nothing needs any more; what was measured of them stays.
    func prune() {
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

    /// Nil where the run is to end before they are there.
    private func evaluate(_ snapshot: Snapshot, by evaluation: RunEvaluation) throws -> [Metric]? {
        let found = Promise<Result<[Metric], any Error>>()
        try SystemThread("evaluation") {
            found.give(Result { try snapshot.measured(by: evaluation) })
        }
        while !space.isHurried {
            if let result = found.take(within: .milliseconds(50)) { return try result.get() }
        }
        owesMeasures = true
        return nil
    }
}
