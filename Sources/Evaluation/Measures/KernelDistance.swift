extension Features {
    /// The unbiased squared maximum mean discrepancy under the kernel (x · y / dimensions + 1)³ (Bińkowski et al., 2018).
    ///
    /// 0 on average for equals, and so sometimes below; small samples do not bias it.
    public func kernelDistance(to other: Features) -> Double {
        let between = kernel(with: other).reduce(0, +) / Double(count * other.count)
        return within + other.within - 2 * between
    }

    /// The mean kernel of two different rows.
    private var within: Double {
        let all = kernel(with: self)
        let own = (0..<count).reduce(0) { $0 + all[$1 * count + $1] }
        return (all.reduce(0, +) - own) / Double(count * (count - 1))
    }

    private func kernel(with other: Features) -> [Double] {
        products(with: other).map { product in
            let sum = product / Double(dimensions) + 1
            return sum * sum * sum
        }
    }
}
