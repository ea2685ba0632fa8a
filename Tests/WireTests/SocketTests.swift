import Testing
import Wire

@Suite("Sockets")
struct SocketTests {
    @Test("A router answers a dealer by its name, over a port that the kernel chose")
    func answering() throws {
        let context = Context()
        let router = try Socket(.router, .data(chunk: 1 << 20), in: context)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        let dealer = try Socket(.dealer, .data(chunk: 1 << 20), in: context)
        try dealer.connect(endpoint, to: .coordinator)
        let numbers = [Float](repeating: 1.5, count: 1000)
        let owner = Numbers(numbers)
        while !dealer.send([Frame(copying: [9]), Frame(sharing: owner.bytes, of: owner)]) {
            wait(on: [dealer.handle], milliseconds: 10)
        }
        wait(on: [router.handle], milliseconds: 5_000)
        let message = router.receive()
        let received = try #require(message)
        #expect(received.count == 3 && Array(received[1].bytes) == [9])
        #expect(received[2].crc32c == crc32c(owner.bytes))
        #expect(received[0].bytes.count > 0)
        router.send([received[0], Frame(copying: [1, 2, 3])])
        wait(on: [dealer.handle], milliseconds: 5_000)
        let (answer, nothing) = (dealer.receive(), dealer.receive())
        #expect(answer.map { $0.map { Array($0.bytes) } } == [[1, 2, 3]])
        #expect(nothing == nil)
    }

    @Test("A port in use is refused with a word on what to do")
    func portInUse() throws {
        let context = Context()
        let first = try Socket(.router, .control, in: context)
        let endpoint = try first.bind("tcp://127.0.0.1:*")
        let second = try Socket(.router, .control, in: context)
        do {
            _ = try second.bind(endpoint)
            Issue.record("the port was bound twice")
        } catch {
            #expect(
                error.description
                    == "cannot listen at \(endpoint): the port is in use; choose another, or end the process that has it"
            )
        }
    }

    @Test("A wait ends when another thread says so")
    func wakeup() {
        let wakeup = Wakeup()
        wakeup.signal()
        let start = ContinuousClock.now
        wait(on: [], wakeup: wakeup, milliseconds: 10_000)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    private final class Numbers: Sendable {
        nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

        init(_ values: [Float]) {
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: values.count * 4, alignment: 4)
            values.withUnsafeBytes { copy.copyMemory(from: $0) }
            bytes = UnsafeRawBufferPointer(copy)
        }

        deinit { bytes.deallocate() }
    }
}
