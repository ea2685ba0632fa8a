internal import Adversarial
internal import CKernels
internal import Foundation
internal import Hashing
package import Recipes
internal import Tensors
package import Wire

/// A process, or a thread of the coordinator's, that keeps slices of the networks.
package struct ParameterServer: Sendable {
    private let context: Context
    private let coordinator: String
    private let listen: String
    private let slices: [Hello.Slice]
    private let recipes: [Recipe]
    private let largestChunk: Int
    private let ending: Ending
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - listen: Where it answers workers.
    ///   - slices: What it keeps.
    ///   - recipes: Those that the run may be of.
    ///   - largestChunk: Bytes that a sender may make it hold at once; that of any recipe, where it does not know its run yet.
    ///   - ending: Asks it to leave the run; the server that takes its place restores from the newest checkpoint.
    package init(
        context: Context, coordinator: String, listen: String, slices: [Hello.Slice],
        recipes: [Recipe], largestChunk: Int = 16 << 20, ending: Ending = Ending(),
        say: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.coordinator = coordinator
        self.listen = listen
        self.slices = slices
        self.recipes = recipes
        self.largestChunk = largestChunk
        self.ending = ending
        self.say = say
    }

    /// Serves until the run ends.
    ///
    /// - Throws: ``Departure`` where it cannot take part.
    package func serve() throws -> RunEnd {
        try serve(restorePoints: Mailbox(wakeup: Wakeup())) { _ in }
    }

    /// - Parameters:
    ///   - restorePoints: Snapshots that others restore from.
    ///   - bound: Called with the endpoint once it answers there.
    func serve(
        restorePoints: Mailbox<(snapshot: Snapshot, attempt: Int)>, bound: (String) -> Void
    ) throws -> RunEnd {
        kernel_flush_subnormals()
        ending.begin()
        let socket = try Socket(.router, .data(chunk: largestChunk), in: context)
        let endpoint = try socket.bind(listen)
        defer { listen.removeSocketFile() }
        ending.beforeEnd { [listen] in listen.removeSocketFile() }
        bound(endpoint)
        let hello = Hello(
            build: buildName, member: newMemberName(), host: ProcessInfo.processInfo.hostName,
            process: Int(ProcessInfo.processInfo.processIdentifier), endpoint: endpoint,
            slices: slices)
        let link = try CoordinatorLink(
            coordinator, hello: hello, in: context, wakeup: restorePoints.wakeup, say: say)
        defer { link.close() }
        var welcome = try firstWelcome(link, hello, restorePoints.wakeup)
        while true {
            switch try serve(welcome, on: socket, link, hello, restorePoints) {
            case .welcome(let next): welcome = next
            case .end(let end): return end
            }
        }
    }

    /// What follows a welcome.
    private enum Next {
        /// That of another run's coordinator, or of one that wants it to end or to save elsewhere.
        case welcome(Welcome)
        case end(RunEnd)
    }

    private func firstWelcome(_ link: CoordinatorLink, _ hello: Hello, _ wakeup: Wakeup) throws
        -> Welcome
    {
        while true {
            if ending.isAsked { throw Departure.temporary("ended as asked") }
            let events = try link.exchange(now: .now) {
                Heartbeat(member: hello.member, plan: 0, attempt: 0, step: 0)
            }
            for case .welcome(let welcome) in events { return welcome }
            wait(on: [], wakeup: wakeup, milliseconds: 50)
        }
    }

    /// Serves a run, through all sessions of its coordinator.
    private func serve(
        _ first: Welcome, on socket: borrowing Socket, _ link: CoordinatorLink,
        _ hello: Hello, _ restorePoints: Mailbox<(snapshot: Snapshot, attempt: Int)>
    ) throws -> Next {
        let run = try Run(first, among: recipes)
        say(run.welcomed(by: coordinator))
        let proof = first.needsProof ? Proof.ofUpdates(run).description : ""
        let shape = ClusterShape(run)
        var state = ParameterServerState(
            shape: shape, rules: UpdateRule.rules(of: run), slices: slices)
        let connections = DataConnections(context: context, shape: shape, coordinator: coordinator)
        var failure: (reason: String, at: ContinuousClock.Instant)?
        var toldAttempt = 0
        var leaving = Leaving(ending)
        var nextTick = ContinuousClock.now
        while true {
            wait(
                on: [socket.handle] + connections.handles,
                wakeup: restorePoints.wakeup, milliseconds: 50)
            let now = ContinuousClock.now
            // At once: while a chunk is updated, the one before it travels.
            func take(_ event: ParameterServerState.Event) throws {
                let actions = state.receive(event, now: now)
                if case .push = event { Failpoint.pushTaken.reach() }
                for action in actions {
                    switch action {
                    case .send(let chunk, let numbers, let peer):
                        socket.send([Frame(copying: peer.name)] + frames(chunk, numbers))
                        Failpoint.chunkSent.reach()
                    case .tell(let status, let peer):
                        socket.send([Frame(copying: peer.name), Frame(copying: status.encoded)])
                    case .fetch(let pull):
                        try connections.sendToSource([Frame(copying: pull.encoded)])
                    case .stop(let reason): failure = (reason, now)
                    }
                }
            }
            for point in restorePoints.takeAll() {
                try take(.restorePoint(point.snapshot, attempt: point.attempt))
            }
            // A bounded time a turn: plans must be heard however much arrives.
            while ContinuousClock.now - now < Timeouts.heartbeat / 5 {
                guard let frames = socket.receive() else { break }
                guard let sender = frames.first, let message = DataMessage(frames.dropFirst())
                else { continue }
                switch message {
                case .push(let push, let sum):
                    guard failure == nil else { continue }
                    try take(.push(push, sum))
                case .pull(let pull):
                    try take(.pull(pull, from: Peer(name: Array(sender.bytes))))
                case .chunk, .chunkStatus: continue
                }
            }
            for case .chunk(let chunk, let numbers) in connections.receive() {
                try take(.chunk(chunk, numbers))
            }
            if state.readyAttempt > toldAttempt { Failpoint.chunksRestored.reach() }
            let asks = state.asksForMore()
            let hasNews = leaving.begins(now: now) || state.readyAttempt > toldAttempt || asks
            toldAttempt = state.readyAttempt
            let events = try link.exchange(now: now, hasNews: hasNews, attempt: state.attempt) {
                heartbeat(
                    hello, state, now: now, failure: failure?.reason ?? "", proof: proof,
                    asksToLeave: leaving.isAsked)
            }
            for event in events {
                switch event {
                case .welcome(let welcome):
                    // Where to stop and when to save may have changed: then it begins anew, too.
                    guard welcome.yaml == first.yaml else { return .welcome(welcome) }
                    // The same run, led by a coordinator that was started again: it may go on from here.
                    try take(.newSession)
                case .acknowledge(let acknowledgement):
                    try take(.heard(step: acknowledgement.heard, attempt: acknowledgement.attempt))
                case .plan(let plan):
                    connections.follow(plan)
                    try take(.plan(plan))
                    if let end = plan.end(of: shape) {
                        link.leave(heartbeat(hello, state, now: now, isLeaving: true))
                        try leaving.end()
                        return .end(end)
                    }
                case .dismissed: leaving.dismiss()
                }
            }
            if now >= nextTick {
                nextTick = now + .milliseconds(50)
                // One of its sums is wrong, and it is unknown which: the server that takes its place restores.
                if let failure, now - failure.at > Timeouts.farewell {
                    throw Departure.failure(failure.reason)
                }
                if leaving.isTime(now: now) {
                    link.leave(heartbeat(hello, state, now: now, isLeaving: true))
                    try leaving.end()
                }
                try take(.tick)
            }
        }
    }
}

/// How far a server is, and what happened since it last said so.
private func heartbeat(
    _ hello: Hello, _ state: ParameterServerState, now: ContinuousClock.Instant,
    isLeaving: Bool = false,
    failure: String = "", proof: String = "", asksToLeave: Bool = false
) -> Heartbeat {
    let time = Date().timeIntervalSince1970
    let reports = state.reports.map {
        Heartbeat.Report(
            step: $0.step, time: time - (now - $0.at) / .seconds(1), measures: $0.measures,
            digest: $0.digest, leaves: $0.leaves)
    }
    return Heartbeat(
        member: hello.member, plan: state.planNumber, attempt: state.readyAttempt, step: state.step,
        isLeaving: isLeaving, reports: reports, failure: failure,
        proof: proof, furthest: state.furthest, asksToLeave: asksToLeave)
}

extension Run {
    /// What a member says of the run that it joined.
    func welcomed(by coordinator: String) -> String {
        "joined the run at \(coordinator): \(recipe.name), seed \(settings.seed), \(settings.iterations) iterations"
    }

    /// The run that a coordinator's welcome describes; this process keeps to its vector instructions from now on.
    ///
    /// - Parameter recipes: Those that it may be of.
    /// - Throws: ``Departure`` where this build makes something else of it, or the processor lacks those.
    init(_ welcome: Welcome, among recipes: [Recipe]) throws {
        try self.init(
            yaml: welcome.yaml, source: "the coordinator's run.yaml", among: recipes)
        guard identity.description == welcome.run else {
            throw Departure.configuration(
                "expected run \(welcome.run.prefix(12))…, found \(identity.description.prefix(12))…: recipe \(recipe.name) differs from the coordinator's"
            )
        }
        do { try settings.instructions.limitProcess() } catch {
            throw Departure.configuration("\(error)")
        }
    }
}
