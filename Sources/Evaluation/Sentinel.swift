/// Tells from a run's figures whether its generator has collapsed: whether it draws a part of the data alone.
///
/// A function of the figures in their order, so a resumed run hears what an uninterrupted one does.
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

    /// The verdict after the last of some evaluations.
    public static func verdict(_ evaluations: [[Figure]]) -> Verdict {
        let reasons = evaluations.dropFirst().suffix(confirmations).map(reason)
        guard reasons.count == confirmations, let last = reasons.last ?? nil,
            reasons.allSatisfy({ $0 != nil })
        else { return .healthy }
        return .collapsed(reason: last)
    }

    /// Whether one evaluation alone shows signs of collapse.
    public static func isSuspicious(_ figures: [Figure]) -> Bool { reason(figures) != nil }

    private static func reason(_ figures: [Figure]) -> String? {
        func figure(_ name: String) -> Figure? { figures.first { $0.name == name } }
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
        if let missed = figure("missed-share"), missed.value - missed.real > missedShare {
            return "samples miss \(percent(missed.value)) of the data"
        }
        if let pairs = figure("pair-distance"), pairs.value < diversity * pairs.real {
            return
                "two samples differ \(percent(pairs.value / pairs.real)) as much as two real examples"
        }
        return nil
    }
}
