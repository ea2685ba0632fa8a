import Testing
import Wire

@Suite("Bytes of strangers are decoded or refused")
struct HostileBytesTests {
    private static let sound: [any Message] = [
        Hello(
            build: "b", member: "m", host: "h", process: 7, lanes: 3, endpoint: "tcp://x:1",
            slices: [.init(network: "generator", index: 1, count: 2)], recipe: "fashion"),
        Welcome(yaml: "a: 1\n", run: "abc", session: "s", needsProof: true),
        Reject(field: "build", expected: "a", found: "b"),
        Heartbeat(
            member: "m", plan: 4, attempt: 2, step: 9, isLeaving: true,
            reports: [
                .init(
                    step: 3, time: 1.5, measures: [0.5, -2], digest: 7,
                    leaves: [.init(member: "w", leaves: 0..<3)])
            ], failure: "f"),
        Plan(
            number: 3, attempt: 2, restoreStep: 10, until: 20,
            leaves: [.init(member: "m", leaves: 2..<5)],
            chunks: [.init(network: "g", chunks: 0..<4, endpoint: "e")], source: "s", isDone: true),
        Acknowledge(attempt: 3, heard: 12),
        Push(
            run: 8, attempt: 1, network: 1, step: 9, node: .init(level: 2, index: 3), chunk: 4,
            crc32c: 5, member: "w"),
        Pull(run: 1, attempt: 2, network: 0, step: 4, chunk: 5, component: .average),
        Chunk(
            run: 1, attempt: 2, network: 0, index: 5, component: .weights, steps: 3...4, crc32c: 6),
        ChunkStatus(run: 1, attempt: 2, network: 0, chunk: 5, wanted: 8, next: 7, missing: [0, 3]),
    ]

    /// Decodes as every kind, whatever the first byte says.
    private func decodeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { frame in
            for message in Self.sound { _ = try? type(of: message).init(decoding: frame) }
        }
    }

    @Test("Thousands of changes to sound messages", arguments: sound.indices)
    func mutations(kind: Int) {
        var mutations = Mutations(seed: UInt64(kind))
        for _ in 0..<2_000 { decodeAll(mutations.mutated(Self.sound[kind].encoded)) }
    }

    @Test("A message that is cut short anywhere", arguments: sound.indices)
    func truncations(kind: Int) {
        let whole = Self.sound[kind].encoded
        for length in 1...whole.count { decodeAll(Array(whole[..<length])) }
    }

    @Test("Steps that no run comes to are refused: sums of them would overflow")
    func absurdSteps() {
        let absurd = Int.max - 1
        let messages: [any Message] = [
            Heartbeat(member: "m", plan: absurd, attempt: 1, step: 1),
            Heartbeat(member: "m", plan: 1, attempt: 1, step: absurd),
            Heartbeat(member: "m", plan: 1, attempt: 1, step: 1, reports: [report(of: absurd)]),
            Plan(number: 1, attempt: 1, restoreStep: absurd, until: 1),
            Plan(number: 1, attempt: 1, restoreStep: 1, until: absurd),
            Chunk(
                run: 1, attempt: 1, network: 0, index: 0, component: .weights, steps: 0...absurd,
                crc32c: 0),
            ChunkStatus(
                run: 1, attempt: 1, network: 0, chunk: 0, wanted: absurd, next: 1, missing: []),
            ChunkStatus(
                run: 1, attempt: 1, network: 0, chunk: 0, wanted: 1, next: absurd, missing: []),
        ]
        for message in messages { expectRefusal(of: message.encoded, as: type(of: message)) }
    }

    @Test("Times that no clock shows are refused", arguments: [-1, .infinity, .nan])
    func absurdTimes(time: Double) {
        let messages = [
            Heartbeat(
                member: "m", plan: 1, attempt: 1, step: 1, reports: [report(of: 1, time: time)]),
            Heartbeat(member: "m", plan: 1, attempt: 1, step: 1, leafSeconds: time),
            Heartbeat(member: "m", plan: 1, attempt: 1, step: 1, busy: time),
        ]
        for message in messages { expectRefusal(of: message.encoded, as: Heartbeat.self) }
    }

    @Test("A sum of no node, a component without a name and steps that end before they begin")
    func incomplete() {
        expectRefusal(of: [MessageKind.push.rawValue], as: Push.self)
        // A field's number and type, then its value.
        expectRefusal(of: [MessageKind.pull.rawValue, 6 << 3, 9], as: Pull.self)
        expectRefusal(of: [MessageKind.chunk.rawValue, 6 << 3, 9, 7 << 3, 8], as: Chunk.self)
    }

    @Test("The largest range of leaves that fits a message is read as it was written")
    func largestRange() throws {
        let largest = Int(UInt32.max)
        let plan = Plan(
            number: 1, attempt: 1, restoreStep: 0, until: 1,
            leaves: [.init(member: "m", leaves: largest..<(2 * largest))])
        #expect(try plan.encoded.withUnsafeBytes(Plan.init(decoding:)) == plan)
    }

    private func report(of step: Int, time: Double = 1) -> Heartbeat.Report {
        Heartbeat.Report(step: step, time: time, measures: [], digest: 0, leaves: [])
    }

    private func expectRefusal(of frame: [UInt8], as message: any Message.Type) {
        #expect(throws: MessageError.self) {
            try frame.withUnsafeBytes { _ = try message.init(decoding: $0) }
        }
    }
}
