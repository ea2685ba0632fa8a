internal import Wire

/// How many of a batch's leaves each worker computes, so that all are done at about the same time.
struct LeafShares {
    /// Leaves that a worker computes at a time.
    private let lanes: [Int]
    /// How long each of these takes.
    private let seconds: [Double]

    /// - Parameter workers: Their lanes, and how long a leaf takes on one; 0 if that is unknown: then as long as most others need.
    init(_ workers: [(lanes: Int, leafSeconds: Double)]) {
        let known = workers.map(\.leafSeconds).filter { $0 > 0 }.sorted()
        let usual = known.isEmpty ? 1 : known[known.count / 2]
        lanes = workers.map(\.lanes)
        seconds = workers.map { $0.leafSeconds > 0 ? $0.leafSeconds : usual }
    }

    /// As even shares as there are that are done about as soon as any; workers that would only hold up the others have none.
    func best(of leaves: Int) -> [Int] {
        let soonest = shares(of: leaves) { duration($1, of: $0) }
        let limit = duration(of: soonest) * Self.tolerance
        return shares(of: leaves) { worker, share in
            duration(share, of: worker) > limit ? .infinity : Double(share) / Double(lanes[worker])
        }
    }

    /// How much longer a step may take for what is not worth another plan.
    static let tolerance = 1.25

    /// Gives leaf by leaf to the worker for which it then costs least.
    private func shares(of leaves: Int, cost: (_ worker: Int, _ share: Int) -> Double) -> [Int] {
        var shares = lanes.map { _ in 0 }
        for _ in 0..<leaves {
            let next = shares.indices.min { cost($0, shares[$0] + 1) < cost($1, shares[$1] + 1) }
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

// How a batch is shared out among those who are here.
extension Roster {
    private var shares: LeafShares {
        LeafShares(workers.map { ($0.hello.lanes, $0.leafSeconds) })
    }

    /// Leaves in runs, so that most sums are made where the leaves are.
    func leaves(of tree: LeafTree) -> [LeafRange] {
        var first = 0
        return zip(workers, shares.best(of: tree.leaves)).map { worker, share in
            defer { first += share }
            return LeafRange(member: worker.hello.member, leaves: first..<(first + share))
        }
    }

    /// Whether sharing leaves out anew would make a step clearly shorter.
    func gains(overLeaves current: [LeafRange], of tree: LeafTree) -> Bool {
        let shares = shares
        let counts = workers.map { worker in
            current.first { $0.member == worker.hello.member }?.leaves.count ?? 0
        }
        let best = shares.duration(of: shares.best(of: tree.leaves))
        return best * LeafShares.tolerance < shares.duration(of: counts)
    }
}
