internal import Cluster
internal import Hashing
internal import Recipes
internal import Wire

private let controlBound = "1 MiB a message, 128 MiB as it is decoded"

extension Decoder {
    static let control = [
        message(
            "hello",
            [
                Hello(
                    build: "b", member: "m", host: "h", process: 7, lanes: 3, recipe: "ring"),
                Hello(
                    build: "b", member: "m", host: "h", process: 7, endpoint: "tcp://h:1",
                    slices: [.init(network: "generator", index: 0, count: 1)]),
            ]
        ) { frame in
            let hello = try Hello(decoding: frame)
            TinyCluster().coordinator(.hello(hello, from: TinyCluster.peer, address: "192.0.2.1"))
        },
        message(
            "welcome",
            [
                Welcome(
                    yaml: TinyCluster.run.yaml, run: TinyCluster.run.identity.description,
                    session: "s", needsProof: true)
            ]
        ) { frame in
            let welcome = try Welcome(decoding: frame)
            _ = try Run(yaml: welcome.yaml, source: "welcome", among: .builtIn)
        },
        message("reject", [Reject(field: "build", expected: "a", found: "b")]) { frame in
            _ = try Reject(decoding: frame)
        },
        message(
            "heartbeat",
            [
                Heartbeat(
                    member: "server", plan: 3, attempt: 1, step: 1,
                    reports: [
                        .init(
                            step: 0, time: 1.5, measures: [0.5, -2], digest: 7,
                            leaves: [.init(member: "worker", leaves: 0..<2)])
                    ]),
                Heartbeat(
                    member: "worker", plan: 3, attempt: 1, step: 1, isLeaving: true, failure: "f"),
            ]
        ) { frame in
            let heartbeat = try Heartbeat(decoding: frame)
            TinyCluster().coordinator(.heartbeat(heartbeat, from: TinyCluster.peer))
        },
        message(
            "plan",
            [
                Plan(
                    number: 3, attempt: 2, restoreStep: 10, until: 20,
                    leaves: [.init(member: "worker", leaves: 2..<5)],
                    chunks: [.init(network: "generator", chunks: 0..<4, endpoint: "e")],
                    source: "source"),
                Plan(number: 4, attempt: 1, restoreStep: 0, until: 40, isDone: true),
            ]
        ) { frame in
            let plan = try Plan(decoding: frame)
            TinyCluster().worker(.plan(plan))
            TinyCluster().server(.plan(plan))
        },
        message("acknowledge", [Acknowledge(attempt: 1, heard: 3)]) { frame in
            let acknowledgement = try Acknowledge(decoding: frame)
            TinyCluster().server(
                .heard(step: acknowledgement.heard, attempt: acknowledgement.attempt))
        },
    ]

    static let data = [
        message(
            "push",
            [
                Push(
                    run: TinyCluster.shape.run, attempt: 1, network: 0, step: 0,
                    node: .init(level: 1, index: 0), chunk: 0, crc32c: 5, member: "worker")
            ]
        ) { frame in _ = try Push(decoding: frame) },
        message(
            "pull",
            [
                Pull(
                    run: TinyCluster.shape.run, attempt: 1, network: 1, step: 1, chunk: 0,
                    component: .average)
            ]
        ) { frame in
            let pull = try Pull(decoding: frame)
            TinyCluster().server(.pull(pull, from: TinyCluster.peer))
        },
        message(
            "chunk",
            [
                Chunk(
                    run: TinyCluster.shape.run, attempt: 1, network: 0, index: 0,
                    component: .weights, steps: 0...1, crc32c: 6)
            ]
        ) { frame in _ = try Chunk(decoding: frame) },
        message(
            "chunk-status",
            [
                ChunkStatus(
                    run: TinyCluster.shape.run, attempt: 1, network: 0, chunk: 0, wanted: 0,
                    next: 1, missing: [0, 3])
            ]
        ) { frame in
            let status = try ChunkStatus(decoding: frame)
            TinyCluster().worker(.chunkStatus(status))
        },
        Decoder(
            name: "data-frames", longest: 1 << 16, memory: 384,
            bound: "16 MiB and 4 KiB a frame; numbers stay where they arrived",
            seeds: dataFrames, decode: receiveDataFrames),
    ]

    private static func message(
        _ name: String, _ seeds: @autoclosure @escaping @Sendable () -> [any Message],
        _ decode: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) -> Decoder {
        Decoder(
            name: name, longest: largestControlMessage, memory: 384, bound: controlBound,
            seeds: { seeds().map(\.encoded) },
            decode: { frame in
                // An empty frame has no kind, and is not decoded.
                if !frame.isEmpty { try decode(frame) }
            })
    }
}

/// A byte with the header's length, the header, the numbers.
private func dataFrames() -> [[UInt8]] {
    let shape = TinyCluster.shape
    return shape.networks.indices.flatMap { network -> [[UInt8]] in
        let numbers = [UInt8](
            repeating: 0, count: shape.range(of: 0, in: network).count * MemoryLayout<Float>.stride)
        let push = Push(
            run: shape.run, attempt: 1, network: network, step: network,
            node: .init(level: 0, index: 1), chunk: 0, crc32c: 0, member: "worker")
        let chunk = Chunk(
            run: shape.run, attempt: 1, network: network, index: 0, component: .weights,
            steps: 0...1, crc32c: 0)
        return [push.encoded, chunk.encoded].map { [UInt8($0.count)] + $0 + numbers }
    }
}

private func receiveDataFrames(_ input: UnsafeRawBufferPointer) {
    guard let length = input.first, input.count > Int(length) else { return }
    let header = Array(input[1..<(1 + Int(length))])
    let numbers = Frame(copying: Array(input[(1 + Int(length))...]))
    let mended = header.withUnsafeBytes { header -> [UInt8]? in
        // No search finds a checksum, and what stands behind it is to be tried as well.
        guard let kind = header.first.flatMap(MessageKind.init) else { return nil }
        switch kind {
        case .push:
            guard var push = try? Push(decoding: header) else { return nil }
            push.crc32c = numbers.crc32c
            return push.encoded
        case .chunk:
            guard var chunk = try? Chunk(decoding: header) else { return nil }
            chunk.crc32c = numbers.crc32c
            return chunk.encoded
        default: return nil
        }
    }
    for header in [header, mended].compactMap(\.self) {
        switch DataMessage([Frame(copying: header), numbers]) {
        case .push(let push, let sum): TinyCluster().server(.push(push, sum))
        case .pull(let pull): TinyCluster().server(.pull(pull, from: TinyCluster.peer))
        case .chunk(let chunk, let numbers):
            TinyCluster().server(.chunk(chunk, numbers))
            TinyCluster().worker(.chunk(chunk, numbers))
            TinyCluster().coordinator(.chunk(chunk, numbers))
        case .chunkStatus(let status): TinyCluster().worker(.chunkStatus(status))
        case nil: break
        }
    }
}
