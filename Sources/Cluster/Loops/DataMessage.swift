package import Tensors
package import Wire

/// What arrives on data sockets, its numbers checked against their checksum and ready to be computed with.
package enum DataMessage {
    case push(Push, Storage)
    case pull(Pull)
    case chunk(Chunk, Storage)
    case chunkStatus(ChunkStatus)

    /// Nil for anything that is no whole, sound message: such frames are dropped, and asked for again.
    package init?(_ frames: ArraySlice<Frame>) {
        guard let header = frames.first?.bytes, let kind = header.first.flatMap(MessageKind.init)
        else { return nil }
        switch kind {
        case .push:
            guard let push = try? Push(decoding: header),
                let sum = Self.numbers(frames, push.crc32c)
            else { return nil }
            self = .push(push, sum)
        case .chunk:
            guard let chunk = try? Chunk(decoding: header),
                let numbers = Self.numbers(frames, chunk.crc32c)
            else {
                return nil
            }
            self = .chunk(chunk, numbers)
        case .pull:
            guard let pull = try? Pull(decoding: header) else { return nil }
            self = .pull(pull)
        case .chunkStatus:
            guard let status = try? ChunkStatus(decoding: header) else { return nil }
            self = .chunkStatus(status)
        default: return nil
        }
    }

    /// The floats of the second frame, in place; small frames that lie askew in the receive buffer are copied.
    private static func numbers(_ frames: ArraySlice<Frame>, _ checksum: UInt32) -> Storage? {
        guard frames.count == 2, let frame = frames.last,
            frame.bytes.count % MemoryLayout<Float>.stride == 0,
            let start = frame.bytes.baseAddress, frame.crc32c == checksum
        else { return nil }
        let count = frame.bytes.count / MemoryLayout<Float>.stride
        if UInt(bitPattern: start) % UInt(MemoryLayout<Float>.alignment) != 0 {
            let copy = StoragePool().storage(count: count)
            UnsafeMutableRawPointer(copy.pointer).copyMemory(
                from: start, byteCount: frame.bytes.count)
            return copy
        }
        let floats = UnsafeMutableRawPointer(mutating: start).bindMemory(
            to: Float.self, capacity: count)
        return Storage(viewing: floats, count: count, of: frame)
    }
}

/// The frames of a header and of numbers, which are sent without a copy.
func frames(_ header: some Message, _ numbers: Storage) -> [Frame] {
    [Frame(copying: header.encoded), Frame(sharing: numbers.bytes, of: numbers)]
}

/// Connections to the processes that keep chunks, made when they are first needed.
final class DataConnections {
    private let context: Context
    private let shape: ClusterShape
    /// The host that stands for an endpoint's "any": where this process found the coordinator.
    private let host: String?
    private var plan: Plan?
    private var connections: [String: Connection] = [:]

    private final class Connection {
        let socket: Socket
        /// What was sent before the peer answered the connection; afterwards, rules ask for what is lost.
        private var early: [[Frame]]? = []
        var hasSpoken = false

        init(
            _ endpoint: String, of role: Role, _ traffic: Socket.Traffic, _ context: Context
        ) throws {
            socket = try Socket(.dealer, traffic, in: context)
            try socket.connect(endpoint, to: role)
        }

        func send(_ frames: [Frame]) {
            guard !socket.send(frames), let count = early?.count, count < 4096 else { return }
            early?.append(frames)
        }

        func sendEarly() {
            while let frames = early?.first, socket.send(frames) { early?.removeFirst() }
            if early?.isEmpty == true && hasSpoken { early = nil }
        }

    }

    init(context: Context, shape: ClusterShape, coordinator: String) {
        self.context = context
        self.shape = shape
        host = coordinator.endpointHost
    }

    var handles: [UnsafeMutableRawPointer] { connections.values.map { $0.socket.handle } }

    /// Connects as the plan says, and lets go of who is not in it.
    func follow(_ plan: Plan) {
        self.plan = plan
        let wanted = Set(([plan.source] + plan.chunks.map(\.endpoint)).map(reachable))
        connections = connections.filter { wanted.contains($0.key) }
    }

    /// Sends to the server that keeps a chunk.
    ///
    /// What cannot be sent is lost, and asked for again.
    func send(_ frames: [Frame], toKeeperOf chunk: Int, of network: Int) throws {
        let name = shape.networks[network].name
        guard
            let keeper = plan?.chunks.first(where: {
                $0.network == name && $0.chunks.contains(chunk)
            })
        else { return }
        try connection(to: keeper.endpoint).send(frames)
    }

    func sendToSource(_ frames: [Frame]) throws {
        guard let plan else { return }
        try connection(to: plan.source).send(frames)
    }

    /// Every whole message that is waiting.
    func receive() -> [DataMessage] {
        connections.values.flatMap { connection in
            var messages: [DataMessage] = []
            connection.sendEarly()
            while let frames = connection.socket.receive() {
                connection.hasSpoken = true
                if let message = DataMessage(frames[...]) { messages.append(message) }
            }
            return messages
        }
    }

    private func connection(to endpoint: String) throws -> Connection {
        let role: Role = endpoint == plan?.source ? .coordinator : .parameterServer
        let endpoint = reachable(endpoint)
        if let known = connections[endpoint] { return known }
        let connection = try Connection(
            endpoint, of: role, .data(chunk: max(shape.chunkBytes, 32 << 10)), context)
        connections[endpoint] = connection
        return connection
    }

    private func reachable(_ endpoint: String) -> String {
        endpoint.replacingAnyHost(by: host)
    }
}

extension ClusterShape {
    var chunkBytes: Int { floatsPerChunk * MemoryLayout<Float>.stride }
}
