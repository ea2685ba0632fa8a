internal import Foundation

/// How good a classifier becomes with each kind of help, over some draws.
struct Comparison {
    /// The accuracies of an arm, one of each draw.
    let arms: [(arm: Arm, accuracies: [Double])]

    /// The table, and what it says.
    var text: String {
        let usual = accuracies(of: .realWithUsualChanges)
        let rows = arms.map { arm, accuracies in
            let gains = zip(accuracies, usual).map { $0 - $1 }
            let gain = arm == .realWithUsualChanges ? "" : Self.signed(Self.mean(gains))
            return
                "| \(arm.name) | \(Self.percent(Self.mean(accuracies))) | \(Self.percent(Self.spread(accuracies))) | \(gain) |"
        }
        return """
            | learned from | accuracy, % | spread | against the usual changes |
            | --- | ---: | ---: | ---: |
            \(rows.joined(separator: "\n"))

            \(verdict)
            """
    }

    /// Which arm won, in plain words.
    private var verdict: String {
        guard let best = Self.best(of: arms),
            let synthetic = Self.best(of: arms.filter(\.arm.isSynthetic))
        else { return "" }
        let usual = Self.mean(accuracies(of: .realWithUsualChanges))
        let winner = "Best: \(best.arm.name), \(Self.percent(Self.mean(best.accuracies)))%."
        let gain = Self.mean(synthetic.accuracies) - usual
        let help =
            gain > 0
            ? "The synthetic pictures help: \(synthetic.arm.name), \(Self.signed(gain)) points against the usual changes alone."
            : "The synthetic pictures do not help: at best (\(synthetic.arm.name)) \(Self.signed(gain)) points against the usual changes alone."
        let doubt =
            abs(gain) < Self.spread(synthetic.accuracies)
            ? " That is less than the spread between draws, so it may be chance." : ""
        return "\(winner) \(help)\(doubt)"
    }

    private func accuracies(of arm: Arm) -> [Double] {
        arms.first { $0.arm == arm }?.accuracies ?? []
    }

    private static func best(of arms: [(arm: Arm, accuracies: [Double])])
        -> (arm: Arm, accuracies: [Double])?
    {
        arms.max { mean($0.accuracies) < mean($1.accuracies) }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(max(1, values.count))
    }

    /// The standard deviation between draws.
    private static func spread(_ values: [Double]) -> Double {
        let mean = mean(values)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(max(1, values.count - 1))).squareRoot()
    }

    static func percent(_ share: Double) -> String { String(format: "%.2f", share * 100) }

    private static func signed(_ share: Double) -> String { String(format: "%+.2f", share * 100) }
}
