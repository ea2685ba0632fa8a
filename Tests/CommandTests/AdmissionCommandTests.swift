import Foundation
import Testing

extension Commands {
    @Suite(
        "Who may join", .serialized,
        .enabled(if: hasFashionData, "needs Debian's dataset-fashion-mnist"))
    struct AdmissionCommandTests {
        private let folder: TemporaryFolder
        private let endpoint: String
        private var run: String { "\(folder.path)/run" }

        init() throws {
            folder = try TemporaryFolder()
            endpoint = "tcp://127.0.0.1:\(try freePort())"
        }

        @Test(
            "A host whose library takes other kernels is turned away, and the run goes on without it"
        )
        func otherKernels() throws {
            let options = ["fashion", "--iterations", "60", "--set", "width=16"]
            let coordinator = try Command(
                ["coordinator"] + options + ["--listen", endpoint, "--output", run])
            let worker = try Command("worker", "--coordinator", endpoint, "--lanes", "1")
            try waitForIteration(5, inRun: run)
            let stranger = try Command(
                ["worker", "--coordinator", endpoint, "--lanes", "1"],
                environment: ["ONEDNN_MAX_CPU_ISA": "SSE41"]
            ).wait(seconds: 60)
            #expect(stranger.code == 78)
            #expect(stranger.output.contains("expects instructions"), "\(stranger.output)")
            let alone = try Command(["train"] + options + ["--output", "\(folder.path)/alone"])
            #expect(try weights(coordinator.wait()) == weights(alone.wait()))
            #expect(try worker.wait(seconds: 15).code == 0)
        }

        @Test(
            "Kept to AVX2, a run takes hosts with more and without, and has the weights of one without",
            .enabled(if: hasAVX2, "needs AVX2"))
        func fewerInstructions() throws {
            let options = ["fashion", "--iterations", "60", "--set", "width=16"]
            let limit = ["ONEDNN_MAX_CPU_ISA": "AVX2"]
            let coordinator = try Command(
                ["coordinator"] + options + [
                    "--isa", "avx2", "--min-workers", "2", "--listen", endpoint, "--output", run,
                ])
            let join = ["worker", "--coordinator", endpoint, "--lanes", "1"]
            let workers = [try Command(join), try Command(join, environment: limit)]
            let alone = try Command(
                ["train"] + options + ["--isa", "avx2", "--output", "\(folder.path)/alone"],
                environment: limit)
            #expect(try weights(coordinator.wait()) == weights(alone.wait()))
            for worker in workers { #expect(try worker.wait(seconds: 15).code == 0) }
        }

        @Test("A worker whose data differs in one late pixel is turned away")
        func otherPixel() throws {
            let original = "/usr/share/datasets/fashion-mnist"
            let data = "\(folder.path)/data"
            try FileManager.default.createDirectory(
                atPath: data, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: original) {
                let unpacked = Process()
                unpacked.executableURL = URL(fileURLWithPath: "/bin/gunzip")
                unpacked.arguments = ["--stdout", "\(original)/\(name)"]
                let pipe = Pipe()
                unpacked.standardOutput = pipe
                try unpacked.run()
                var bytes = try #require(try pipe.fileHandleForReading.readToEnd())
                if name.hasPrefix("train-images") { bytes[bytes.count - 1] ^= 1 }
                try bytes.write(to: URL(fileURLWithPath: "\(data)/\(name)"))
            }
            let coordinator = try Command(
                "coordinator", "fashion", "--listen", endpoint, "--output", run)
            let worker = try Command("worker", "--coordinator", endpoint, "--data", data)
            let (code, output) = try worker.wait(seconds: 60)
            #expect(code == 78 && output.contains("data: expected the coordinator's 60000"))
            coordinator.kill()
        }

        @Test(
            "Asked to end, a run saves the iteration that it is at, and goes on from there to the same weights",
            arguments: [("train", SIGTERM), ("launch", SIGHUP)])
        func drained(command: String, signal: Int32) throws {
            let options = [
                "ring", "--iterations", "400", "--set", "checkpoint-every=1000", "--set",
                "width=16",
            ]
            let unbroken = try Command(["train"] + options + ["--output", "\(run)-unbroken"])
            let expected = try unbroken.wait().output.suffix(65)
            let first = try Command([command] + options + ["--output", run])
            try waitForIteration(30, inRun: run)
            // Supervisors say it twice.
            for _ in 0..<2 { first.terminate(by: signal) }
            let ended = try first.wait(seconds: 60)
            #expect(ended.code == 75)
            #expect(ended.output.contains("ended as asked, at the checkpoint of iteration"))
            let iterations = try metrics(run).map(\.iteration)
            #expect(iterations == Array(1...iterations.count))
            let file = String(format: "%08d.safetensors", iterations.count)
            #expect(FileManager.default.fileExists(atPath: "\(run)/checkpoints/\(file)"))
            let second = try Command([command] + options + ["--output", run, "--resume"])
            let resumed = try second.wait()
            #expect(resumed.code == 0 && resumed.output.hasSuffix(expected))
            #expect(try metrics(run).map(\.iteration) == Array(1...400))
        }

        @Test(
            "Members of a run that was asked to end say so, and end with the code to be started again"
        )
        func interrupted() throws {
            let sockets = "ipc://\(folder.path)/control"
            let coordinator = try Command(
                "coordinator", "ring", "--iterations", "1000000", "--set", "width=16", "--slices",
                "1", "--listen", sockets, "--output", run)
            let members = [
                ["worker", "--lanes", "1"],
                [
                    "parameter-server", "--network", "generator", "--listen",
                    "ipc://\(folder.path)/generator",
                ], ["parameter-server", "--network", "discriminator"],
            ].map { $0 + ["--coordinator", sockets] }
            let processes = try members.map { try Command($0) }
            try waitForIteration(30, inRun: run)
            coordinator.terminate()
            let ended = try coordinator.wait(seconds: 60)
            #expect(ended.code == 75)
            let kept = try #require(
                ended.output.firstMatch(of: /at the checkpoint of iteration (\d+);/),
                "\(ended.output)")
            for process in processes {
                let (code, output) = try process.wait(seconds: 15)
                #expect(code == 75)
                #expect(output.contains("joined the run at \(sockets): ring, seed 1, 1000000"))
                #expect(
                    output.contains("the run was asked to end at iteration \(kept.1);"), "\(output)"
                )
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run"])
        }

        @Test("A launch whose workers are all to be started again is to be started again")
        func workersAsked() throws {
            let launch = try Command(
                "launch", "ring", "--iterations", "1000000", "--workers", "2", "--lanes", "1",
                "--output", run)
            try waitForIteration(5, inRun: run)
            for match in launch.output.matches(of: /is process (\d+)/) {
                kill(try #require(Int32(match.1)), SIGTERM)
            }
            let (code, output) = try launch.wait(seconds: 60)
            #expect(code == 75, "\(output)")
            #expect(output.contains("all workers ended; --resume goes on"), "\(output)")
        }

        @Test("Asked to end while nobody computes, a coordinator does")
        func drainedAlone() throws {
            let coordinator = try Command(
                "coordinator", "ring", "--iterations", "1000000", "--set", "width=16", "--set",
                "checkpoint-every=100", "--listen", endpoint, "--output", run)
            let worker = try Command("worker", "--coordinator", endpoint, "--lanes", "1")
            try waitForIteration(150, inRun: run)
            worker.kill()
            coordinator.terminate()
            let ended = try coordinator.wait(seconds: 60)
            #expect(ended.code == 75)
            #expect(ended.output.contains("ended as asked, at the checkpoint of iteration"))
        }

        @Test(
            "Asked to end twice, a run that cannot stop ends at once, with all that it has started",
            arguments: ["train", "launch"])
        func askedTwice(command: String) throws {
            // A disk that takes nothing, and says nothing: no checkpoint is ever saved, so the first signal cannot end the run.
            let checkpoints = "\(run)/checkpoints"
            try FileManager.default.createDirectory(
                atPath: checkpoints, withIntermediateDirectories: true)
            try #require(mkfifo("\(checkpoints)/00000010.safetensors.part", 0o600) == 0)
            let process = try Command(
                [
                    command, "ring", "--iterations", "1000000", "--set", "width=16", "--set",
                    "checkpoint-every=10", "--output", run,
                ], environment: ["TMPDIR": folder.path])
            try waitForIteration(10, inRun: run)
            process.terminate()
            _ = try process.waitForOutput(/(asked to end: the run stops)/)
            // Signals within a second of the first are the same wish.
            Thread.sleep(forTimeInterval: 1.5)
            process.terminate()
            // The signal's own end, which a shell calls 143.
            #expect(try process.wait(seconds: 60).code == SIGTERM)
            for worker in process.output.matches(of: /worker \d is process (\d+)/) {
                let number = try #require(Int32(worker.1))
                #expect(kill(number, 0) == -1 && errno == ESRCH)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run"])
        }

        @Test("A run waits for its workers, and goes on when there are enough")
        func fewWorkers() throws {
            let options = ["ring", "--iterations", "300", "--set", "width=16"]
            let coordinator = try Command(
                ["coordinator"] + options + [
                    "--listen", endpoint, "--min-workers", "2", "--output", run,
                ])
            let first = try Command("worker", "--coordinator", endpoint, "--lanes", "1")
            _ = try coordinator.waitForOutput(/(waiting for workers: 1 of 2)/)
            let second = try Command("worker", "--coordinator", endpoint, "--lanes", "1")
            _ = try weights(coordinator.wait(seconds: 60))
            for worker in [first, second] { #expect(try worker.wait(seconds: 15).code == 0) }
        }
    }
}
