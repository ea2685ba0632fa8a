import Foundation
import Synchronization
import Testing
import Wire

@Suite("Keys")
struct KeysTests {
    /// Pairs of one cluster, and of another.
    private let (pairs, otherPairs): ([Role: KeyPair], [Role: KeyPair])

    init() throws {
        func newPairs() throws -> [Role: KeyPair] {
            try Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, try .random()) })
        }
        (pairs, otherPairs) = (try newPairs(), try newPairs())
    }

    /// What a process hears about who was turned away.
    private final class Words: Sendable {
        private let words = Mutex<[String]>([])
        var all: [String] { words.withLock { $0 } }

        func context(_ keys: Keyring?) throws -> Context {
            try Context(keys: keys) { word in self.words.withLock { $0.append(word) } }
        }
    }

    private func keyring(_ own: KeyPair, among pairs: [Role: KeyPair]) -> Keyring {
        Keyring(own: own, publicKeys: pairs.mapValues(\.publicKey))
    }

    private func keyring(_ role: Role) throws -> Keyring {
        keyring(try #require(pairs[role]), among: pairs)
    }

    /// Whether what a dealer says arrives at a router in time, and the answer at the dealer.
    private func areInTouch(
        _ dealer: borrowing Socket, _ router: borrowing Socket, milliseconds: Int = 1_000
    ) -> Bool {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        var hasSent = false
        while ContinuousClock.now < end {
            if !hasSent { hasSent = dealer.send([Frame(copying: [7])]) }
            wait(on: [dealer.handle, router.handle], milliseconds: 10)
            if let message = router.receive() { router.send([message[0], Frame(copying: [8])]) }
            if dealer.receive() != nil { return true }
        }
        return false
    }

    @Test("A key is read as it was written, and nothing else is")
    func text() throws {
        let pair = try KeyPair.random()
        #expect(CurveKey(text: pair.publicKey.text) == pair.publicKey)
        #expect(KeyPair(secretKey: pair.secretKey)?.publicKey == pair.publicKey)
        #expect(pair.secretKey != pair.publicKey)
        for text in ["", String(pair.publicKey.text.dropLast()), pair.publicKey.text + "0"] {
            #expect(CurveKey(text: text) == nil)
        }
        #expect(CurveKey(text: String(repeating: "\\", count: 40)) == nil)
    }

    @Test(
        "Workers and servers reach the coordinator; whoever has a key reaches data",
        arguments: Role.allCases)
    func roles(client: Role) throws {
        let clients: [(Socket.Traffic, [Role])] = [
            (.control, [.worker, .parameterServer]), (.data(chunk: 1 << 20), Role.allCases),
        ]
        for (traffic, admitted) in clients {
            let (words, clientWords) = (Words(), Words())
            let router = try Socket(
                .router, traffic, in: try words.context(try keyring(.coordinator)))
            let endpoint = try router.bind("tcp://127.0.0.1:*")
            let dealer = try Socket(
                .dealer, traffic, in: try clientWords.context(try keyring(client)))
            try dealer.connect(endpoint, to: .coordinator)
            let isAdmitted = areInTouch(dealer, router)
            #expect(isAdmitted == admitted.contains(client))
            #expect(words.all.count == (isAdmitted ? 0 : 1), "\(words.all)")
            #expect(
                words.all.allSatisfy { $0.hasPrefix("turned away 127.0.0.1: its key may not join") }
            )
            #expect(
                clientWords.all.allSatisfy { $0.contains("does not admit this process") }
                    && clientWords.all.count == words.all.count)
        }
    }

    @Test("Keys that do not fit: nothing passes, and both sides are told why, once")
    func misfits() throws {
        let worker = try #require(pairs[.worker])
        let other = try #require(otherPairs[.worker])
        let cases: [(server: Keyring?, client: Keyring?, atServer: String, atClient: String)] = [
            (try keyring(.coordinator), nil, "without keys", "requires keys; --keys"),
            (
                nil, try keyring(.worker), "was started without --keys",
                "has no keys, or those of another cluster"
            ),
            (
                try keyring(.coordinator), keyring(other, among: otherPairs),
                "keys of another cluster", "has no keys, or those of another cluster"
            ),
            (
                try keyring(.coordinator), keyring(worker, among: otherPairs),
                "keys of another cluster", "has no keys, or those of another cluster"
            ),
            (
                try keyring(.coordinator), keyring(other, among: pairs),
                "its key may not join here",
                "does not admit this process"
            ),
        ]
        for (server, client, atServer, atClient) in cases {
            let (serverWords, clientWords) = (Words(), Words())
            let router = try Socket(.router, .control, in: try serverWords.context(server))
            let endpoint = try router.bind("tcp://127.0.0.1:*")
            let context = try clientWords.context(client)
            // One side may hang up before the other has read why: whoever calls again learns it.
            var calls = 0
            while calls < 3 || serverWords.all.isEmpty || clientWords.all.isEmpty, calls < 20 {
                let dealer = try Socket(.dealer, .control, in: context)
                try dealer.connect(endpoint, to: .coordinator)
                let areInTouch = areInTouch(dealer, router, milliseconds: 300)
                #expect(!areInTouch, "\(atServer)")
                calls += 1
            }
            for (words, expected) in [(serverWords.all, atServer), (clientWords.all, atClient)] {
                #expect(words.count == 1 && words[0].contains(expected), "\(words)")
            }
        }
    }

    @Test("A frame that is too large ends its sender's connection, and nobody else's")
    func oversize() throws {
        let words = Words()
        let router = try Socket(.router, .control, in: try words.context(try keyring(.coordinator)))
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        let context = try words.context(try keyring(.worker))
        let neighbour = try Socket(.dealer, .control, in: context)
        try neighbour.connect(endpoint, to: .coordinator)
        let sender = try Socket(.dealer, .control, in: context)
        try sender.connect(endpoint, to: .coordinator)
        let areBothIn = (areInTouch(neighbour, router), areInTouch(sender, router))
        #expect(areBothIn == (true, true))
        sender.send([Frame(copying: [UInt8](repeating: 0, count: 2 << 20))])
        wait(on: [router.handle], milliseconds: 500)
        let arrived = router.receive()
        #expect(arrived == nil)
        let isNeighbourIn = areInTouch(neighbour, router)
        #expect(isNeighbourIn)
        #expect(words.all.isEmpty)
    }

    @Test("Within a process, sockets need no keys")
    func inProcess() throws {
        let context = try Words().context(try keyring(.coordinator))
        let router = try Socket(.router, .control, in: context)
        _ = try router.bind("tcp://127.0.0.1:*")
        _ = try router.bind("inproc://control")
        let dealer = try Socket(.dealer, .control, in: context)
        try dealer.connect("inproc://control", to: .coordinator)
        let areInTouch = areInTouch(dealer, router)
        #expect(areInTouch)
    }
}
