/// Tells from a run's metrics whether its generator has collapsed: whether it draws a part of the data alone.
///
/// A function of the metrics in their order, so a resumed run hears what an uninterrupted one does.
public struct Sentinel: Sendable {
    public enum Verdict: Equatable, Sendable {
        case healthy
        case collapsed(reason: String)

        /// Why it is a collapse; nil: it is none.
        public var reason: String? {
            if case .collapsed(let reason) = self { reason } else { nil }
        }
    }

    /// The share of the data that samples may miss.
    public static let missedShare = 0.1
    /// How diverse samples must be at least, as a share of what the data are.
    public static let diversity = 0.5
    /// Evaluations in a row that must say so: one may be chance, and the first ones are of a generator that has just begun.
    public static let confirmations = 2

    /// A generator that misses this share of what it missed two evaluations before, or less, is young: it still finds more.
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

    /// Whether one evaluation alone shows signs of collapse.
    public static func isSuspicious(_ metrics: [Metric]) -> Bool { sign(metrics) != nil }

    private enum Kind {
        case missedShare, likeness

        /// How bad it is: the share of the data that samples miss, or of their diversity.
        func severity(_ metrics: [Metric]) -> Double {
            switch self {
            case .missedShare:
                metrics.first { $0.name == "missed-share" }.map { $0.value - $0.real } ?? 0
            case .likeness:
                metrics.first { $0.name == "pair-distance" }.map { 1 - $0.value / $0.real } ?? 0
            }
        }
    }

    private static func sign(_ metrics: [Metric]) -> (kind: Kind, reason: String)? {
        // Metrics may come from a file.
        func percent(_ share: Double) -> String {
            "\(Int((max(-1e6, min(1e6, share)) * 100).rounded()))%"
        }
        if Kind.missedShare.severity(metrics) > missedShare,
            let missed = metrics.first(where: { $0.name == "missed-share" })
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
