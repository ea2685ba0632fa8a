import Testing

@testable import Cluster

@Suite("The wish that a process end")
struct EndingTests {
    private let ending = Ending()
    private let first = ContinuousClock.now

    @Test("Signals within a second are one wish; a later one is not to be waited for")
    func repeated() {
        ending.begin()
        #expect(ending.hear(now: first) == .ask)
        #expect(ending.isAsked)
        for gap in [0, 1, 999] as [Int] {
            #expect(ending.hear(now: first + .milliseconds(gap)) == .pass)
        }
        #expect(ending.hear(now: first + .milliseconds(1000)) == .endAtOnce)
    }

    @Test("Before there is anything to lose, the first ends the process")
    func unbegun() {
        #expect(ending.hear(now: first) == .leave)
        #expect(!ending.isAsked)
    }
}
