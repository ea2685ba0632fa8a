import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Foundation
import Hashing
import Platform
import Recipes
import Wire

struct LaunchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch", abstract: "Train on a cluster of processes on this machine.",
        discussion:
            "This process is the coordinator and keeps both networks; workers are processes of their own."
    )

    @OptionGroup var options: TrainingOptions

    @Option(parsing: .unconditional, help: "Worker processes; any number gives the same weights.")
    var workers = 2

    @Option(
        parsing: .unconditional,
        help:
            "Lanes of each worker. (default: the processors that this process may use, shared out)")
    var lanes: Int?

    func run() throws {
        try reportingErrors {
            guard (1...1024).contains(workers) else {
                throw RecipeError("--workers: expected 1 to 1024, found \(workers)")
            }
            let lanes = lanes ?? max(1, defaultLanes / workers)
            try requireLanes(lanes)
            let ending = Ending.onTermination()
            let (run, dataset, extractor) = try options.resolve()
            let console = Console(batch: run.settings.batchSize)
            let (digest, output) = try options.trainingThroughCollapse(
                run, measuredBy: extractor, console
            ) { stage, watch in
                // Workers share pictures that are in memory as long as this process has them.
                try withExtendedLifetime(dataset) {
                    try launched(
                        stage, watch, ending, lanes: lanes,
                        extract: try options.extract(of: stage.run, dataset), console)
                }
            }
            console.finish(digest, output: output)
        }
    }

    private func launched(
        _ stage: TrainingStage, _ watch: Watch?, _ ending: Ending, lanes: Int,
        extract: DataExtract, _ console: Console
    ) throws -> Digest {
        let processes = WorkerProcesses(console: console, ending: ending)
        let sockets = try SocketFolder()
        defer { sockets.remove() }
        ending.beforeEnd {
            processes.kill()
            sockets.remove()
        }
        let coordinator = try Coordinator(
            context: Context(), run: stage.run,
            options: .init(
                listen: "ipc://\(sockets.path)/control", output: stage.output,
                isResuming: stage.isResuming, extract: extract, watch: watch,
                start: stage.start, ending: ending),
            observe: { [data = options.data, workers] event in
                console.observe(event)
                guard case .listening(let endpoint) = event else { return }
                processes.start(workers, lanes: lanes, coordinator: endpoint, data: data)
            })
        defer { processes.end() }
        return try coordinator.lead()
    }
}

/// A folder for local sockets that no other user can enter.
private struct SocketFolder {
    let path: String

    init() throws {
        let wanted = NSTemporaryDirectory()
        for folder in [wanted, "/tmp", "/dev/shm"] where folder.utf8.count <= Self.longest {
            var template = Array("\(folder)/swiftgan-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { continue }
            path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            return
        }
        throw FolderError(
            "\(wanted): expected a writable folder for sockets with a path of at most \(Self.longest) bytes, found neither this nor /tmp; TMPDIR names another"
        )
    }

    /// Bytes of a folder's path, at most: the system leaves 107 for that of a socket.
    private static let longest = 107 - "/swiftgan-XXXXXX/control-data".utf8.count

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// The workers of a launch.
///
/// The run outlives any of them but the last.
private final class WorkerProcesses: @unchecked Sendable {
    private let console: Console
    private let ending: Ending
    private let lock = NSLock()
    private var processes: [Process] = []
    private var isEnding = false

    init(console: Console, ending: Ending) {
        self.console = console
        self.ending = ending
    }

    func start(_ count: Int, lanes: Int, coordinator: String, data: String?) {
        for number in 1...count {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments =
                [
                    "worker", "--coordinator", coordinator, "--lanes", String(lanes),
                    "--ends-with-parent",
                ]
                + (data.map { ["--data", $0] } ?? [])
            process.terminationHandler = { [weak self] in self?.ended($0, number) }
            do { try process.run() } catch {
                let code = Int32(clamping: (error as NSError).code)
                console.say("worker \(number) did not start: \(String(cString: strerror(code)))")
                continue
            }
            lock.withLock { processes.append(process) }
            console.say(
                "worker \(number) is process \(process.processIdentifier), \(counted(lanes, "lane"))"
            )
        }
        if lock.withLock({ processes.isEmpty }) {
            ending.clean()
            endProcess(
                "expected \(count) worker processes, the system allowed none; 'ulimit -u' limits them",
                code: 75)
        }
    }

    /// Gives the workers a moment to end by themselves, and ends those that do not.
    func end() {
        lock.withLock { isEnding = true }
        let deadline = ContinuousClock.now + .seconds(3)
        for process in lock.withLock({ processes }) {
            while process.isRunning && .now < deadline { Thread.sleep(forTimeInterval: 0.02) }
        }
        kill()
    }

    /// Ends them at once.
    func kill() {
        for process in lock.withLock({ processes }) where process.isRunning {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// What all workers ended with, such as that this is to be started again; 1 where they did not agree.
    private var commonCode: Int32 {
        let all = lock.withLock { processes }
        let codes = Set(all.map { $0.terminationReason == .exit ? $0.terminationStatus : 1 })
        return codes.count == 1 ? codes.first ?? 1 : 1
    }

    private func ended(_ process: Process, _ number: Int) {
        let (isExpected, living) = lock.withLock {
            (
                isEnding || ending.isAsked || process.terminationStatus == 0,
                processes.count(where: \.isRunning)
            )
        }
        guard !isExpected else { return }
        let how = process.terminationReason == .exit ? "exit code" : "signal"
        console.say(
            "worker \(number) ended with \(how) \(process.terminationStatus); workers that go on: \(living)"
        )
        if living == 0 {
            ending.clean()
            endProcess(
                "all workers ended; --resume goes on from the newest checkpoint", code: commonCode)
        }
    }
}
