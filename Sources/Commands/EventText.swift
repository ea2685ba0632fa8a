package import Cluster
import Foundation
import Platform

// The one place where what happens in a run is put into words.
extension RunEvent {
    /// What people are told of it, in one line; nil where there is nothing to tell, or where a command does so in its own way.
    package var text: String? {
        switch self {
        case .nothingToResume(let folder):
            "\(folder): no run is there yet to be resumed; it begins now"
        case .listening(let endpoint):
            endpoint.hasPrefix("tcp://") ? "listening at \(endpoint)" : nil
        case .waiting(let lack): lack.text
        case .restored(let iteration, let attempt, _, let withoutProgress, let patience):
            withoutProgress > 1
                ? "attempt \(attempt) begins again at iteration \(iteration): the last \(withoutProgress) lost a parameter server before they reached a checkpoint; a silent one has \(patience) s now"
                : nil
        case .adopted(let iteration):
            "the parameter servers are still there, at iteration \(iteration): the run goes on with them"
        case .askedToEnd: "asked to end: the run stops after the current iteration"
        case .joined(let member, let lanes, let slices):
            "\(member.text) joined, \(member.role == .worker ? counted(lanes, "lane") : slices.text)"
        case .standsBy(let spare, let keeper):
            "\(spare.text) stands by: it takes over when \(keeper.name) is gone, which keeps the same"
        case .turnedAway(let host, let field, let expected, let found):
            "turned away \(host): expected \(field) \(expected), found \(found)"
        case .slow(let member, let seconds):
            "\(member.text) is slow: it has been busy for \(seconds) s"
        case .memberFailed(let member, let reason): "\(member.host): \(reason)"
        case .gone(let member): "\(member.text) is gone"
        case .notSampled(_, let reason): reason
        case .measured(let iteration, let metrics):
            "measured at \(iteration): \(metrics.map(\.text).joined(separator: "  "))"
        case .collapsed(let iteration, let reason, let lastHealthy, let endsRun):
            endsRun
                ? nil
                : Collapse(iteration: iteration, reason: reason, lastHealthy: lastHealthy)
                    .description
        case .chosen(let iteration, let metric, let folder):
            "best \(metric): iteration \(iteration), whose weights the hash is of; 'swiftgan sample \(folder) --iteration \(iteration)' draws from it"
        case .bestIsGone(let iteration, let folder):
            "\(folder): the best checkpoint so far, of iteration \(iteration), was removed; unless a later one is better, the run ends without its weights"
        case .linesLost(let file, let expected, let found):
            "\(file): expected lines up to the checkpoint of iteration \(expected), found \(found); those between are lost"
        case .begun, .waited, .iterated, .checkpointed, .sampled: nil
        // The command's last words tell.
        case .done, .interrupted, .failed: nil
        }
    }
}

extension RunEvent.Member {
    fileprivate var text: String {
        switch role {
        case .worker: "worker \(name)"
        case .parameterServer: "parameter server \(name)"
        }
    }
}

extension [RunEvent.Slice] {
    /// Networks, where they are whole.
    fileprivate var text: String {
        map { $0.count > 1 ? $0.text : $0.network }.joined(separator: " and ")
    }
}

extension RunEvent.Slice {
    fileprivate var text: String { "\(network) \(index + 1)/\(count)" }
}

extension RunEvent.Lack {
    fileprivate var text: String {
        switch self {
        case .slices(let slices):
            "waiting for parameter servers: \(slices.map(\.text).joined(separator: ", "))"
        case .workers(let present, let wanted):
            "waiting for workers: \(present) of \(wanted)"
        case .room(let reason): "\(reason); training waits for room"
        }
    }
}

extension RunEvent.Value {
    fileprivate var text: String { "\(name) \(String(format: "%.4f", value))" }
}
