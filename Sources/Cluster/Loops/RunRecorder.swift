internal import Adversarial
package import Evaluation
internal import Foundation
internal import NeuralNetworks
package import Recipes
internal import Tensors
internal import Wire

/// Where training stands, for whoever watches.
package struct TrainingProgress: Sendable {
    package let iteration: Int
    package let iterations: Int
    /// When that iteration was done, in seconds since 1970.
    package let time: Double
    package let imagesPerSecond: Double
    /// Each network's measures, such as ("discriminator loss", 0.7).
    package let measures: [(name: String, value: Float)]

    /// Seconds to the end at this speed.
    package func secondsLeft(batch: Int) -> Double {
        imagesPerSecond > 0 ? Double((iterations - iteration) * batch) / imagesPerSecond : 0
    }
}

/// How a run is measured while it trains, at each checkpoint.
package struct Watch: Sendable {
    package let evaluation: RunEvaluation
    package let stopping: EarlyStopping?
    /// Whether a collapse ends the run; otherwise it is only said.
    package let stopsOnCollapse: Bool

    package init(evaluation: RunEvaluation, stopping: EarlyStopping?, stopsOnCollapse: Bool) {
        self.evaluation = evaluation
        self.stopping = stopping
        self.stopsOnCollapse = stopsOnCollapse
    }
}

/// Writes what a run leaves behind, on a thread of its own: metrics, checkpoints, sample grids, evaluations.
///
/// Training never waits for it, and it never touches training.
final class RunRecorder: @unchecked Sendable {
    /// What the run has to know of the recorder's work.
    enum Outcome: Sendable {
        /// A snapshot of that step is on disk.
        case saved(step: Int)
        /// The watched figure has not become better for long enough, or the generator has collapsed.
        case enough
    }

    private enum Job {
        case report(Beat.Report)
        case save(Snapshot)
        case resume(Snapshot)
        case rewind(iteration: Int)
        case close
    }

    private let run: Run
    private let folder: RunFolder
    private let watch: Watch?
    private let outcomes: Mailbox<Result<Outcome, any Error>>
    private let observe: @Sendable (Coordinator.Event) -> Void
    private let condition = NSCondition()
    // Guarded by the condition.
    private var jobs: [Job] = []
    private let working = DispatchGroup()

    // Used by the recorder's thread alone.
    private var metrics: FileHandle?
    private var measures: [Int: [Int: Beat.Report]] = [:]
    private var recent: [(iteration: Int, time: Double)] = []
    private var evaluations: Evaluations?
    /// The collapse that ended the run; nil where none did.
    ///
    /// To be read once the recorder is closed.
    private(set) var collapse: Collapse?
    private var hasSaidCollapse = false

    /// - Parameters:
    ///   - watch: How each checkpoint is measured; nil: not at all.
    ///   - outcomes: Told of each snapshot that is on disk, or why it is not.
    init(
        run: Run, folder: RunFolder, startingAt step: Int, watch: Watch?,
        outcomes: Mailbox<Result<Outcome, any Error>>,
        observe: @escaping @Sendable (Coordinator.Event) -> Void
    ) throws {
        self.run = run
        self.folder = folder
        self.watch = watch
        self.outcomes = outcomes
        self.observe = observe
        try openFiles(before: step / run.schedule.stepsPerIteration)
        working.enter()
        let thread = Thread { [self] in work() }
        thread.name = "recorder"
        thread.stackSize = 16 << 20
        thread.start()
    }

    func record(_ report: Beat.Report) { add(.report(report)) }
    func save(_ snapshot: Snapshot) { add(.save(snapshot)) }

    /// Measures the checkpoint that a run goes on from, if that was not done before, and hears the verdict of all so far.
    func resume(from snapshot: Snapshot) { add(.resume(snapshot)) }

    /// Forgets what will be computed again.
    func rewind(to snapshot: Snapshot) {
        add(.rewind(iteration: snapshot.iteration(of: run)))
    }

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
        while true {
            condition.lock()
            while jobs.isEmpty { condition.wait() }
            let job = jobs.removeFirst()
            condition.unlock()
            switch job {
            case .report(let report): attempt { try write(report) }
            case .save(let snapshot): attempt { try keep(snapshot) }
            case .resume(let snapshot):
                attempt {
                    if snapshot.step > 0 { try measure(snapshot) }
                    judge()
                }
            case .rewind(let iteration): attempt { try forget(after: iteration) }
            case .close:
                try? metrics?.close()
                working.leave()
                return
            }
        }
    }

    /// What cannot be written ends the run: it can be resumed when there is room.
    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { outcomes.put(.failure(Departure.failure("\(error)"))) }
    }

    private func forget(after iteration: Int) throws {
        try metrics?.close()
        try openFiles(before: iteration)
        measures = [:]
        recent = []
    }

    private func openFiles(before iteration: Int) throws {
        metrics = try openLines("metrics.jsonl", before: iteration)
        guard watch != nil else { return }
        let file = try openLines("evaluations.jsonl", before: iteration)
        evaluations = try Evaluations(
            path: "\(folder.path)/evaluations.jsonl", file: file,
            judgedFrom: run.step.method.growth.iterations)
    }

    /// Keeps the lines of iterations that will not be computed again.
    private func openLines(_ name: String, before iteration: Int) throws -> FileHandle? {
        let path = "\(folder.path)/\(name)"
        let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let kept = old.split(separator: "\n").filter { line in
            guard
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? [String: Any]
            else { return false }
            return (object["iteration"] as? Int).map { $0 <= iteration } ?? false
        }
        try folder.write(Array(kept.map { $0 + "\n" }.joined().utf8), to: name)
        let file = FileHandle(forWritingAtPath: path)
        try file?.seekToEnd()
        return file
    }

    private func write(_ report: Beat.Report) throws {
        let turn = run.schedule.turn(at: report.step)
        // Of repeated steps, the last one counts.
        guard turn.repeat == run.schedule.repeats[turn.network] - 1 else { return }
        measures[turn.iteration, default: [:]][turn.network] = report
        guard measures[turn.iteration]?.count == run.networks.count else { return }
        guard let complete = measures.removeValue(forKey: turn.iteration) else { return }
        let time = complete.values.map(\.time).max() ?? report.time
        let iteration = turn.iteration + 1
        recent.removeAll { $0.iteration >= iteration }
        recent.append((iteration, time))
        if recent.count > 200 { recent.removeFirst(recent.count - 200) }
        let named = run.networks.enumerated().flatMap { number, network in
            zip(network.measures, complete[number]?.measures ?? []).map {
                (name: "\(network.name) \($0)", value: $1)
            }
        }
        let now = TrainingProgress(
            iteration: iteration, iterations: run.settings.iterations, time: time,
            imagesPerSecond: imagesPerSecond,
            measures: named)
        var fields = ["\"iteration\":\(iteration)", "\"time\":\(time)"]
        fields += named.map {
            "\"\($0.name.replacingOccurrences(of: " ", with: "_"))\":\(json(Double($0.value)))"
        }
        fields.append("\"images_per_second\":\(json((imagesPerSecond * 10).rounded() / 10))")
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
        try metrics?.write(contentsOf: Data("{\(fields.joined(separator: ","))}\n".utf8))
        observe(.progress(now))
    }

    private func show(_ samples: NDArray, in path: String) throws {
        try run.recipe.picture(samples).write(to: "\(path).png")
        if let music = run.recipe.music { try MIDIFile(music(samples)).write(to: "\(path).mid") }
    }

    /// Over the last iterations: members report them in bunches.
    private var imagesPerSecond: Double {
        guard let first = recent.first, let last = recent.last, last.time > first.time else {
            return 0
        }
        return Double((last.iteration - first.iteration) * run.settings.batch)
            / (last.time - first.time)
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
        let step = try write(snapshot)
        try measure(snapshot)
        outcomes.put(.success(.saved(step: step)))
        judge()
    }

    private func measure(_ snapshot: Snapshot) throws {
        let iteration = snapshot.iteration(of: run)
        guard let watch, evaluations?.isMeasured(iteration) == false,
            let weights = snapshot.sampledWeights(of: run)
        else { return }
        let figures = watch.evaluation.measure(weights, after: iteration)
        try evaluations?.add(figures, at: iteration, of: watch.evaluation)
        observe(.evaluated(iteration: iteration, figures))
    }

    /// Says what the figures so far come to: a function of them alone, however often the run was interrupted.
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

    /// The iteration of the best checkpoint by the watched figure, once the recorder is closed; nil where none is watched.
    var best: Int? { watch?.stopping.flatMap { evaluations?.verdict($0)?.best } }

    private func write(_ snapshot: Snapshot) throws -> Int {
        try Checkpoint.write(snapshot, of: run, to: folder)
        let name = Checkpoint.paddedIteration(of: snapshot, of: run)
        if let samples = samples(snapshot, of: run, 0..<64, seed: 0) {
            do { try show(samples, in: "\(folder.path)/samples/\(name)") } catch {
                observe(.said("\(error)"))
            }
        }
        return snapshot.step
    }
}

/// A number as JSON has it: what is no number becomes null.
private func json(_ value: Double) -> String { value.isFinite ? String(value) : "null" }
