internal import CWireMessages

/// The version of the protocol: members of another are refused.
package let protocolVersion = 3

/// The first word of a worker or parameter server.
package struct Hello: Message, Equatable {
    package static let kind = MessageKind.hello

    package struct Slice: Hashable, Sendable {
        package var network: String
        /// Which of how many, counted from 0.
        package var index: Int
        package var count: Int

        package init(network: String, index: Int, count: Int) {
            self.network = network
            self.index = index
            self.count = count
        }
    }

    package var protocolVersion: Int
    package var build: String
    /// Random, one for each start of a process.
    package var member: String
    package var host: String
    package var process: Int
    /// Of a worker: how many leaves it computes at a time; 0 for servers.
    package var lanes: Int
    /// Of a server: where it answers for its slices.
    package var endpoint: String
    package var slices: [Slice]
    /// The recipe it wants to join; empty for any.
    package var recipe: String
    /// Of a server: the attempt whose state it holds; 0 for none.
    package var attempt: Int

    package init(
        protocolVersion: Int = Wire.protocolVersion, build: String, member: String, host: String,
        process: Int,
        lanes: Int = 0, endpoint: String = "", slices: [Slice] = [], recipe: String = "",
        attempt: Int = 0
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
        self = try unpacked(frame, wire__hello__unpack) { c in
            Hello(
                protocolVersion: Int(c.protocol), build: text(c.build), member: text(c.member),
                host: text(c.host),
                process: Int(c.process), lanes: Int(c.lanes), endpoint: text(c.endpoint),
                slices: elements(c.slices, c.n_slices) {
                    Slice(network: text($0.network), index: Int($0.index), count: Int($0.count))
                }, recipe: text(c.recipe), attempt: Int(c.attempt))
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Hello()
        wire__hello__init(&c)
        c.protocol = UInt32(protocolVersion)
        c.build = memory.string(build)
        c.member = memory.string(member)
        c.host = memory.string(host)
        c.process = UInt32(process)
        c.lanes = UInt32(lanes)
        c.endpoint = memory.string(endpoint)
        c.n_slices = slices.count
        c.slices = memory.pointers(
            slices.map { slice in
                var c = Wire__Slice()
                wire__slice__init(&c)
                c.network = memory.string(slice.network)
                c.index = UInt32(slice.index)
                c.count = UInt32(slice.count)
                return c
            })
        c.recipe = memory.string(recipe)
        c.attempt = UInt32(attempt)
        return pack(c, body)
    }
}

/// The answer to a Hello that fits.
package struct Welcome: Message, Equatable {
    package static let kind = MessageKind.welcome
    package var runYAML: String
    /// The run's identity, in hexadecimal.
    package var run: String
    /// Random, one for each start of a coordinator: members begin anew with each.
    package var session: String
    /// Whether members are to prove their arithmetic.
    package var needsProof: Bool

    package init(runYAML: String, run: String, session: String, needsProof: Bool) {
        self.runYAML = runYAML
        self.run = run
        self.session = session
        self.needsProof = needsProof
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__welcome__unpack) {
            Welcome(
                runYAML: text($0.run_yaml), run: text($0.run), session: text($0.session),
                needsProof: $0.needs_proof != 0)
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Welcome()
        wire__welcome__init(&c)
        c.run_yaml = memory.string(runYAML)
        c.run = memory.string(run)
        c.session = memory.string(session)
        c.needs_proof = needsProof ? 1 : 0
        return pack(c, body)
    }
}

/// The answer to a Hello that does not fit.
package struct Reject: Message, Equatable {
    package static let kind = MessageKind.reject
    package var field: String
    package var expected: String
    package var found: String

    package init(field: String, expected: String, found: String) {
        self.field = field
        self.expected = expected
        self.found = found
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__reject__unpack) {
            Reject(field: text($0.field), expected: text($0.expected), found: text($0.found))
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Reject()
        wire__reject__init(&c)
        c.field = memory.string(field)
        c.expected = memory.string(expected)
        c.found = memory.string(found)
        return pack(c, body)
    }
}

/// A member is alive, and how far it is.
package struct Beat: Message, Equatable {
    package static let kind = MessageKind.beat

    /// A step that a network has taken.
    package struct Report: Hashable, Sendable {
        package var step: Int
        /// Seconds since 1970.
        package var time: Double
        package var measures: [Float]
        /// CRC-32C of the sum over all leaves, of the chunk that carries the measures.
        package var digest: UInt32
        /// Who computed that sum's leaves.
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
    /// The number of the newest plan it has seen.
    package var plan: Int
    package var attempt: Int
    package var step: Int
    package var isLeaving: Bool
    package var reports: [Report]
    /// What stopped a member that cannot go on; empty while it can.
    package var failure: String
    /// What its arithmetic makes of the run's canary; empty before it knows.
    package var proof: String
    /// The vector instructions by which it came to that.
    package var instructions: String
    /// Of a worker: how long a leaf takes on one of its lanes; 0 before it knows.
    package var leafSeconds: Double
    /// Of the welcome that it goes by.
    package var session: String
    /// Of a server: the step after the last that any of its chunks has taken.
    package var furthest: Int
    /// It was asked to end, and goes on until it is dismissed.
    package var asksToLeave: Bool
    /// Seconds since its loop last had a turn, where that computes.
    package var busy: Double

    package init(
        member: String, plan: Int, attempt: Int, step: Int, isLeaving: Bool = false,
        reports: [Report] = [],
        failure: String = "", proof: String = "", instructions: String = "",
        leafSeconds: Double = 0, session: String = "", furthest: Int = 0,
        asksToLeave: Bool = false, busy: Double = 0
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
        self = try unpacked(frame, wire__beat__unpack) { c in
            guard c.leaf_seconds.isFinite, c.leaf_seconds >= 0, c.busy.isFinite, c.busy >= 0
            else { throw MessageError() }
            return try Beat(
                member: text(c.member), plan: ordinal(c.plan), attempt: Int(c.attempt),
                step: ordinal(c.step), isLeaving: c.leaving != 0,
                reports: elements(c.reports, c.n_reports) { report in
                    guard report.time.isFinite else { throw MessageError() }
                    return Report(
                        step: try ordinal(report.step), time: report.time,
                        measures: Array(
                            UnsafeBufferPointer(start: report.measures, count: report.n_measures)),
                        digest: report.digest,
                        leaves: elements(report.leaves, report.n_leaves, LeafRange.init))
                }, failure: text(c.failure), proof: text(c.proof),
                instructions: text(c.instructions), leafSeconds: c.leaf_seconds,
                session: text(c.session), furthest: try ordinal(c.furthest),
                asksToLeave: c.asks_to_leave != 0, busy: c.busy)
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Beat()
        wire__beat__init(&c)
        c.member = memory.string(member)
        c.plan = UInt64(plan)
        c.attempt = UInt32(attempt)
        c.step = UInt64(step)
        c.leaving = isLeaving ? 1 : 0
        c.n_reports = reports.count
        c.reports = memory.pointers(
            reports.map { report in
                var c = Wire__StepReport()
                wire__step_report__init(&c)
                c.step = UInt64(report.step)
                c.time = report.time
                c.n_measures = report.measures.count
                c.measures = memory.array(report.measures)
                c.digest = report.digest
                c.n_leaves = report.leaves.count
                c.leaves = memory.pointers(report.leaves.map { $0.encoded(memory) })
                return c
            })
        c.failure = memory.string(failure)
        c.proof = memory.string(proof)
        c.instructions = memory.string(instructions)
        c.leaf_seconds = leafSeconds
        c.session = memory.string(session)
        c.furthest = UInt64(furthest)
        c.asks_to_leave = asksToLeave ? 1 : 0
        c.busy = busy
        return pack(c, body)
    }
}

/// Leaves that are one worker's: to compute, or computed by it.
package struct LeafRange: Hashable, Sendable {
    package var member: String
    package var leaves: Range<Int>

    package init(member: String, leaves: Range<Int>) {
        self.member = member
        self.leaves = leaves
    }

    fileprivate init(_ c: Wire__LeafRange) {
        self.init(
            member: text(c.member), leaves: Int(c.first)..<(Int(c.first) + Int(c.count)))
    }

    fileprivate func encoded(_ memory: CMemory) -> Wire__LeafRange {
        var c = Wire__LeafRange()
        wire__leaf_range__init(&c)
        c.member = memory.string(member)
        c.first = UInt32(leaves.lowerBound)
        c.count = UInt32(leaves.count)
        return c
    }
}

/// The answer to a beat of a member that has the newest plan.
package struct Current: Message, Equatable {
    package static let kind = MessageKind.current
    package var attempt: Int
    /// The reports of steps below this one are on disk.
    package var heard: Int

    package init(attempt: Int, heard: Int) {
        self.attempt = attempt
        self.heard = heard
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__current__unpack) {
            Current(attempt: Int($0.attempt), heard: try ordinal($0.heard))
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Current()
        wire__current__init(&c)
        c.attempt = UInt32(attempt)
        c.heard = UInt64(heard)
        return pack(c, body)
    }
}

/// Hints on who does what.
///
/// Only attempt, restore step and `until` matter for what is computed.
package struct Plan: Message, Equatable {
    package static let kind = MessageKind.plan

    /// Chunks of a network that are kept in one place.
    package struct ChunkRange: Hashable, Sendable {
        package var network: String
        package var chunks: Range<Int>
        package var endpoint: String

        package init(network: String, chunks: Range<Int>, endpoint: String) {
            self.network = network
            self.chunks = chunks
            self.endpoint = endpoint
        }
    }

    package var number: Int
    package var attempt: Int
    package var restoreStep: Int
    /// The first step that may not be computed yet.
    package var until: Int
    package var leaves: [LeafRange]
    package var chunks: [ChunkRange]
    /// Where the state at the restore step is to be had.
    package var source: String
    package var isDone: Bool
    /// The reports of steps below this one are on disk.
    package var heard: Int
    /// Whether the run ends at step `until` because it was asked to, and can be resumed.
    package var isInterrupted: Bool

    package init(
        number: Int, attempt: Int, restoreStep: Int, until: Int, leaves: [LeafRange] = [],
        chunks: [ChunkRange] = [],
        source: String = "", isDone: Bool = false, heard: Int = 0, isInterrupted: Bool = false
    ) {
        self.number = number
        self.attempt = attempt
        self.restoreStep = restoreStep
        self.until = until
        self.leaves = leaves
        self.chunks = chunks
        self.source = source
        self.isDone = isDone
        self.heard = heard
        self.isInterrupted = isInterrupted
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__plan__unpack) { c in
            try Plan(
                number: ordinal(c.number), attempt: Int(c.attempt),
                restoreStep: ordinal(c.restore_step), until: ordinal(c.until),
                leaves: elements(c.leaves, c.n_leaves, LeafRange.init),
                chunks: elements(c.chunks, c.n_chunks) {
                    ChunkRange(
                        network: text($0.network),
                        chunks: Int($0.first)..<(Int($0.first) + Int($0.count)),
                        endpoint: text($0.endpoint))
                }, source: text(c.source), isDone: c.done != 0, heard: ordinal(c.heard),
                isInterrupted: c.interrupted != 0)
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Plan()
        wire__plan__init(&c)
        c.number = UInt64(number)
        c.attempt = UInt32(attempt)
        c.restore_step = UInt64(restoreStep)
        c.until = UInt64(until)
        c.n_leaves = leaves.count
        c.leaves = memory.pointers(leaves.map { $0.encoded(memory) })
        c.n_chunks = chunks.count
        c.chunks = memory.pointers(
            chunks.map { range in
                var c = Wire__ChunkRange()
                wire__chunk_range__init(&c)
                c.network = memory.string(range.network)
                c.first = UInt32(range.chunks.lowerBound)
                c.count = UInt32(range.chunks.count)
                c.endpoint = memory.string(range.endpoint)
                return c
            })
        c.source = memory.string(source)
        c.done = isDone ? 1 : 0
        c.heard = UInt64(heard)
        c.interrupted = isInterrupted ? 1 : 0
        return pack(c, body)
    }
}
