internal import Foundation
internal import Recipes
internal import Tensors
internal import Wire

/// A member's line to the coordinator: it introduces itself, beats, and hears plans.
struct CoordinatorLink: ~Copyable {
    enum Event {
        /// The first of a coordinator that was started, or started again.
        case welcome(Welcome)
        case plan(Plan)
        /// There is no newer plan.
        case current(Current)
    }

    private var socket: Socket
    private let context: Context
    private let endpoint: String
    /// How this member introduces itself.
    var hello: Hello
    private var membership = Membership()
    private let say: @Sendable (String) -> Void

    init(
        _ endpoint: String, hello: Hello, in context: Context,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        socket = try Self.call(endpoint, context)
        self.context = context
        self.endpoint = endpoint
        self.hello = hello
        self.say = say
    }

    private static func call(_ endpoint: String, _ context: Context) throws -> Socket {
        let socket = try Socket(.dealer, .control, in: context)
        try socket.connect(endpoint, to: .coordinator)
        return socket
    }

    var handle: UnsafeMutableRawPointer { socket.handle }

    /// Sends what is due and takes what arrived.
    ///
    /// - Parameter hasNews: Whether the coordinator waits for what the next beat says: then it goes out at once.
    /// - Throws: ``Departure`` where the coordinator refuses this member, or is absent for too long.
    mutating func exchange(
        now: ContinuousClock.Instant, hasNews: Bool = false, beat: () -> Beat
    ) throws -> [Event] {
        var events: [Event] = []
        while let frames = socket.receive() {
            guard let frame = frames.first else { continue }
            membership.hear(now: now)
            if let event = try hear(frame) { events.append(event) }
        }
        for action in membership.actions(now: now, hasNews: hasNews) {
            switch action {
            case .sayHello:
                // Until a connection is made nothing can be sent: then it is still to be said.
                if !socket.send([Frame(copying: hello.encoded)]) { membership.introduce() }
            case .beat: send(beat())
            case .complain: complain()
            case .redial: socket = try Self.call(endpoint, context)
            case .giveUp:
                throw Departure.temporary(
                    "\(endpoint): expected a coordinator, found none for \(Timeouts.absence.components.seconds / 60) minutes"
                )
            }
        }
        return events
    }

    /// Says what stands in the way; names and networks may take some seconds to answer.
    private func complain() {
        DispatchQueue.global().async { [endpoint, say] in
            let obstacle = obstacle(to: endpoint).map { ": \($0)" } ?? ""
            say("waiting for the coordinator at \(endpoint)\(obstacle)")
        }
    }

    private mutating func hear(_ frame: Frame) throws -> Event? {
        switch frame.bytes.first.flatMap(MessageKind.init) {
        case .welcome:
            guard let welcome = try? Welcome(decoding: frame.bytes) else { return nil }
            return membership.welcome(by: welcome.session) ? .welcome(welcome) : nil
        case .plan: return (try? Plan(decoding: frame.bytes)).map { .plan($0) }
        case .current: return (try? Current(decoding: frame.bytes)).map { .current($0) }
        case .introduce: membership.introduce()
        case .reject:
            guard let reject = try? Reject(decoding: frame.bytes) else { return nil }
            throw Departure.configuration(
                "\(endpoint): the coordinator expects \(reject.field) \(reject.expected), found \(reject.found)"
            )
        default: break
        }
        return nil
    }

    private func send(_ beat: Beat) {
        var beat = beat
        beat.session = membership.session ?? ""
        socket.send([Frame(copying: beat.encoded)])
    }

    /// A last word, before this member goes.
    func leave(_ beat: Beat) { send(beat) }
}

/// A name for one start of one process.
func newMemberName() -> String {
    var generator = SystemRandomNumberGenerator()
    return String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
}

/// Members of another build are refused; in its name is what decides bits, as far as a name can say.
package let buildName = "swiftgan 0.1 format \(Run.format), \(Lane.library)"
