import Testing
import Wire

@Suite("Messages")
struct MessageTests {
    @Test("Every message is read as it was written")
    func roundTrips() throws {
        let hello = Hello(
            build: "b", member: "m", host: "höst", process: 7, lanes: 3, endpoint: "tcp://x:1",
            slices: [.init(network: "generator", index: 1, count: 2)], recipe: "fashion", attempt: 4
        )
        try expectRoundTrip(hello)
        let welcome = Welcome(yaml: "a: 1\n", run: "abc", session: "s", needsProof: true)
        try expectRoundTrip(welcome)
        let reject = Reject(field: "build", expected: "a", found: "b")
        try expectRoundTrip(reject)
        let heartbeat = Heartbeat(
            member: "m", plan: 4, attempt: 2, step: 1 << 40, isLeaving: true,
            reports: [
                .init(
                    step: 3, time: 1.5, measures: [0.5, -2], digest: 7,
                    leaves: [.init(member: "w", leaves: 0..<3)])
            ], failure: "f", proof: "p", instructions: "i", leafSeconds: 0.25, session: "s",
            furthest: 1 << 41, asksToLeave: true, busy: 2.5)
        try expectRoundTrip(heartbeat)
        let plan = Plan(
            number: 3, attempt: 2, restoreStep: 10, until: 20,
            leaves: [.init(member: "m", leaves: 2..<5)],
            chunks: [.init(network: "g", chunks: 0..<4, endpoint: "e")], source: "s", isDone: true,
            heard: 9, isInterrupted: true)
        try expectRoundTrip(plan)
        let acknowledgement = Acknowledge(attempt: 3, heard: 12)
        try expectRoundTrip(acknowledgement)
        let push = Push(
            run: .max, attempt: 1, network: 1, step: 9, node: .init(level: 2, index: 3), chunk: 4,
            crc32c: 5, member: "w")
        try expectRoundTrip(push)
        let pull = Pull(run: 1, attempt: 2, network: 0, step: 4, chunk: 5, component: .average)
        try expectRoundTrip(pull)
        let chunk = Chunk(
            run: 1, attempt: 2, network: 0, index: 5, component: .weights, steps: 3...4, crc32c: 6)
        try expectRoundTrip(chunk)
        let status = ChunkStatus(
            run: 1, attempt: 2, network: 0, chunk: 5, wanted: 8, next: 7, missing: [0, 3])
        try expectRoundTrip(status)
    }

    private func expectRoundTrip<M: Message & Equatable>(_ message: M) throws {
        let frame = message.encoded
        #expect(frame.first == M.kind.rawValue)
        #expect(try frame.withUnsafeBytes(M.init(decoding:)) == message)
    }
}
