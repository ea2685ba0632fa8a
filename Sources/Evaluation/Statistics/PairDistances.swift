extension Features {
    /// The first rows, so few that all pairs of them are quickly compared.
    public var few: Features { self[0..<min(count, 1_000)] }

    /// The mean distance of two different rows.
    public var meanPairDistance: Double {
        squaredDistances(to: self).reduce(0) { $0 + $1.squareRoot() } / Double(count * (count - 1))
    }

    /// The number of different rows that there seem to be, by how often two are alike (the birthday paradox; Arora &
    /// Zhang, 2017).
    ///
    /// - Parameter radius: Two rows that are nearer than this are alike.
    public func support(alikeWithin radius: Double) -> Double {
        let distances = squaredDistances(to: self)
        var alike = 0
        for row in 0..<count {
            for column in 0..<row where distances[row * count + column] < radius * radius {
                alike += 1
            }
        }
        // If no two rows are alike, half a pair stands for what one more row might have shown.
        return Double(count * (count - 1) / 2) / max(0.5, Double(alike))
    }

    /// The distance that one row of a hundred has at most to its nearest neighbour.
    public var smallestDistances: Double {
        let distances = squaredDistances(to: self)
        let nearest = (0..<count).map { row in
            (0..<count).reduce(Double.infinity) { least, column in
                column == row ? least : min(least, distances[row * count + column])
            }
        }
        return nearest.sorted()[count / 100].squareRoot()
    }
}
