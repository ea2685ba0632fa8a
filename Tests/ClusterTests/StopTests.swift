import Cluster
import Simulation
import Tensors
import Testing
import Wire

@Suite("Asked to end, a coordinator stops the run at a whole iteration, saves it, and ends")
struct StopTests {
    @Test("At the step that it may not pass before a checkpoint is on disk, it goes no further")
    func atItsLimit() {
        var run = TinyRun()
        run.start(workers: 1)
        run.keepsCheckpoints = false
        run.pass(seconds: 10)
        // Two checkpoints of three iterations ahead of what is on disk.
        #expect(run.step == 12 && run.plan.until == 12 && run.saved == [])
        run.receive(.drain)
        run.pass(seconds: 10)
        #expect(run.plan.until == 12 && !run.plan.isDone)
        run.keepsCheckpoints = true
        run.pass(seconds: 3)
        #expect(run.saved == [6, 12] && run.step == 12)
        #expect(run.plan.isDone && run.attempts == [1])
        #expect(run.events.contains(.askedToEnd))
    }

    @Test("At a checkpoint that all stand at, it ends without another")
    func atACheckpoint() {
        var run = TinyRun()
        run.start(workers: 1, stepsASecond: 0)
        run.step = 6
        run.pass(seconds: 2)
        #expect(run.saved == [6])
        run.receive(.drain)
        run.pass(seconds: 0.25)
        #expect(!run.plan.isDone, "servers may have gone further since they were last heard")
        run.pass(seconds: 2)
        #expect(run.plan.isDone && run.saved == [6] && run.plan.until == 6)
    }

    @Test("While it waits for workers, those who are there complete the iteration")
    func tooFewWorkers() {
        var run = TinyRun(minimumWorkers: 2)
        run.start(workers: 2, stepsASecond: 0)
        run.step = 7
        run.pass(seconds: 2)
        run.dismissWorkers(leaving: 1)
        run.pass(seconds: 4)
        #expect(run.events.last == .waiting(for: .workers(present: 1, wanted: 2)))
        run.stepsASecond = 2
        run.receive(.drain)
        run.pass(seconds: 3)
        #expect(run.saved == [6, 8] && run.step == 8)
        #expect(run.plan.isDone && run.attempts == [1])
    }

    @Test("Where no worker is left, it ends at the newest checkpoint within six seconds")
    func noWorker() {
        var run = TinyRun()
        run.start(workers: 1, stepsASecond: 0)
        run.step = 7
        run.pass(seconds: 2)
        run.dismissWorkers(leaving: 0)
        run.pass(seconds: 3)
        #expect(run.events.last == .waiting(for: .workers(present: 0, wanted: 1)))
        run.receive(.drain)
        run.pass(seconds: 5)
        #expect(!run.plan.isDone)
        run.pass(seconds: 1.5)
        #expect(run.plan.isDone && run.saved == [6])
    }

    @Test("Before any worker has come, it ends at once, where it began")
    func beforeTheFirstWorker() {
        var run = TinyRun(minimumWorkers: 2)
        run.start(workers: 0)
        run.pass(seconds: 2)
        run.receive(.drain)
        run.pass(seconds: 1)
        #expect(run.plan.isDone && run.saved == [] && run.plan.until == 0)
    }

    @Test("Started again, it waits for the servers that live, and stops where they are")
    func adopting() {
        var run = TinyRun(attempt: 3)
        run.begin()
        run.receive(.drain)
        run.pass(seconds: 2)
        #expect(!run.isFinished)
        run.step = 3
        run.join(workers: 1)
        run.pass(seconds: 3)
        #expect(run.events.contains(.adopted(iteration: 1)))
        #expect(run.saved == [4] && run.step == 4)
        #expect(run.plan.isDone && run.attempts == [], "nothing was computed again")
    }

    @Test("Started again where no server lives, it ends at the newest checkpoint once it knows")
    func nobodyToAdopt() {
        var run = TinyRun(attempt: 3)
        run.begin()
        run.pass(seconds: 0.5)
        run.receive(.drain)
        run.pass(seconds: 5)
        #expect(!run.isFinished)
        run.pass(seconds: 1)
        #expect(run.isFinished && run.attempts == [4] && run.saved == [])
    }

    @Test("Where one of two servers lives, what it has computed is given up")
    func halfToAdopt() {
        var run = TinyRun(attempt: 3)
        run.begin()
        run.pass(seconds: 0.5)
        run.receive(.drain)
        run.step = 5
        run.join(workers: 1, servers: 1)
        run.pass(seconds: 5)
        #expect(!run.plan.isDone)
        run.pass(seconds: 2)
        #expect(run.plan.isDone && run.attempts == [4] && run.saved == [])
    }
}

/// A coordinator, a server for each network, workers, and a disk: all but the coordinator do what the test says.
private struct TinyRun {
    /// Two steps an iteration, and a checkpoint every three iterations.
    private let world = TinyWorld(leaves: 2, criticSteps: 1, iterations: 30, checkpointEvery: 3)
    private var coordinator: CoordinatorState
    private var now: ContinuousClock.Instant
    private var servers: [Hello] = []
    private var workers: [Hello] = []
    /// The attempt that servers are in.
    private var restored: Int
    private var writing: Snapshot?

    /// Where both servers are.
    var step = 0
    /// How fast they get further, as long as there is a worker; they stop where they may go no further.
    var stepsASecond = 4
    var keepsCheckpoints = true

    private(set) var plan: Plan
    private(set) var saved: [Int] = []
    private(set) var events: [RunEvent] = []
    /// Those that everybody restored a checkpoint for.
    private(set) var attempts: [Int] = []
    private(set) var isFinished = false

    init(minimumWorkers: Int = 1, attempt: Int = 0) {
        coordinator = world.coordinator(
            slices: 1, minimumWorkers: minimumWorkers, attempt: attempt)
        now = world.epoch
        restored = attempt
        plan = Plan(number: 0, attempt: attempt, restoreStep: 0, until: 0, source: "source")
    }

    mutating func start(workers: Int, stepsASecond: Int = 4) {
        self.stepsASecond = stepsASecond
        begin()
        join(workers: workers)
        pass(seconds: 0.5)
    }

    mutating func begin() { perform(coordinator.start(now: now)) }

    mutating func join(workers: Int, servers: Int = 2) {
        for network in world.shape.networks.prefix(servers) {
            self.servers.append(
                Hello(
                    build: "b", member: network.name, host: "h", process: 1,
                    endpoint: "tcp://h:1",
                    slices: [.init(network: network.name, index: 0, count: 1)],
                    attempt: step > 0 ? restored : 0))
        }
        for number in 0..<workers {
            self.workers.append(
                Hello(build: "b", member: "worker \(number)", host: "h", process: 1, lanes: 1))
        }
        for hello in self.servers + self.workers {
            receive(.hello(hello, from: peer(of: hello), address: nil))
        }
    }

    /// Workers that are silent from here on.
    mutating func dismissWorkers(leaving count: Int) {
        workers.removeLast(workers.count - count)
    }

    /// Lets time go by, in twentieths of a second; members heartbeat twice a second.
    mutating func pass(seconds: Double) {
        for tick in 1...Int(seconds * 20) {
            now += .milliseconds(50)
            if tick % 10 == 0 { heartbeat() }
            if keepsCheckpoints, let snapshot = writing {
                writing = nil
                saved.append(snapshot.step)
                receive(.saved(step: snapshot.step))
            }
            receive(.tick)
        }
    }

    mutating func receive(_ event: CoordinatorState.Event) {
        perform(coordinator.receive(event, now: now))
    }

    private mutating func heartbeat() {
        if plan.attempt != restored { (restored, step) = (plan.attempt, plan.restoreStep) }
        if !workers.isEmpty { step = max(step, min(step + stepsASecond / 2, plan.until)) }
        for hello in servers + workers {
            let isServer = hello.lanes == 0
            let heartbeat = Heartbeat(
                member: hello.member, plan: plan.number, attempt: plan.attempt,
                step: isServer ? step : 0, furthest: isServer ? step : 0)
            receive(.heartbeat(heartbeat, from: peer(of: hello)))
        }
    }

    private mutating func perform(_ actions: [CoordinatorState.Action]) {
        for action in actions {
            switch action {
            case .plan(let plan, _): self.plan = plan
            case .pull(let pull): answer(pull)
            case .save(let snapshot): writing = snapshot
            case .persist(let attempt): attempts.append(attempt)
            case .announce(let event): events.append(event)
            case .finish: isFinished = true
            default: continue
            }
        }
    }

    private mutating func answer(_ pull: Pull) {
        let network = world.shape.networks[pull.network].name
        guard pull.step <= step, servers.contains(where: { $0.member == network }),
            let numbers = world.initial.numbers(
                pull.component, chunk: pull.chunk, of: pull.network, world.shape)
        else { return }
        let chunk = Chunk(
            run: pull.run, attempt: pull.attempt, network: pull.network, index: pull.chunk,
            component: pull.component, steps: pull.step...pull.step, crc32c: 0)
        receive(.chunk(chunk, numbers))
    }

    private func peer(of hello: Hello) -> Peer { Peer(name: Array(hello.member.utf8)) }
}
