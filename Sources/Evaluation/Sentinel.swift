/// Decides from a run's metrics whether its generator has collapsed, that is, whether it draws only a part of the data.
///
/// The verdict is a function of the metrics in their order, so a resumed run gets the same verdicts as an uninterrupted
/// one.
public struct Sentinel: Sendable {
    public enum Verdict: Equatable, Sendable {
        case healthy
        case collapsed(reason: String)

        /// The reason why this is a collapse; nil if it is none.
        public var reason: String? {
            if case .collapsed(let reason) = self { reason } else { nil }
        }
    }

    /// The share of the data that samples may miss beyond what real examples miss.
    public static let missedShare = 0.1
    /// The least diversity of samples, as a share of the diversity of the data.
    public static let diversity = 0.5
    /// The number of evaluations in a row that must show it: one may be chance, and the first belong to a generator
    /// that has just begun.
    public static let confirmations = 2

    /// A generator that misses at most this share of what it missed two evaluations before is young, because it still
    /// finds more.
    public static let improvement = 0.95

    /// The verdict after the last of some evaluations.
    public static func verdict(_ evaluations: [[Metric]]) -> Verdict {
        let signs = evaluations.dropFirst().suffix(confirmations).map(sign)
        guard signs.count == confirmations, signs.allSatisfy({ $0 != nil }),
            let last = signs.last ?? nil
        else { return .healthy }
        func severity(_ evaluations: some Collection<[Metric]>) -> Double {
            evaluations.map(last.kind.severity).reduce(0, +) / Double(evaluations.count)
        }
        let recent = evaluations.suffix(confirmations)
        let earlier = evaluations.dropLast(confirmations).suffix(confirmations)
        return severity(recent) < improvement * severity(earlier)
            ? .healthy : .collapsed(reason: last.reason)
    }

    /// The metrics that can show a collapse.
    public static let signs = Kind.allCases.map(\.rawValue)

    /// Whether some of these metrics can show a collapse.
    public static func canJudge(by metrics: [String]) -> Bool {
        !Set(metrics).isDisjoint(with: signs)
    }

    /// Whether a single evaluation shows signs of collapse.
    public static func isSuspicious(_ metrics: [Metric]) -> Bool { sign(metrics) != nil }

    /// A sign of collapse, by the name of the metric that shows it.
    private enum Kind: String, CaseIterable {
        case missedShare = "missed-share"
        case likeness = "pair-distance"

        func metric(among metrics: [Metric]) -> Metric? {
            metrics.first { $0.name == rawValue }
        }

        /// How severe the sign is: the share of the data that samples miss, or of the diversity that they lack.
        func severity(_ metrics: [Metric]) -> Double {
            switch self {
            case .missedShare:
                metric(among: metrics).map { $0.value - $0.real } ?? 0
            case .likeness:
                metric(among: metrics).map { 1 - $0.value / $0.real } ?? 0
            }
        }
    }

    private static func sign(_ metrics: [Metric]) -> (kind: Kind, reason: String)? {
        // Metrics may come from a file, which may say anything.
        func percent(_ share: Double) -> String {
            "\(Int((max(-1e6, min(1e6, share)) * 100).rounded()))%"
        }
        if Kind.missedShare.severity(metrics) > missedShare,
            let missed = Kind.missedShare.metric(among: metrics)
        {
            return (.missedShare, "samples miss \(percent(missed.value)) of the data")
        }
        let likeness = Kind.likeness.severity(metrics)
        guard likeness > 1 - diversity else { return nil }
        return (
            .likeness, "two samples differ \(percent(1 - likeness)) as much as two real examples"
        )
    }
}
