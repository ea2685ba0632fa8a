internal import CZeroMQ
internal import Platform
internal import Synchronization

/// Decides which processes may connect over TCP, and reports why others could not.
///
/// A thread of the context answers ZeroMQ's question about each client's key (ZAP, ZeroMQ's RFC 27). It also learns of
/// failed handshakes, because otherwise a wrong key looks like a peer that is not there. ZeroMQ's threads wait for this
/// thread, so it does nothing else.
final class Gatekeeper: Sendable {
    /// A reason is not repeated sooner than this, because a rejected client comes back every second.
    private static let quiet = Duration.seconds(600)

    /// A socket whose handshakes are watched.
    private struct Watch: @unchecked Sendable {
        /// Only the gatekeeper's thread uses this, once it has been handed over.
        let monitor: UnsafeMutableRawPointer
        let isListening: Bool
    }

    private nonisolated(unsafe) let context: UnsafeMutableRawPointer
    private nonisolated(unsafe) let questions: UnsafeMutableRawPointer
    private let keys: Keyring?
    private let say: @Sendable (String) -> Void
    private let wakeup = Wakeup()
    private let newWatches = Mutex<[Watch]>([])

    /// Begins to answer, until the context ends.
    ///
    /// - Throws: `ThreadError` if the system allows no thread for it.
    init(
        of context: UnsafeMutableRawPointer, keys: Keyring?,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        guard let questions = zmq_socket(context, ZMQ_REP),
            zmq_bind(questions, "inproc://zeromq.zap.01") == 0
        else { preconditionFailure("a new context has sockets, and no gatekeeper") }
        self.context = context
        self.questions = questions
        self.keys = keys
        self.say = say
        do { try SystemThread("gatekeeper") { self.work() } } catch {
            zmq_close(questions)
            throw error
        }
    }

    /// Begins to report why handshakes of a socket fail; the socket must not be bound or connected yet.
    func watch(_ socket: UnsafeMutableRawPointer, isListening: Bool) {
        let name = "inproc://handshakes-\(UInt(bitPattern: socket))"
        let events =
            ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_MONITOR_STOPPED
        guard zmq_socket_monitor(socket, name, events) == 0,
            let monitor = zmq_socket(context, ZMQ_PAIR)
        else { return }
        zmq_connect(monitor, name)
        newWatches.withLock { $0.append(Watch(monitor: monitor, isListening: isListening)) }
        wakeup.signal()
    }

    private func work() {
        var watches: [Watch] = []
        var saidAt: [String: ContinuousClock.Instant] = [:]
        /// Reports a reason, but not too often.
        func tell(_ reason: String?) {
            guard let reason else { return }
            let now = ContinuousClock.now
            saidAt = saidAt.filter { now - $0.value < Self.quiet }
            guard saidAt[reason] == nil else { return }
            saidAt[reason] = now
            say(reason)
        }
        while wait(
            on: [questions] + watches.map(\.monitor), wakeup: wakeup, milliseconds: -1)
        {
            watches += newWatches.withLock { watches in
                defer { watches = [] }
                return watches
            }
            while let question = Wire.receive(on: questions) { tell(answer(question)) }
            for index in watches.indices.reversed() {
                while let event = Wire.receive(on: watches[index].monitor) {
                    guard let failure = Failure(event) else {
                        zmq_close(watches.remove(at: index).monitor)
                        break
                    }
                    tell(reason(failure, at: event[1], watches[index]))
                }
            }
        }
        for watch in watches + newWatches.withLock({ $0 }) { zmq_close(watch.monitor) }
        zmq_close(questions)
    }
}

// MARK: Who may connect

extension Socket.Traffic {
    /// The name of this socket's kind of traffic in ZeroMQ's questions.
    var domain: String {
        switch self {
        case .control: "control"
        case .data: "data"
        }
    }

    /// A coordinator never connects to another.
    ///
    /// For chunks, it connects to servers as workers do.
    fileprivate static func clients(of domain: String) -> [Role] {
        switch domain {
        case "control": [.worker, .parameterServer]
        case "data": Role.allCases
        default: []
        }
    }
}

extension Gatekeeper {
    /// Answers a question, whose frames are version, number, domain, address, routing id, mechanism and key.
    ///
    /// - Returns: What to report about it; nil if the client is admitted.
    private func answer(_ question: [Frame]) -> String? {
        let words = question.map { String(decoding: $0.bytes, as: UTF8.self) }
        guard words.count >= 6 else { preconditionFailure("ZeroMQ asks otherwise than its RFC 27") }
        let clients = Socket.Traffic.clients(of: words[2]).compactMap {
            keys?.publicKey(of: $0)
        }
        let isAdmitted =
            words[5] == "CURVE" && question.count == 7
            && clients.contains(CurveKey(bytes: Array(question[6].bytes)))
        let answer = ["1.0", words[1], isAdmitted ? "200" : "400", "", "", ""]
        for (index, word) in answer.enumerated() {
            _ = Frame(copying: Array(word.utf8)).send(on: questions, more: index < answer.count - 1)
        }
        return isAdmitted
            ? nil
            : "turned away \(words[3]): its key may not join here; 'swiftgan keys create' makes all keys of a cluster at once"
    }
}

// MARK: Why handshakes fail

/// The way in which a handshake failed.
private enum Failure {
    /// One side has keys, and the other has none.
    case onlyOneHasKeys
    /// The client expected another public key of the server.
    case wrongServerKey
    case notAdmitted
    case brokenOff
    case other

    /// Nil if the event says that the socket is closed.
    init?(_ event: [Frame]) {
        guard event.count == 2, event[0].bytes.count == 6 else { return nil }
        let bytes = event[0].bytes
        let kind = Int32(bytes.loadUnaligned(as: UInt16.self))
        let value = Int32(bitPattern: bytes.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
        switch (kind, value) {
        case (ZMQ_EVENT_MONITOR_STOPPED, _): return nil
        case (
            ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
        ): self = .onlyOneHasKeys
        case (ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC):
            self = .wrongServerKey
        case (ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, _): self = .notAdmitted
        // A timeout is not in this list, because it comes from a peer that sleeps.
        case (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, EPIPE),
            (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ECONNRESET):
            self = .brokenOff
        default: self = .other
        }
    }
}

extension Gatekeeper {
    /// A message that helps its reader; nil if there is nothing that anyone could do.
    private func reason(_ failure: Failure, at endpoint: Frame, _ watch: Watch) -> String? {
        let endpoint = String(decoding: endpoint.bytes, as: UTF8.self)
        let hasKeys = keys != nil
        switch (failure, watch.isListening) {
        case (.onlyOneHasKeys, true):
            return hasKeys
                ? "turned away a process at \(endpoint) without keys; processes of this cluster need --keys"
                : "turned away a process at \(endpoint) with keys; this process was started without --keys"
        // A peer without keys, or with others, may hang up before its handshake is read.
        case (.onlyOneHasKeys, false) where hasKeys, (.brokenOff, false) where hasKeys:
            return
                "\(endpoint) has no keys, or those of another cluster; all hosts need --keys and files of one 'swiftgan keys create'"
        case (.onlyOneHasKeys, false):
            return "\(endpoint) requires keys; --keys names their folder"
        case (.wrongServerKey, true):
            return
                "turned away a process at \(endpoint) with keys of another cluster; all hosts need files of one 'swiftgan keys create'"
        case (.notAdmitted, false):
            return
                "\(endpoint) does not admit this process; all hosts need files of one 'swiftgan keys create'"
        default: return nil
        }
    }
}
