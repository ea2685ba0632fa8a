internal import Adversarial
package import Datasets
package import Hashing
internal import Platform
package import Recipes
internal import Wire

/// A whole run in this process: coordinator, servers and lanes as threads, through the same states and loops.
package struct OneProcess {
    private let coordinator: Coordinator
    private let worker: Worker
    /// Asks the worker to end, where the run ends before its time.
    private let workerEnding = Ending()

    /// Opens the run's folder.
    package init(
        run: Run, dataset: any Dataset, lanes: Int, output: String, isResuming: Bool,
        extract: DataExtract? = nil,
        watch: Watch? = nil, start: Start? = nil, ending: Ending = Ending(),
        observe: @escaping @Sendable (RunEvent) -> Void
    ) throws {
        let context = Context()
        let endpoint = "inproc://coordinator-\(newMemberName())"
        coordinator = try Coordinator(
            context: context, run: run,
            options: .init(
                listen: endpoint, output: output, isResuming: isResuming,
                extract: extract, watch: watch, start: start, ending: ending,
                provesMembers: false),
            observe: observe)
        worker = Worker(
            context: context, coordinator: endpoint, lanes: min(lanes, run.settings.leaves),
            recipes: [run.recipe], ending: workerEnding, say: { _ in }
        ) { _ in dataset }
    }

    /// Trains to the end.
    ///
    /// The worker's thread is not waited for: there is nothing left that it could lose.
    ///
    /// - Returns: The hash of the final weights.
    /// - Throws: What the coordinator or the worker fails with.
    package func train() throws -> Digest {
        defer { workerEnding.ask() }
        try SystemThread("worker") { [coordinator, worker] in
            do { _ = try worker.work() } catch { coordinator.fail(error) }
        }
        return try coordinator.lead()
    }
}
