import Testing

@testable import Cluster

@Suite("Shares of leaves")
struct LeafSharesTests {
    /// Workers of one lane, by the seconds that a leaf takes them.
    private func shares(of leaves: Int, _ seconds: Double...) -> [Int] {
        LeafShares(seconds.map { (lanes: 1, leafSeconds: $0) }).best(of: leaves)
    }

    @Test("All workers are done at about the same time")
    func equalTimes() {
        #expect(shares(of: 8, 1, 1) == [4, 4])
        #expect(shares(of: 4, 1, 1, 1) == [2, 1, 1])
        #expect(shares(of: 8, 0.1, 0.3) == [6, 2])
        #expect(shares(of: 3) == [])
    }

    @Test("A worker with two lanes computes two at a time")
    func lanes() {
        let shares = LeafShares([(lanes: 2, leafSeconds: 1), (lanes: 1, leafSeconds: 1)])
        #expect(shares.best(of: 6) == [4, 2])
    }

    @Test("A straggler that would only hold up the others is left out")
    func straggler() {
        #expect(shares(of: 4, 0.1, 0.1, 1) == [2, 2, 0])
        #expect(shares(of: 2, 0.2, 0.1, 0.1) == [0, 1, 1])
    }

    @Test("A newcomer, of whom nobody knows anything yet, is taken to be like most")
    func newcomer() {
        #expect(shares(of: 6, 0.1, 0.1, 0) == [2, 2, 2])
        #expect(shares(of: 3, 0) == [3])
    }
}
