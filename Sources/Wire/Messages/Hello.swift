// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// The first message of a worker or parameter server.
package struct Hello: Message, Hashable {
    package static let kind = MessageKind.hello

    /// A part of a network that a parameter server offers to keep.
    package struct Slice: Hashable, Sendable {
        package var network: String
        /// The number of this slice among `count` slices, from 0.
        package var index: Int
        package var count: Int

        package init(network: String, index: Int, count: Int) {
            self.network = network
            self.index = index
            self.count = count
        }
    }

    package var protocolVersion: Int
    /// The build; with another, equal arithmetic cannot be expected.
    package var build: String
    /// A random name, new for each start of a process.
    package var member: String
    package var host: String
    package var process: Int
    /// How many leaves a worker computes at a time; 0 for servers.
    package var lanes: Int
    /// The address at which a server answers for its slices; empty for workers.
    package var endpoint: String
    package var slices: [Slice]
    /// The recipe that the member wants to join; empty for any.
    package var recipe: String
    /// The attempt whose state a server holds; 0 for none.
    package var attempt: Int

    package init(
        protocolVersion: Int = Wire.protocolVersion, build: String, member: String, host: String,
        process: Int, lanes: Int = 0, endpoint: String = "", slices: [Slice] = [],
        recipe: String = "", attempt: Int = 0
    ) {
        self.protocolVersion = protocolVersion
        self.build = build
        self.member = member
        self.host = host
        self.process = process
        self.lanes = lanes
        self.endpoint = endpoint
        self.slices = slices
        self.recipe = recipe
        self.attempt = attempt
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__hello__unpack, Hello.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Hello {
    init(_ c: Wire__Hello) throws {
        protocolVersion = Int(c.protocol_version)
        build = text(c.build)
        member = text(c.member)
        host = text(c.host)
        process = Int(c.process)
        lanes = Int(c.lanes)
        endpoint = text(c.endpoint)
        slices = try elements(c.slices, c.n_slices, Slice.init)
        recipe = text(c.recipe)
        attempt = Int(c.attempt)
    }

    func structure(in memory: CMemory) -> Wire__Hello {
        var c = Wire__Hello()
        wire__hello__init(&c)
        c.protocol_version = UInt32(protocolVersion)
        c.build = memory.string(build)
        c.member = memory.string(member)
        c.host = memory.string(host)
        c.process = UInt32(process)
        c.lanes = UInt32(lanes)
        c.endpoint = memory.string(endpoint)
        c.n_slices = slices.count
        c.slices = memory.structures(slices.map { $0.structure(in: memory) })
        c.recipe = memory.string(recipe)
        c.attempt = UInt32(attempt)
        return c
    }
}

extension Hello.Slice {
    init(_ c: Wire__Hello__Slice) throws {
        network = text(c.network)
        index = Int(c.index)
        count = Int(c.count)
    }

    func structure(in memory: CMemory) -> Wire__Hello__Slice {
        var c = Wire__Hello__Slice()
        wire__hello__slice__init(&c)
        c.network = memory.string(network)
        c.index = UInt32(index)
        c.count = UInt32(count)
        return c
    }
}
