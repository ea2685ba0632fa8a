internal import CKernels
package import Datasets
internal import Foundation
internal import Hashing
internal import Platform
package import Recipes
internal import Tensors
package import Wire

/// A process, or a thread, that computes leaves on its lanes.
package struct Worker: Sendable {
    private let context: Context
    private let coordinator: String
    private let lanes: Int
    private let openData: @Sendable (Run) throws -> any Dataset
    private let recipes: [Recipe]
    private let recipe: String
    private let endsWithParent: Bool
    private let ending: Ending
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - recipes: Those that the run may be of.
    ///   - openData: Gives the data of the run it joins.
    ///   - recipe: The only recipe to join; empty for any.
    ///   - endsWithParent: Whether to end as soon as the process that started this one has.
    ///   - ending: Asks it to leave the run to the others.
    package init(
        context: Context, coordinator: String, lanes: Int, recipes: [Recipe], recipe: String = "",
        endsWithParent: Bool = false, ending: Ending = Ending(),
        say: @escaping @Sendable (String) -> Void,
        openData: @escaping @Sendable (Run) throws -> any Dataset
    ) {
        self.context = context
        self.coordinator = coordinator
        self.lanes = lanes
        self.openData = openData
        self.recipes = recipes
        self.recipe = recipe
        self.endsWithParent = endsWithParent
        self.ending = ending
        self.say = say
    }

    /// Computes until the run ends.
    ///
    /// - Throws: ``Departure`` where it cannot take part.
    package func work() throws -> RunEnd {
        kernel_flush_subnormals()
        ending.begin()
        let hello = Hello(
            build: buildName, member: newMemberName(), host: ProcessInfo.processInfo.hostName,
            process: Int(ProcessInfo.processInfo.processIdentifier), lanes: lanes, recipe: recipe)
        let wakeup = Wakeup()
        let link = try CoordinatorLink(
            coordinator, hello: hello, in: context, wakeup: wakeup, say: say)
        defer { link.close() }
        let parent = getppid()
        var session = try join(link, hello, parent, wakeup)
        while true {
            // If it ends with its parent, the parent tells.
            if !endsWithParent { say(session.run.welcomed(by: coordinator)) }
            switch try compute(session, link, hello, parent, wakeup) {
            case .session(let next): session = next
            case .end(let end): return end
            }
        }
    }

    /// A coordinator's run, the data for it, and the newest plan heard so far.
    private struct Session {
        var run: Run
        var dataset: any Dataset
        /// What this host's arithmetic makes of the run's canary; empty if no proof is asked for.
        var proof: String
        var plan: Plan?
    }

    /// What follows a session.
    private enum Next {
        /// That of a coordinator that was started again.
        case session(Session)
        case end(RunEnd)
    }

    private func join(
        _ link: CoordinatorLink, _ hello: Hello, _ parent: Int32, _ wakeup: Wakeup
    ) throws -> Session {
        while true {
            try endIfTold(parent)
            let events = try link.exchange(now: .now) { heartbeat(hello, nil) }
            for case .welcome(let welcome) in events {
                return try open(welcome, link, hello, parent, wakeup)
            }
            wait(on: [], wakeup: wakeup, milliseconds: 50)
        }
    }

    /// Opens the data on a thread of its own: reading it may take longer than silence is forgiven.
    private func open(
        _ welcome: Welcome, _ link: CoordinatorLink, _ hello: Hello, _ parent: Int32,
        _ wakeup: Wakeup
    ) throws -> Session {
        var run = try Run(welcome, among: recipes)
        let opened = Mailbox<Result<(any Dataset, proof: String), any Error>>(wakeup: wakeup)
        try SystemThread("opener", stackBytes: Lane.stackBytes) { [run] in
            opened.put(
                Result {
                    let dataset = try provenData(of: run)
                    let proof =
                        welcome.needsProof ? try Proof.ofLeaves(run, dataset).description : ""
                    return (dataset, proof)
                })
        }
        var plan: Plan?
        while true {
            wait(on: [], wakeup: wakeup, milliseconds: 50)
            try endIfTold(parent)
            for event in try link.exchange(now: .now, heartbeat: { heartbeat(hello, nil) }) {
                switch event {
                case .welcome(let welcome):
                    try require(welcome, toBeOf: run)
                    // It may go further now.
                    (run, plan) = (try Run(welcome, among: recipes), nil)
                case .plan(let newest): plan = newest
                case .acknowledge, .dismissed: continue
                }
            }
            if let result = opened.takeAll().first {
                do {
                    let (dataset, proof) = try result.get()
                    return Session(run: run, dataset: dataset, proof: proof, plan: plan)
                } catch {
                    link.leave(heartbeat(hello, nil, isLeaving: true, failure: "\(error)"))
                    throw error
                }
            }
        }
    }

    private func require(_ welcome: Welcome, toBeOf run: Run) throws {
        guard welcome.run == run.identity.description else {
            throw Departure.configuration(
                "\(coordinator): expected the run this worker computes, found another")
        }
    }

    private func provenData(of run: Run) throws -> any Dataset {
        let dataset = try openData(run)
        let (expected, found) = (run.manifest, dataset.manifest)
        guard expected == found else {
            throw Departure.configuration(
                "data: expected the coordinator's \(expected), found \(found); --data names another folder"
            )
        }
        return dataset
    }

    private func heartbeat(
        _ hello: Hello, _ state: WorkerState?, isLeaving: Bool = false, failure: String = "",
        proof: String = "", asksToLeave: Bool = false
    ) -> Heartbeat {
        Heartbeat(
            member: hello.member, plan: state?.planNumber ?? 0, attempt: state?.attempt ?? 0,
            step: state?.step ?? 0,
            isLeaving: isLeaving, failure: failure, proof: proof,
            instructions: proof.isEmpty ? "" : InstructionSet.inUse,
            leafSeconds: state?.leafSeconds(now: .now) ?? 0, asksToLeave: asksToLeave)
    }

    private func endIfTold(_ parent: Int32) throws {
        if ending.isAsked { throw Departure.temporary("ended as asked") }
        try endIfAbandoned(parent)
    }

    private func endIfAbandoned(_ parent: Int32) throws {
        if endsWithParent && getppid() != parent {
            throw Departure.temporary("the process that started this one is gone")
        }
    }

    /// Computes for one session of the coordinator.
    private func compute(
        _ session: Session, _ link: CoordinatorLink, _ hello: Hello, _ parent: Int32,
        _ wakeup: Wakeup
    ) throws -> Next {
        let shape = ClusterShape(session.run)
        let pool: LanePool
        do {
            pool = try LanePool(
                lanes: lanes, run: session.run, dataset: session.dataset, wakeup: wakeup)
        } catch {
            link.leave(heartbeat(hello, nil, isLeaving: true, failure: "\(error)"))
            throw error
        }
        defer { pool.close() }
        let connections = DataConnections(context: context, shape: shape, coordinator: coordinator)
        let sums = StoragePool()
        var state = WorkerState(shape: shape, member: hello.member, lanes: lanes)
        var plans = session.plan.map { [$0] } ?? []
        var leaving = Leaving(ending)
        var nextTick = ContinuousClock.now
        while true {
            wait(
                on: connections.handles, wakeup: wakeup,
                milliseconds: plans.isEmpty ? 50 : 0)
            let now = ContinuousClock.now
            var actions: [WorkerState.Action] = []
            let asksNow = leaving.begins(now: now)
            for event in try link.exchange(
                now: now, hasNews: asksNow,
                heartbeat: {
                    heartbeat(hello, state, proof: session.proof, asksToLeave: leaving.isAsked)
                })
            {
                switch event {
                case .plan(let plan): plans.append(plan)
                case .acknowledge: continue
                case .dismissed: leaving.dismiss()
                case .welcome(let welcome):
                    try require(welcome, toBeOf: session.run)
                    return .session(
                        Session(
                            run: try Run(welcome, among: recipes), dataset: session.dataset,
                            proof: session.proof))
                }
            }
            for plan in plans {
                connections.follow(plan)
                if plan.attempt > state.attempt { pool.cancelAll() }
                actions += state.receive(.plan(plan), now: now)
            }
            plans = []
            for message in connections.receive() {
                switch message {
                case .chunk(let chunk, let numbers):
                    actions += state.receive(.chunk(chunk, numbers), now: now)
                case .chunkStatus(let status):
                    actions += state.receive(.chunkStatus(status), now: now)
                case .push, .pull: continue
                }
            }
            for result in pool.takeResults() {
                Failpoint.leafComputed.reach()
                do { actions += state.receive(.leaf(try result.get()), now: now) } catch {
                    link.leave(heartbeat(hello, state, isLeaving: true, failure: "\(error)"))
                    throw Departure.failure("\(error)")
                }
            }
            if now >= nextTick {
                nextTick = now + .milliseconds(50)
                try endIfAbandoned(parent)
                if leaving.isTime(now: now) {
                    link.leave(heartbeat(hello, state, isLeaving: true))
                    try leaving.end()
                }
                actions += state.receive(.tick, now: now)
            }
            var tasks: [LeafTask] = []
            var beginnings: [LeafBeginning] = []
            for action in actions {
                switch action {
                case .pull(let pull):
                    try connections.send(
                        [Frame(copying: pull.encoded)], toKeeperOf: pull.chunk, of: pull.network)
                case .push(let task):
                    let (push, sum) = task.message(pool: sums)
                    try connections.send(
                        frames(push, sum), toKeeperOf: push.chunk, of: push.network)
                    Failpoint.chunkPushed.reach()
                case .compute(let task):
                    Failpoint.weightsArrived.reach()
                    tasks.append(task)
                case .begin(let beginning): beginnings.append(beginning)
                }
            }
            pool.compute(tasks)
            pool.begin(beginnings)
            if state.step == shape.steps { pool.forgetWeights() }
            if let end = state.end {
                link.leave(heartbeat(hello, state, isLeaving: true))
                Failpoint.leaveSaid.reach()
                try leaving.end()
                return .end(end)
            }
        }
    }
}
