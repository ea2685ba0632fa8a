extension Features {
    /// The unbiased squared maximum mean discrepancy under the kernel (x · y / dimensions + 1)³ (Bińkowski et al., 2018).
    ///
    /// It is 0 on average for equal distributions, and so sometimes below 0; small samples do not bias it.
    public func kernelDistance(to other: Features) -> Double {
        let between = kernelSum(with: other) / Double(count * other.count)
        return within + other.within - 2 * between
    }

    /// The mean of the kernel over pairs of two different rows.
    private var within: Double {
        let own = (0..<count).reduce(0) {
            $0 + self[$1..<($1 + 1)].kernelSum(with: self[$1..<($1 + 1)])
        }
        return (kernelSum(with: self) - own) / Double(count * (count - 1))
    }

    /// The sum of the kernel over all pairs of rows.
    ///
    /// It takes a thousand rows at a time, because there are many pairs.
    private func kernelSum(with other: Features) -> Double {
        stride(from: 0, to: count, by: 1_000).reduce(0) { total, start in
            let rows = self[start..<min(start + 1_000, count)]
            return total
                + rows.products(with: other).reduce(0) { sum, product in
                    let base = product / Double(dimensions) + 1
                    return sum + base * base * base
                }
        }
    }
}
