import Foundation
import Platform
import Testing

@Suite("Threads of the system")
struct SystemThreadTests {
    @Test("A thread runs its work, by its name")
    func runs() throws {
        let done = DispatchSemaphore(value: 0)
        try SystemThread("one with a long name") {
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            if name == "one with a long\n" { done.signal() }
        }
        #expect(done.wait(timeout: .now() + 10) == .success)
    }

    @Test("A thread that the system has no room for is refused, with its name and the reason")
    func refused() throws {
        let error = #expect(throws: ThreadError.self) {
            try SystemThread("lane 3", stackBytes: 1 << 50) {}
        }
        #expect("\(try #require(error))".contains("expected one more thread (lane 3)"))
    }

    @Test("How many threads are allowed is counted")
    func allowed() {
        let (small, impossible) = (1 << 20, 1 << 50)
        #expect(SystemThread.allowed([small, small, small]) == 3)
        #expect(SystemThread.allowed([small, small, impossible, small]) == 2)
    }
}
