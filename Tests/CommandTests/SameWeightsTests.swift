import Foundation
import Testing

/// Everything that starts processes, one after another: they share two cores.
@Suite("Commands", .serialized)
struct Commands {}

extension Commands {
    @Suite(
        "The weights depend on recipe and seed alone", .serialized,
        .enabled(if: hasFashionData, "needs Debian's dataset-fashion-mnist"))
    struct SameWeightsTests {
        static let options = ["fashion", "--iterations", "60", "--set", "checkpoint-every=20"]

        /// The unbroken run that all others are held to.
        static let reference = Result {
            let folder = try TemporaryFolder()
            return try weights(
                Command(["train"] + options + ["--lanes", "2", "--output", "\(folder.path)/run"])
                    .wait())
        }

        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        @Test("One lane gives the weights of two")
        func oneLane() throws {
            let one = try Command(["train"] + Self.options + ["--lanes", "1", "--output", run])
                .wait()
            #expect(try weights(one) == Self.reference.get())
        }

        @Test("So do one, two and three worker processes", arguments: [1, 2, 3])
        func workers(count: Int) throws {
            let cluster = try Command(
                ["launch"] + Self.options + ["--workers", "\(count)", "--output", run]
            ).wait()
            #expect(try weights(cluster) == Self.reference.get())
        }

        @Test(
            "So do all methods, bfloat16 and several critic steps, in one process or two",
            arguments: [
                ["ring-workload", "--precision", "bfloat16", "--set", "microbatch=64"],
                ["ring-workload", "--set", "critic-steps=2", "--set", "microbatch=64"],
                [
                    "mnist28-workload", "--precision", "bfloat16", "--batch-size", "16",
                    "--microbatch",
                    "8",
                ],
                [
                    "fashion-conditional", "--batch-size", "32", "--microbatch", "8", "--set",
                    "width=16",
                    "--set", "augmentation=adaptive", "--set", "consistency=1", "--set",
                    "noise=0.1", "--set", "annealing=20", "--set", "minibatch-deviation=true",
                    "--set", "orthogonality=0.001", "--set", "critic-scaling=spectral", "--set",
                    "top-k=0.5",
                ],
                [
                    "fashion", "--batch-size", "32", "--microbatch", "8", "--set", "width=8",
                    "--set", "architecture=progan", "--set", "growth=3",
                ],
                [
                    "grid", "--set", "packing=4", "--set", "objective=wasserstein-clipping",
                    "--set",
                    "critic-steps=2", "--set", "microbatch=32",
                ],
            ])
        func engine(options: [String]) throws {
            let options = options + ["--iterations", "4"]
            let one = try Command(
                ["train"] + options + ["--lanes", "1", "--output", "\(run)-one"]
            ).wait()
            let two = try Command(
                ["launch"] + options + ["--workers", "2", "--output", "\(run)-two"]
            ).wait()
            #expect(try weights(one) == weights(two))
        }

        @Test("So does a cluster started by hand, two slices a network, in any order")
        func slices() throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let worker = try Command("worker", "--coordinator", endpoint, "--lanes", "1")
            let early = try ["discriminator", "generator"].map {
                try Command(
                    "parameter-server", "--network", $0, "--slice", "2/2", "--coordinator", endpoint
                )
            }
            _ = try worker.waitForOutput(/(waiting for the coordinator)/)
            let coordinator = try Command(
                ["coordinator"] + Self.options + [
                    "--listen", endpoint, "--slices", "2", "--output", run,
                ])
            _ = try coordinator.waitForOutput(/waiting for (parameter servers: .*1\/2)/)
            let late = try ["discriminator", "generator"].map {
                try Command(
                    "parameter-server", "--network", $0, "--slice", "1/2", "--coordinator", endpoint
                )
            }
            #expect(try weights(coordinator.wait()) == Self.reference.get())
            for process in early + late + [worker] {
                #expect(try process.wait(seconds: 15).code == 0)
            }
        }

        @Test(
            "A worker's death in mid-run changes nothing, and the run goes on within five seconds")
        func killedWorker() throws {
            let cluster = try Command(
                ["launch"] + Self.options + ["--workers", "3", "--output", run])
            try waitForIteration(20, inRun: run)
            let victim = try cluster.waitForOutput(/worker 2 is process ([0-9]+)/)
            kill(try #require(pid_t(victim)), SIGKILL)
            let killedAt = Date().timeIntervalSince1970
            #expect(try weights(cluster.wait()) == Self.reference.get())
            let after = try metrics(run).filter { $0.time > killedAt }.map(\.time)
            #expect(!after.isEmpty, "the worker died after the last iteration")
            let gaps = zip([killedAt] + after, after).map { $1 - $0 }
            #expect(gaps.max() ?? 0 < 5)
        }

        @Test("Killed in mid-run and resumed, it ends as the unbroken run")
        func resumed() throws {
            let first = try Command(["train"] + Self.options + ["--output", run])
            try waitForIteration(25, inRun: run)
            first.kill()
            try first.wait()
            let resumed = try Command(["train"] + Self.options + ["--output", run, "--resume"])
                .wait()
            #expect(try weights(resumed) == Self.reference.get())
            let iterations = try metrics(run).map(\.iteration)
            #expect(iterations == Array(1...60), "each iteration has one line")
        }

        @Test(
            "A coordinator killed and started again finds its members, and ends as the unbroken run"
        )
        func killedCoordinator() throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let lead =
                ["coordinator"] + Self.options + [
                    "--listen", endpoint, "--slices", "1", "--output", run,
                ]
            let members = try [
                Command("worker", "--coordinator", endpoint, "--lanes", "1"),
                Command("worker", "--coordinator", endpoint, "--lanes", "1"),
                Command("parameter-server", "--network", "generator", "--coordinator", endpoint),
                Command(
                    "parameter-server", "--network", "discriminator", "--coordinator", endpoint),
            ]
            let first = try Command(lead)
            try waitForIteration(25, inRun: run)
            first.kill()
            try first.wait()
            #expect(try weights(Command(lead + ["--resume"]).wait()) == Self.reference.get())
            for member in members { #expect(try member.wait(seconds: 15).code == 0) }
        }

        @Test(
            "Servers that outlive their coordinator follow the next one: into another folder, and to other checkpoints"
        )
        func nextCoordinator() throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let ring = ["ring", "--set", "width=32", "--set", "annealing=100"]
            func lead(_ folder: String, _ options: String...) throws -> Command {
                try Command(
                    ["coordinator"] + ring + options + [
                        "--listen", endpoint, "--slices", "1", "--output", folder,
                    ])
            }
            let members = try [
                Command("worker", "--coordinator", endpoint, "--lanes", "1"),
                Command("parameter-server", "--network", "generator", "--coordinator", endpoint),
                Command(
                    "parameter-server", "--network", "discriminator", "--coordinator", endpoint),
            ]
            let long = ["--iterations", "1000000", "--set", "checkpoint-every=30"]
            let first = try lead("\(run)-first", long[0], long[1], long[2], long[3])
            try waitForIteration(45, inRun: "\(run)-first")
            first.kill()
            try first.wait()
            let second = try lead(run, long[0], long[1], long[2], long[3])
            try waitForIteration(45, inRun: run)
            second.kill()
            try second.wait()
            let newest = try #require(try metrics(run).last?.iteration)
            let end = String((newest / 70 + 2) * 70)
            let third = try lead(
                run, "--iterations", end, "--set", "checkpoint-every=70", "--resume")
            let alone = try Command(
                ["train"] + ring + ["--iterations", end, "--output", "\(run)-alone"])
            #expect(try weights(third.wait(seconds: 60)) == weights(alone.wait()))
            for member in members { #expect(try member.wait(seconds: 15).code == 0) }
            #expect(try Command("audit", run).wait().code == 0)
        }

        @Test("A server killed and started again restores, and the run ends as the unbroken one")
        func killedServer() throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let server = ["parameter-server", "--network", "generator", "--coordinator", endpoint]
            let coordinator = try Command(
                ["coordinator"] + Self.options + [
                    "--listen", endpoint, "--slices", "1", "--output", run,
                ])
            let others = try [
                Command("worker", "--coordinator", endpoint),
                Command(
                    "parameter-server", "--network", "discriminator", "--coordinator", endpoint),
            ]
            let victim = try Command(server)
            try waitForIteration(25, inRun: run)
            victim.kill()
            let successor = try Command(server)
            #expect(try weights(coordinator.wait()) == Self.reference.get())
            for member in others + [successor] { #expect(try member.wait(seconds: 15).code == 0) }
            #expect(
                try metrics(run).map(\.iteration) == Array(1...60), "each iteration has one line")
        }

        @Test(
            "Three critic steps, rates that anneal: to 60, then on to 120 on a cluster, as 120 at once"
        )
        func extendedMidSchedule() throws {
            let options = [
                "ring", "--set", "critic-steps=3", "--set", "checkpoint-every=7", "--set",
                "annealing=100", "--set", "microbatch=64", "--set", "width=33",
            ]
            let whole = try Command(
                ["train"] + options + ["--iterations", "120", "--output", "\(run)-whole"]
            ).wait()
            _ = try weights(
                Command(["train"] + options + ["--iterations", "60", "--output", run]).wait())
            let rest = try Command(
                ["launch"] + options + [
                    "--iterations", "120", "--workers", "3", "--output", run, "--resume",
                ]
            ).wait()
            #expect(try weights(rest) == weights(whole))
        }

        @Test("Trained to 25, then on to 60 on a cluster, it ends as the unbroken run")
        func extended() throws {
            let short = ["fashion", "--iterations", "25", "--output", run]
            _ = try weights(Command(["train"] + short).wait())
            let rest = try Command(
                ["launch"] + Self.options + ["--workers", "2", "--output", run, "--resume"]
            ).wait()
            #expect(try weights(rest) == Self.reference.get())
        }
    }
}
