internal import Foundation
internal import Platform
internal import Synchronization
internal import Wire

/// A member's line to the coordinator, on a thread of its own.
///
/// It says hello, sends heartbeats and hears plans however long the member's loop computes: a busy member still says
/// that it lives.
final class CoordinatorLink: Sendable {
    enum Event {
        /// The first of a coordinator that was started, or started again.
        case welcome(Welcome)
        case plan(Plan)
        /// There is no newer plan.
        case acknowledge(Acknowledge)
        /// This member asked to leave, and is needed no more.
        case dismissed
    }

    /// What the loop and the link's thread tell each other.
    private struct Shared {
        /// What the loop last said of itself, and when.
        var said: (heartbeat: Heartbeat, attempt: Int, at: ContinuousClock.Instant)?
        /// Whether the coordinator waits for what the loop said.
        var hasNews = false
        /// The session of the welcome that the loop goes by.
        var session = ""
        var events: [Event] = []
        /// Why the loop cannot go on.
        var failure: (any Error)?
        var lastWord: Heartbeat?
        var isClosed = false
    }

    private let shared = Mutex(Shared())
    /// Wakes the member's loop.
    private let wakeup: Wakeup
    private let own = Wakeup()
    private let endpoint: String
    private let hello: Hello
    private let say: @Sendable (String) -> Void
    private let end = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - hello: How this member introduces itself.
    ///   - wakeup: Signalled whenever something was heard.
    /// - Throws: ``SocketError`` for an endpoint that cannot be called, ``ThreadError`` where there can be no thread.
    init(
        _ endpoint: String, hello: Hello, in context: Context, wakeup: Wakeup,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        self.endpoint = endpoint
        self.hello = hello
        self.wakeup = wakeup
        self.say = say
        let called = Promise<Result<Void, any Error>>()
        try SystemThread("link") { [self] in
            do {
                var socket = try Self.call(endpoint, context)
                called.give(.success(()))
                try speak(&socket, context)
            } catch {
                called.give(.failure(error))
                shared.withLock { $0.failure = error }
                wakeup.signal()
            }
            end.signal()
        }
        try called.take().get()
    }

    /// Says how the member is and takes what was heard.
    ///
    /// - Parameter hasNews: Whether the coordinator waits for it: then it goes out at once, else with the next heartbeat.
    /// - Throws: ``Departure`` where the coordinator refuses this member, or is absent for too long.
    func exchange(
        now: ContinuousClock.Instant, hasNews: Bool = false, attempt: Int = 0,
        heartbeat: () -> Heartbeat
    ) throws -> [Event] {
        let (events, failure) = shared.withLock { shared in
            let isOld = shared.said.map { now - $0.at >= Timeouts.heartbeat / 5 } ?? true
            if hasNews || isOld || !shared.events.isEmpty {
                var heartbeat = heartbeat()
                heartbeat.session = shared.session
                shared.said = (heartbeat, attempt, now)
                shared.hasNews = shared.hasNews || hasNews
            }
            defer { shared.events = [] }
            for case .welcome(let welcome) in shared.events { shared.session = welcome.session }
            return (shared.events, shared.failure)
        }
        if hasNews { own.signal() }
        if let failure { throw failure }
        return events
    }

    /// A last word, before this member goes.
    func leave(_ heartbeat: Heartbeat) {
        shared.withLock { shared in
            shared.lastWord = heartbeat
            shared.lastWord?.session = shared.session
        }
        close()
    }

    /// Ends the thread.
    func close() {
        shared.withLock { $0.isClosed = true }
        own.signal()
        _ = end.wait(timeout: .now() + .seconds(1))
        end.signal()
    }

    private static func call(_ endpoint: String, _ context: Context) throws -> Socket {
        let socket = try Socket(.dealer, .control, in: context)
        try socket.connect(endpoint, to: .coordinator)
        return socket
    }

    // MARK: The thread

    private func speak(_ socket: inout Socket, _ context: Context) throws {
        var membership = Membership()
        while true {
            wait(on: [socket.handle], wakeup: own, milliseconds: 50)
            let now = ContinuousClock.now
            while let frames = socket.receive() {
                guard let frame = frames.first else { continue }
                membership.hear(now: now)
                guard let event = try hear(frame, &membership) else { continue }
                shared.withLock { $0.events.append(event) }
                wakeup.signal()
            }
            let (said, hasNews, lastWord, isClosed) = shared.withLock { shared in
                defer { shared.hasNews = false }
                return (shared.said, shared.hasNews, shared.lastWord, shared.isClosed)
            }
            if let lastWord { socket.send([Frame(copying: lastWord.encoded)]) }
            if isClosed { return }
            for action in membership.actions(now: now, hasNews: hasNews) {
                switch action {
                case .sayHello:
                    var hello = hello
                    hello.attempt = said?.attempt ?? 0
                    // Until a connection is made nothing can be sent: then it is still to be said.
                    if !socket.send([Frame(copying: hello.encoded)]) { membership.introduce() }
                case .heartbeat:
                    let heartbeat = membership.heartbeat(
                        of: hello.member, said: said?.heartbeat,
                        busy: said.map { now - $0.at } ?? .zero)
                    socket.send([Frame(copying: heartbeat.encoded)])
                case .complain: complain()
                case .redial: socket = try Self.call(endpoint, context)
                case .giveUp:
                    throw Departure.temporary(
                        "\(endpoint): expected a coordinator, found none for \(Timeouts.absence.components.seconds / 60) minutes"
                    )
                }
            }
        }
    }

    /// Says what stands in the way; names and networks may take some seconds to answer.
    private func complain() {
        let line = "waiting for the coordinator at \(endpoint)"
        do {
            try SystemThread("obstacle") { [endpoint, say] in
                say(line + (obstacle(to: endpoint).map { ": \($0)" } ?? ""))
            }
        } catch { say(line) }
    }

    private func hear(_ frame: Frame, _ membership: inout Membership) throws -> Event? {
        switch frame.bytes.first.flatMap(MessageKind.init) {
        case .welcome:
            guard let welcome = try? Welcome(decoding: frame.bytes) else { return nil }
            return membership.welcome(by: welcome.session) ? .welcome(welcome) : nil
        case .plan: return (try? Plan(decoding: frame.bytes)).map { .plan($0) }
        case .acknowledge:
            return (try? Acknowledge(decoding: frame.bytes)).map { .acknowledge($0) }
        case .introduce: membership.introduce()
        case .dismiss: return .dismissed
        case .reject:
            guard let reject = try? Reject(decoding: frame.bytes) else { return nil }
            throw Departure.configuration(
                "\(endpoint): the coordinator expects \(reject.field) \(reject.expected), found \(reject.found)"
            )
        default: break
        }
        return nil
    }
}

/// A name for one start of one process.
func newMemberName() -> String {
    var generator = SystemRandomNumberGenerator()
    return String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
}
