public import Tensors

extension Features {
    /// The mean over random directions of the Wasserstein-1 distance between projections (Rabin et al., 2011).
    ///
    /// Both sides have as many rows. Directions are drawn from `random`, by counting.
    public func slicedWasserstein(
        to other: Features, directions: Int = 128, random: RandomSource
    ) -> Double {
        precondition(count == other.count && dimensions == other.dimensions)
        let place = RandomSource.Place(.directions)
        let drawn = random.normal(rows: 0..<directions, columns: dimensions, at: place).scalars
        let axes = Features(
            count: directions, dimensions: dimensions,
            values: (0..<directions).flatMap { row in
                let axis = drawn[(row * dimensions)..<((row + 1) * dimensions)].map(Double.init)
                let length = axis.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return axis.map { $0 / length }
            })
        let (own, others) = (axes.products(with: self), axes.products(with: other))
        let total = (0..<directions).reduce(0.0) { sum, row in
            let range = (row * count)..<((row + 1) * count)
            let pairs = zip(own[range].sorted(), others[range].sorted())
            return sum + pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / Double(count)
        }
        return total / Double(directions)
    }
}
