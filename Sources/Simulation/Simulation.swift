internal import Adversarial
internal import Cluster
internal import Tensors
internal import Wire

/// A whole cluster of pure states under one seed.
///
/// Messages are delayed, lost, doubled and cut off in one direction; processes freeze, die, and are started again.
///
/// Time is simulated, so hours of trouble take milliseconds, and a seed that fails fails again.
package struct Simulation {
    package struct Outcome: Sendable {
        /// Bits that differ from the reference's, and lines that are missing.
        package var violations: [String] = []
        /// Whether the run reached its end.
        package var isFinished = false
        /// The number of processes that died.
        package var kills = 0
        /// The attempts after the first, each of which restores a checkpoint on all members.
        package var restores = 0
        /// The coordinators that were restarted, and went on with living servers.
        package var adoptions = 0
        /// The steps that had been reported, and were taken again after a run was asked to stop.
        package var repeated = 0
    }

    enum Node: Hashable {
        case coordinator
        case server(Int)
        case worker(Int)
    }

    enum Delivery {
        case hello(Hello, from: Peer), heartbeat(Heartbeat, from: Peer)
        /// These come from one start of the coordinator, whose connections end with it.
        case welcome(session: Int), introduce(session: Int), plan(Plan, session: Int)
        case acknowledge(Acknowledge, session: Int), dismiss(session: Int)
        case push(Push, Storage), pull(Pull, from: Node)
        case chunk(Chunk, Storage), chunkStatus(ChunkStatus)
        case leaf(LeafResult)
        case diskHas(Snapshot, session: Int), saved(Int, session: Int)
        case recorded(Int, attempt: Int, session: Int)

        /// The start of the coordinator with which this delivery ends; nil if it outlives that start.
        var session: Int? {
            switch self {
            case .welcome(let session), .introduce(let session), .plan(_, let session),
                .acknowledge(_, let session), .dismiss(let session), .diskHas(_, let session),
                .saved(_, let session),
                .recorded(_, _, let session):
                session
            default: nil
            }
        }

        /// Whether this is a message from the coordinator to a member, on a connection that ends with either of them.
        var isTold: Bool {
            switch self {
            case .welcome, .introduce, .plan, .acknowledge, .dismiss: true
            default: false
            }
        }
    }

    struct ServerProcess {
        var state: ParameterServerState
        var hello: Hello
        /// The membership of the link's thread, which sends heartbeats however long the loop computes.
        var membership = Membership()
        /// The session of the welcome that the loop follows.
        var session = ""
        /// The last heartbeat of the loop.
        var said: Heartbeat?
        /// The time until which the loop computes, and receives nothing.
        var busyUntil = 0
        /// The time of the loop's last turn.
        var turnedAt = 0
        /// The events that wait for the loop's next turn, each with a session if it begins a new one.
        var inbox: [(event: ParameterServerState.Event, session: String?)] = []
        var asksToLeave = false
    }

    struct WorkerProcess {
        var state: WorkerState
        var hello: Hello
        var membership = Membership()
        var asksToLeave = false
    }

    /// What remains of a coordinator when it dies.
    struct Disk {
        var snapshot: Snapshot
        var attempt = 0
        /// The step below which all lines are recorded.
        var recorded = 0
    }

    /// A direction in which messages are cut off.
    struct Link: Hashable {
        var from: Node
        var to: Node
    }

    /// The number of ticks with trouble.
    ///
    /// A tick is ten milliseconds; a run that goes on much longer is stuck.
    private let troubledTicks: Int
    /// The tick at which all processes are asked to end; nil means never.
    private let stopsAt: Int?
    private static let mostTicks = 30_000

    let world: TinyWorld
    var random: SeededGenerator
    let lossRate: Double
    let doubleRate: Double
    let longestDelay: Int
    let slices: Int
    let minimumWorkers: Int
    var now = 0
    var queue: [Int: [(from: Node, to: Node, Delivery)]] = [:]
    var coordinator: CoordinatorState
    /// The number of the coordinator's current start.
    var session = 0
    var disk: Disk
    var recorder: RecordState
    var servers: [Int: ServerProcess] = [:]
    var workers: [Int: WorkerProcess] = [:]
    var frozenUntil: [Node: Int] = [:]
    var cutUntil: [Link: Int] = [:]
    var born = 0
    /// The last time at which something happened that may make all members restore.
    var troubledAt = 0
    package internal(set) var outcome = Outcome()

    /// Creates a cluster without misfortune, in which the seed decides only the order of messages.
    ///
    /// - Parameter stopsAt: The tick (a hundredth of a second) at which coordinator and members are asked to end. All
    ///   of them are started again.
    package init(
        seed: UInt64, workers: Int, lanes: Int, slices: Int, leaves: Int, stopsAt: Int? = nil
    ) {
        self.init(
            TinyWorld(
                leaves: leaves, criticSteps: 2, iterations: 5, checkpointEvery: 2, floatsPerChunk: 3
            ),
            SeededGenerator(state: seed), slices: slices, minimumWorkers: workers, lossRate: 0,
            doubleRate: 0, longestDelay: 30, troubledTicks: 0, stopsAt: stopsAt)
        for _ in 0..<workers { addWorker(lanes: lanes) }
    }

    package init(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let slices = Int.random(in: 0...2, using: &random)
        let world = TinyWorld(
            leaves: [1, 2, 3, 4, 5, 8].randomElement(using: &random) ?? 1,
            phases: Self.phases(&random),
            iterations: 8, checkpointEvery: Int.random(in: 1...4, using: &random))
        let lossRate: Double = [0, 0.05, 0.25].randomElement(using: &random) ?? 0
        let doubleRate: Double = [0, 0.2].randomElement(using: &random) ?? 0
        let longestDelay = [2, 8, 30].randomElement(using: &random) ?? 2
        let minimumWorkers = [1, 1, 2].randomElement(using: &random) ?? 1
        self.init(
            world, random, slices: slices, minimumWorkers: minimumWorkers, lossRate: lossRate,
            doubleRate: doubleRate, longestDelay: longestDelay, troubledTicks: 6_000)
        for _ in 0..<Int.random(in: minimumWorkers...4, using: &self.random) { addWorker() }
    }

    /// The phases of a run: one phase in a third of the clusters, otherwise two, in the first of which a side may rest.
    private static func phases(_ random: inout SeededGenerator) -> [Phase] {
        let usual = Phase(
            "usual",
            repeats: Sides(discriminator: Int.random(in: 1...3, using: &random), generator: 1))
        let first: Sides<Int>
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return [usual]
        case 1: first = Sides(discriminator: 0, generator: Int.random(in: 1...2, using: &random))
        default: first = Sides(discriminator: 1, generator: Int.random(in: 0...2, using: &random))
        }
        return [
            Phase("first", iterations: Int.random(in: 1...6, using: &random), repeats: first),
            usual,
        ]
    }

    /// Creates a cluster without workers.
    private init(
        _ world: TinyWorld, _ random: SeededGenerator, slices: Int, minimumWorkers: Int,
        lossRate: Double, doubleRate: Double, longestDelay: Int, troubledTicks: Int,
        stopsAt: Int? = nil
    ) {
        self.world = world
        self.random = random
        self.slices = slices
        self.minimumWorkers = minimumWorkers
        self.lossRate = lossRate
        self.doubleRate = doubleRate
        self.longestDelay = longestDelay
        self.troubledTicks = troubledTicks
        self.stopsAt = stopsAt
        disk = Disk(snapshot: world.initial)
        recorder = Self.recorder(world, disk)
        coordinator = Self.coordinator(world, slices, minimumWorkers, disk, session: 0)
        addSource()
        for number in 0..<(2 * slices) { addServer(number + 1) }
    }

    static func coordinator(
        _ world: TinyWorld, _ slices: Int, _ minimumWorkers: Int, _ disk: Disk, session: Int
    ) -> CoordinatorState {
        world.coordinator(
            session: String(session), slices: slices, minimumWorkers: minimumWorkers,
            snapshot: disk.snapshot, attempt: disk.attempt)
    }

    static func recorder(_ world: TinyWorld, _ disk: Disk) -> RecordState {
        RecordState(
            schedule: world.shape.schedule, written: disk.recorded, saved: disk.snapshot.step,
            attempt: disk.attempt)
    }

    /// Runs until the run is over, or must be stuck.
    package mutating func run() -> Outcome {
        perform(coordinator.start(now: instant))
        while now < Self.mostTicks && !outcome.isFinished {
            now += 1
            if isTroubled { misfortune() }
            if isCrowded { crowd() }
            if now == stopsAt { askAllToEnd() }
            if now == troubledTicks { while workers.count < minimumWorkers { addWorker() } }
            for (from, to, delivery) in queue.removeValue(forKey: now) ?? [] {
                deliver(delivery, from: from, to: to)
            }
            if now % 5 == 0 { tick() }
        }
        return outcome
    }

    var instant: ContinuousClock.Instant { world.epoch + .milliseconds(now * 10) }
    var isTroubled: Bool { now < troubledTicks }
    /// Processors are scarce for as long again: processes are slow, but none dies, and no message is lost.
    var isCrowded: Bool { now < 2 * troubledTicks }
    /// Whether the last death or cut is so long ago that no member has a reason to restore.
    var isCalm: Bool { now > max(troubledAt, troubledTicks) + 2_500 }
}
