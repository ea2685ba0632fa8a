/// How many of a batch's leaves each worker computes, so that all are done at about the same time.
struct LeafShares {
    /// Leaves that a worker computes at a time.
    private let lanes: [Int]
    /// How long each of these takes.
    private let seconds: [Double]

    /// - Parameter workers: Their lanes, and how long a leaf takes on one; 0 where nobody knows: as long as most others need.
    init(_ workers: [(lanes: Int, leafSeconds: Double)]) {
        let known = workers.map(\.leafSeconds).filter { $0 > 0 }.sorted()
        let usual = known.isEmpty ? 1 : known[known.count / 2]
        lanes = workers.map(\.lanes)
        seconds = workers.map { $0.leafSeconds > 0 ? $0.leafSeconds : usual }
    }

    /// The shares that are done soonest; workers that would only hold up the others have none.
    func best(of leaves: Int) -> [Int] {
        var shares = lanes.map { _ in 0 }
        for _ in 0..<leaves where !lanes.isEmpty {
            let next = shares.indices.min { left, right in
                let (one, other) = (
                    duration(shares[left] + 1, of: left), duration(shares[right] + 1, of: right)
                )
                if one != other { return one < other }
                return (shares[left] + 1) * lanes[right] < (shares[right] + 1) * lanes[left]
            }
            if let next { shares[next] += 1 }
        }
        return shares
    }

    /// How long all need for these shares, in seconds.
    func duration(of shares: [Int]) -> Double {
        zip(shares, shares.indices).map(duration).max() ?? 0
    }

    private func duration(_ share: Int, of worker: Int) -> Double {
        Double((share + lanes[worker] - 1) / lanes[worker]) * seconds[worker]
    }
}
