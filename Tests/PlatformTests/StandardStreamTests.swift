import Foundation
import Testing

@testable import Platform

@Suite("What is said")
struct StandardStreamTests {
    /// A pipe that holds a page, read from without waits.
    private struct Pipe {
        let (reader, writer): (Int32, Int32)

        /// - Parameter waits: Whether writing to it waits for room.
        init(waits: Bool = false) throws {
            var ends: [Int32] = [0, 0]
            let isMade = pipe(&ends) == 0
            (reader, writer) = (ends[0], ends[1])
            for end in waits ? [reader] : ends {
                _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            }
            // F_SETPIPE_SZ, which Swift does not see.
            let size = fcntl(writer, 1031, 4096)
            try #require(isMade && size == 4096)
        }

        func read() -> String {
            var bytes = [UInt8](repeating: 0, count: 1 << 17)
            let count = Foundation.read(reader, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test("Lines that find no room wait for it, in their order, and nobody waits for them")
    func waits() throws {
        let pipe = try Pipe()
        let stream = StandardStream(pipe.writer)
        let page = String(repeating: "a", count: 4095)
        for line in [page, "second", "third"] { stream.say(line) }
        stream.show("progress, which is dropped")
        #expect(pipe.read() == page + "\n")
        stream.say("fourth")
        #expect(pipe.read() == "second\nthird\nfourth\n")
        stream.show("progress")
        #expect(pipe.read() == "progress\n")
    }

    @Test("Of lines that nobody reads, only so many are kept")
    func bound() throws {
        let pipe = try Pipe()
        let stream = StandardStream(pipe.writer)
        for _ in 0..<1000 { stream.say(String(repeating: "b", count: 999)) }
        var all = ""
        for _ in 0..<40 {
            all += pipe.read()
            stream.show("")
        }
        // Beside 64 KiB that wait, the pipe holds from one to four.
        #expect((67...70).contains(all.split(separator: "\n").count))
    }

    @Test(
        "What was said keeps no process from ending where nobody reads", arguments: [false, true])
    func unread(waits: Bool) throws {
        let pipe = try Pipe(waits: waits)
        let stream = StandardStream(pipe.writer, patience: .milliseconds(50))
        let page = String(repeating: "c", count: 4095)
        for line in [page, "dropped"] { stream.say(line) }
        stream.finish()
        #expect(pipe.read() == page + "\n")
        stream.say("after")
        #expect(pipe.read() == "after\n")
    }

    @Test(
        "A terminal that takes a part of a line holds nobody up, and what it has of others' settings stays"
    )
    func unreadTerminal() throws {
        var (terminal, writer) = (Int32(-1), Int32(-1))
        try #require(openpty(&terminal, &writer, nil, nil, nil) == 0)
        defer { for end in [writer, terminal] { close(end) } }
        let stream = StandardStream(writer, patience: .milliseconds(50))
        // Far more than a terminal holds.
        for _ in 0..<60 { stream.say(String(repeating: "d", count: 999)) }
        stream.finish()
        let again = ContinuousClock.now
        stream.finish()
        #expect(ContinuousClock.now - again < .milliseconds(50))
        #expect(fcntl(writer, F_GETFL) & O_NONBLOCK == 0)
    }

    @Test("A result waits for its reader")
    func awaited() throws {
        let pipe = try Pipe(waits: true)
        let stream = StandardStream(pipe.writer, patience: .milliseconds(1))
        let page = String(repeating: "e", count: 4095)
        let end = DispatchSemaphore(value: 0)
        try SystemThread("result") {
            try? stream.deliver("\(page)\nresult")
            end.signal()
        }
        #expect(end.wait(timeout: .now() + 0.05) == .timedOut)
        var read = ""
        for _ in 0..<1000 where !read.hasSuffix("result\n") {
            read += pipe.read()
            usleep(10_000)
        }
        #expect(read == "\(page)\nresult\n")
    }

    @Test("A line after one that was cut short begins a new one")
    func afterDamage() throws {
        let path = "\(NSTemporaryDirectory())/swiftgan-stream-\(UUID().uuidString.prefix(8))"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        try #require(file >= 0)
        defer { unlink(path) }
        let stream = StandardStream(file)
        stream.say("whole")
        stream.finish()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "whole\n")
        #expect(throws: StreamError.self) { try StandardStream(500_000).deliver("result") }
        let full = StandardStream(open("/dev/full", O_WRONLY | O_CLOEXEC))
        full.say("dropped")
        full.finish()
        let error = #expect(throws: StreamError.self) { try full.deliver("result") }
        #expect(
            error?.description
                == "standard output: expected to write the result there, found No space left on device"
        )
    }
}
