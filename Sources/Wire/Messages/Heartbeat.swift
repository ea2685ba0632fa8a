// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// Says that a member is alive, and how far it is; sent every half second.
package struct Heartbeat: Message, Hashable {
    package static let kind = MessageKind.heartbeat

    /// A step that a network has taken: its measures, and the leaves of its sum.
    package struct Report: Hashable, Sendable {
        package var step: Int
        /// Seconds since 1970.
        package var time: Double
        package var measures: [Float]
        /// The CRC-32C of the sum over all leaves, taken of the chunk that carries the measures.
        package var digest: UInt32
        /// The workers that computed that sum's leaves.
        package var leaves: [LeafRange]

        package init(
            step: Int, time: Double, measures: [Float], digest: UInt32, leaves: [LeafRange]
        ) {
            self.step = step
            self.time = time
            self.measures = measures
            self.digest = digest
            self.leaves = leaves
        }
    }

    package var member: String
    /// The number of the newest plan that the member has seen.
    package var plan: Int
    package var attempt: Int
    package var step: Int
    package var isLeaving: Bool
    package var reports: [Report]
    /// The reason why a member cannot go on; empty while it can.
    package var failure: String
    /// The hash of the run's canary by the member's arithmetic; empty before it is known.
    package var proof: String
    /// The vector instructions with which the proof was computed.
    package var instructions: String
    /// How long a leaf takes on one lane of a worker; 0 before it is known.
    package var leafSeconds: Double
    /// The session of the welcome that the member follows; one that knows only an earlier coordinator has to say hello.
    package var session: String
    /// The step after the last one that any chunk of a server has taken.
    package var furthest: Int
    /// Whether the member was asked to end; it goes on until it is dismissed.
    package var asksToLeave: Bool
    /// Seconds since the last turn of the member's loop, if that loop computes.
    package var busy: Double

    package init(
        member: String, plan: Int, attempt: Int, step: Int, isLeaving: Bool = false,
        reports: [Report] = [], failure: String = "", proof: String = "", instructions: String = "",
        leafSeconds: Double = 0, session: String = "", furthest: Int = 0, asksToLeave: Bool = false,
        busy: Double = 0
    ) {
        self.member = member
        self.plan = plan
        self.attempt = attempt
        self.step = step
        self.isLeaving = isLeaving
        self.reports = reports
        self.failure = failure
        self.proof = proof
        self.instructions = instructions
        self.leafSeconds = leafSeconds
        self.session = session
        self.furthest = furthest
        self.asksToLeave = asksToLeave
        self.busy = busy
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__heartbeat__unpack, Heartbeat.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Heartbeat {
    init(_ c: Wire__Heartbeat) throws {
        member = text(c.member)
        plan = try ordinal(c.plan)
        attempt = Int(c.attempt)
        step = try ordinal(c.step)
        isLeaving = c.is_leaving != 0
        reports = try elements(c.reports, c.n_reports, Report.init)
        failure = text(c.failure)
        proof = text(c.proof)
        instructions = text(c.instructions)
        leafSeconds = try amount(c.leaf_seconds)
        session = text(c.session)
        furthest = try ordinal(c.furthest)
        asksToLeave = c.asks_to_leave != 0
        busy = try amount(c.busy)
    }

    func structure(in memory: CMemory) -> Wire__Heartbeat {
        var c = Wire__Heartbeat()
        wire__heartbeat__init(&c)
        c.member = memory.string(member)
        c.plan = UInt64(plan)
        c.attempt = UInt32(attempt)
        c.step = UInt64(step)
        c.is_leaving = isLeaving ? 1 : 0
        c.n_reports = reports.count
        c.reports = memory.structures(reports.map { $0.structure(in: memory) })
        c.failure = memory.string(failure)
        c.proof = memory.string(proof)
        c.instructions = memory.string(instructions)
        c.leaf_seconds = leafSeconds
        c.session = memory.string(session)
        c.furthest = UInt64(furthest)
        c.asks_to_leave = asksToLeave ? 1 : 0
        c.busy = busy
        return c
    }
}

extension Heartbeat.Report {
    init(_ c: Wire__Heartbeat__Report) throws {
        step = try ordinal(c.step)
        time = try amount(c.time)
        measures = floats(c.measures, c.n_measures)
        digest = c.digest
        leaves = try elements(c.leaves, c.n_leaves, LeafRange.init)
    }

    func structure(in memory: CMemory) -> Wire__Heartbeat__Report {
        var c = Wire__Heartbeat__Report()
        wire__heartbeat__report__init(&c)
        c.step = UInt64(step)
        c.time = time
        c.n_measures = measures.count
        c.measures = memory.array(measures)
        c.digest = digest
        c.n_leaves = leaves.count
        c.leaves = memory.structures(leaves.map { $0.structure(in: memory) })
        return c
    }
}
