import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Foundation
import Recipes
import Synchronization
import Tensors

/// Trains a workload through the same roles as any run, and reads the times between its iterations.
struct BenchmarkStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Time whole training steps of a workload, each network learning once.",
        discussion: "Workloads: "
            + Recipe.workloads.map { "\($0.workloadName) (\($0.summary))" }.joined(separator: "; "))

    @Argument(help: "What to compute.")
    var workload: String

    @Option(parsing: .unconditional, help: "Threads that compute.")
    var lanes = defaultLanes

    @Option(help: "float32 or bfloat16.")
    var precision = "float32"

    @Option(parsing: .unconditional, help: "Steps to time, after three that are not.")
    var steps = 9

    @Flag(help: "Without coordinator, servers and messages: the difference is what these cost.")
    var plain = false

    @Flag(help: "Print the time of each step, too.")
    var all = false

    func run() throws {
        try reportingErrors {
            try requireLanes(lanes)
            guard (1...100_000).contains(steps) else {
                throw RecipeError("--steps: expected 1 to 100000, found \(steps)")
            }
            let recipe = try Recipe.workload(named: workload)
            let warmUp = 3
            var settings = recipe.defaults
            settings.iterations = warmUp + steps
            try settings.set("precision", to: precision, for: recipe)
            let dataset = try Run.openData(recipe, settings, DataRequest(path: nil))
            let run = try Run(recipe: recipe, settings: settings, data: dataset)
            let ends = try plain ? timesOfPlainLoop(run, dataset) : timesOfOneProcess(run, dataset)
            let steps = zip(ends.dropFirst(warmUp), ends.dropFirst(warmUp - 1)).map(-).sorted()
            let median = steps[steps.count / 2]
            let first = ends[0] - processStart
            try tell(
                "\(Program.configuration.version) \(workload) lanes=\(min(lanes, settings.leaves)) batch=\(settings.batchSize) \(precision): \(fixed(median * 1e3)) ms/step \(fixed(Double(settings.batchSize) / median)) images/s"
            )
            try tell(
                "  \(steps.count) steps, \(fixed(steps[0] * 1e3)) to \(fixed(steps[steps.count - 1] * 1e3)) ms; first step done \(fixed(first * 1e3)) ms after the start; peak memory \(fixed(peakMegabytes)) MB; \(InstructionSet.inUse)"
            )
            if all {
                try tell("  all: \(steps.map { fixed($0 * 1e3) }.joined(separator: " "))")
            }
        }
    }

    /// When each iteration was done, in seconds since 1970.
    private func timesOfPlainLoop(_ run: Run, _ dataset: any Dataset) throws -> [Double] {
        var times: [Double] = []
        _ = try PlainLoop(run: run, dataset: dataset, lanes: lanes).train { times.append($0) }
        return times
    }

    private func timesOfOneProcess(_ run: Run, _ dataset: any Dataset) throws -> [Double] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("swiftgan-benchmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let times = Times()
        let process = try OneProcess(
            run: run, dataset: dataset, lanes: lanes, output: folder.path, isResuming: false
        ) { event in
            if case .iterated(let progress) = event { times.append(progress.time) }
        }
        _ = try process.train()
        return times.all
    }
}

/// When iterations were done, noted from the recorder's thread.
private final class Times: Sendable {
    private let times = Mutex<[Double]>([])
    func append(_ time: Double) { times.withLock { $0.append(time) } }
    var all: [Double] { times.withLock { $0 } }
}

/// The largest resident set so far.
private var peakMegabytes: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
}

/// When the kernel started this process, in seconds since 1970.
private var processStart: Double {
    let stat = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    let uptime = (try? String(contentsOfFile: "/proc/uptime", encoding: .utf8)) ?? ""
    guard fields.count > 19, let ticks = Double(fields[19]),
        let up = uptime.split(separator: " ").first.flatMap({ Double($0) })
    else { return .nan }
    return Date().timeIntervalSince1970 - up + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
}
