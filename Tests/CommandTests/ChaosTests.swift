import Cluster
import Foundation
import Testing

extension Commands {
    @Suite("A process that dies between two effects", .serialized)
    struct ChaosTests {
        private static let options = [
            "ring", "--iterations", "40", "--set", "checkpoint-every=10", "--set", "width=32",
            "--set", "microbatch=64",
        ]

        /// The unbroken run that all others are held to.
        private static let reference = Result {
            let folder = try TemporaryFolder()
            let run = "\(folder.path)/run"
            return try Finished(
                weights: weights(Command(["train"] + options + ["--output", run]).wait()),
                checkpoint: checkpoint(run))
        }

        private struct Finished: Equatable {
            let weights: String
            /// The last checkpoint, moments and all.
            let checkpoint: Data
        }

        private static func checkpoint(_ run: String) throws -> Data {
            try Data(
                contentsOf: URL(fileURLWithPath: "\(run)/checkpoints/00000040.safetensors"))
        }

        private enum Role: CaseIterable { case coordinator, server, worker }

        private let folder: TemporaryFolder
        private let endpoint: String
        private var run: String { "\(folder.path)/run" }

        init() throws {
            folder = try TemporaryFolder()
            endpoint = "tcp://127.0.0.1:\(try freePort())"
        }

        private func start(_ role: Role, failingAt failpoint: String? = nil) throws -> Command {
            let arguments =
                switch role {
                case .coordinator:
                    ["coordinator"] + Self.options + [
                        "--listen", endpoint, "--slices", "1", "--output", run,
                    ]
                        + (FileManager.default.fileExists(atPath: "\(run)/run.yaml")
                            ? ["--resume"] : [])
                case .server:
                    ["parameter-server", "--network", "generator", "--coordinator", endpoint]
                case .worker: ["worker", "--coordinator", endpoint, "--lanes", "1"]
                }
            return try Command(
                arguments, environment: failpoint.map { [Failpoint.variable: $0] } ?? [:])
        }

        private static func role(of failpoint: Failpoint) -> Role {
            switch failpoint {
            case .runBegun, .attemptPersisted, .memberWelcomed, .planTold, .snapshotCollected,
                .ledgerWritten, .fileUnnamed, .checkpointUnhashed, .checkpointWritten, .doneTold:
                .coordinator
            case .chunksRestored, .pushTaken, .chunkSent: .server
            case .weightsArrived, .leafComputed, .chunkPushed, .leaveSaid: .worker
            }
        }

        /// How often a failpoint is passed before it kills: in the midst of things, where that can be.
        private static func count(of failpoint: Failpoint) -> Int {
            switch failpoint {
            case .runBegun, .attemptPersisted, .chunksRestored, .leaveSaid: 1
            case .memberWelcomed, .snapshotCollected, .checkpointUnhashed, .checkpointWritten,
                .doneTold:
                2
            case .fileUnnamed: 4
            case .planTold: 6
            case .ledgerWritten: 15
            case .weightsArrived, .leafComputed: 20
            case .chunkSent, .chunkPushed, .pushTaken: 45
            }
        }

        @Test(
            "Wherever it was, the checkpoint is the unbroken run's", arguments: Failpoint.allCases)
        func dies(at failpoint: Failpoint) throws {
            let role = Self.role(of: failpoint)
            let others =
                try [Role.server, .worker].filter { $0 != role }.map { try start($0) } + [
                    start(.worker),
                    Command(
                        "parameter-server", "--network", "discriminator", "--coordinator", endpoint),
                ]
            var coordinator = role == .coordinator ? nil : try start(.coordinator)
            let victim = try start(
                role, failingAt: "\(failpoint.rawValue):\(Self.count(of: failpoint))")
            let death = try victim.wait(seconds: 60)
            #expect(death.code == SIGKILL, "it was to die at \(failpoint): \(death.output)")
            let successor = failpoint == .leaveSaid ? nil : try start(role)
            if role == .coordinator { coordinator = successor }
            let found = Finished(
                weights: try weights(try #require(coordinator).wait(seconds: 60)),
                checkpoint: try Self.checkpoint(run))
            #expect(try found == Self.reference.get())
            for member in others { #expect(try member.wait(seconds: 15).code == 0) }
            let audit = try Command("audit", run).wait()
            #expect(audit.code == 0, "\(audit.output)")
            #expect(try metrics(run).map(\.iteration) == Array(1...40))
        }
    }
}
