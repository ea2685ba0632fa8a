extension [ColumnEncoder] {
    /// Rows that each text of a column must have on average before another column can follow from it: of fewer it would by chance.
    private static let leastRows = 10

    /// Makes columns whose texts always follow from another's look these up: what networks learn of two such columns would not
    /// always agree.
    ///
    /// - Parameters:
    ///   - texts: Their training rows.
    ///   - mayFollow: Whether the column of a name may be looked up.
    mutating func lookUpFollowing(_ texts: [TextColumn], where mayFollow: (String) -> Bool) {
        // The finest come first: others follow from these, too.
        let counts = map(\.counts.count)
        let finest = indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
        var deciding = Set<Int>()
        for index in indices.reversed() where mayFollow(self[index].name) {
            guard !deciding.contains(index), let found = following(index, texts, among: finest)
            else { continue }
            self[index].content = .following(found)
            deciding.insert(found.column)
        }
    }

    /// What a column's texts follow from: the first of others each of whose texts always has the same of this one beside it.
    private func following(
        _ index: Int, _ texts: [TextColumn], among others: [Int]
    ) -> ColumnEncoder.Following? {
        guard case .choice(let own) = self[index].content, own.rare.isEmpty else { return nil }
        for other in others where other != index {
            guard case .choice(let choices) = self[other].content, choices.rare.isEmpty,
                choices.options.count >= own.options.count,
                choices.options.count * Self.leastRows <= texts[other].codes.count,
                let found = texts[index].texts(beside: texts[other])
            else { continue }
            return ColumnEncoder.Following(
                column: other, texts: choices.options.map { found[$0.text] ?? "" })
        }
        return nil
    }
}

extension TextColumn {
    /// For each text of another column, the one that this column always has beside it; nil if any has several.
    fileprivate func texts(beside other: TextColumn) -> [String: String]? {
        var found: [UInt32: UInt32] = [:]
        for (code, otherCode) in zip(codes, other.codes) {
            if let known = found[otherCode] {
                guard known == code else { return nil }
            } else {
                found[otherCode] = code
            }
        }
        var texts: [String: String] = [:]
        for (otherCode, code) in found {
            texts[other.texts[Int(otherCode)]] = self.texts[Int(code)]
        }
        return texts
    }
}
