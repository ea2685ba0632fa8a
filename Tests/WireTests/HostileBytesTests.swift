import Testing
import Wire

@Suite("Bytes of strangers are decoded or refused")
struct HostileBytesTests {
    private static let sound: [any Message] = [
        Hello(
            build: "b", member: "m", host: "h", process: 7, lanes: 3, endpoint: "tcp://x:1",
            slices: [.init(network: "generator", index: 1, count: 2)], recipe: "fashion"),
        Welcome(runYAML: "a: 1\n", run: "abc", session: "s", needsProof: true),
        Reject(field: "build", expected: "a", found: "b"),
        Beat(
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
        Current(attempt: 3, heard: 12),
        Push(
            run: 8, attempt: 1, network: 1, step: 9, node: .init(level: 2, index: 3), chunk: 4,
            crc32c: 5, member: "w"),
        Pull(run: 1, attempt: 2, network: 0, step: 4, chunk: 5, component: .average),
        Part(
            run: 1, attempt: 2, network: 0, chunk: 5, component: .weights, steps: 3...4, crc32c: 6),
        At(run: 1, attempt: 2, network: 0, chunk: 5, wanted: 8, next: 7, missing: [0, 3]),
    ]

    /// Decodes as every kind, whatever the first byte says.
    private func decodeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { frame in
            _ = try? Hello(decoding: frame)
            _ = try? Welcome(decoding: frame)
            _ = try? Reject(decoding: frame)
            _ = try? Beat(decoding: frame)
            _ = try? Plan(decoding: frame)
            _ = try? Current(decoding: frame)
            _ = try? Push(decoding: frame)
            _ = try? Pull(decoding: frame)
            _ = try? Part(decoding: frame)
            _ = try? At(decoding: frame)
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
            Beat(member: "m", plan: absurd, attempt: 1, step: 1),
            Beat(member: "m", plan: 1, attempt: 1, step: absurd),
            Beat(
                member: "m", plan: 1, attempt: 1, step: 1,
                reports: [.init(step: absurd, time: 1, measures: [], digest: 0, leaves: [])]),
            Beat(
                member: "m", plan: 1, attempt: 1, step: 1,
                reports: [.init(step: 1, time: .infinity, measures: [], digest: 0, leaves: [])]),
        ]
        for message in messages {
            #expect(throws: MessageError.self) {
                try message.encoded.withUnsafeBytes { _ = try Beat(decoding: $0) }
            }
        }
        for (restore, until) in [(absurd, 1), (1, absurd)] {
            let plan = Plan(number: 1, attempt: 1, restoreStep: restore, until: until)
            #expect(throws: MessageError.self) {
                try plan.encoded.withUnsafeBytes { _ = try Plan(decoding: $0) }
            }
        }
        for (wanted, next) in [(absurd, 1), (1, absurd)] {
            let at = At(
                run: 1, attempt: 1, network: 0, chunk: 0, wanted: wanted, next: next, missing: [])
            #expect(throws: MessageError.self) {
                try at.encoded.withUnsafeBytes { _ = try At(decoding: $0) }
            }
        }
        let part = Part(
            run: 1, attempt: 1, network: 0, chunk: 0, component: .weights, steps: 0...absurd,
            crc32c: 0)
        #expect(throws: MessageError.self) {
            try part.encoded.withUnsafeBytes { _ = try Part(decoding: $0) }
        }
    }
}
