import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Foundation
import PretrainedNetworks
import Hashing
import Pictures
import Platform
import Recipes
import Synchronization
import Wire

/// What a person at the terminal sees of a run.
final class Console: Sendable {
    private let batch: Int
    private let shownAt = Mutex<ContinuousClock.Instant?>(nil)

    init(batch: Int = 0) { self.batch = batch }

    func say(_ line: String) { StandardStream.output.say(line) }

    func observe(_ event: RunEvent) {
        if case .iterated(let progress) = event { show(progress) }
        if let text = event.text { say(text) }
    }

    func finish(_ digest: Digest, output: String) {
        say("run in \(output); 'swiftgan sample \(output)' draws from it")
        say("weights sha256 \(digest)")
        StandardStream.output.finish()
    }

    /// The last word of a member.
    ///
    /// - Throws: ``Departure`` where the run is not done, and the member to be started again with it.
    func conclude(_ end: RunEnd) throws {
        switch end {
        case .done: say("the run is done")
        case .interrupted(let iteration):
            let place = iteration > 0 ? "at iteration \(iteration)" : "before its first iteration"
            throw Departure.temporary(
                "the run was asked to end \(place); start this again with the coordinator, which goes on with --resume"
            )
        }
    }

    /// A line every five seconds in a file, one that is written over in a terminal, and always the last.
    private func show(_ progress: TrainingProgress) {
        let isLast = progress.iteration == progress.iterations
        let pause = Duration.milliseconds(StandardStream.output.isTerminal ? 500 : 5000)
        let isTime = shownAt.withLock { shownAt in
            let now = ContinuousClock.now
            if !isLast, let shownAt, now - shownAt < pause { return false }
            shownAt = now
            return true
        }
        guard isTime else { return }
        // What matters most comes first: a narrow terminal cuts the rest.
        var words = ["iteration \(progress.iteration)/\(progress.iterations)"]
        if isLast { words.append("done") }
        if progress.examplesPerSecond > 0 {
            if !isLast {
                words.append("\(Self.duration(progress.secondsLeft(batch: batch))) left")
            }
            words.append("\(fixed(progress.examplesPerSecond, 0)) examples/s")
        }
        words += progress.scalars.map { "\($0.name) \(fixed($0.value, 3))" }
        let line = words.joined(separator: "  ")
        let output = StandardStream.output
        isLast && !output.isTerminal ? output.say(line) : output.show(line)
    }

    private func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    static func duration(_ seconds: Double) -> String {
        // At almost no speed the end is further away than can be counted.
        let whole = Int(min(seconds, 1e12).rounded())
        return whole < 60
            ? "\(whole) s"
            : whole < 3600
                ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}

/// A command's result, a line of it.
///
/// - Throws: `StreamError` where it cannot be written.
func tell(_ line: String) throws { try StandardStream.output.deliver(line) }

/// Runs a command's work; what goes wrong becomes one line and an exit code.
func reportingErrors(_ body: () throws -> Void) throws {
    defer { StandardStream.output.finish() }
    do { try body() } catch let code as ExitCode { throw code } catch {
        if let error = error as? StreamError, error.isReaderGone { endBySignal(SIGPIPE) }
        StandardStream.output.finish()
        StandardStream.error.say("swiftgan: \(error)")
        StandardStream.error.finish()
        switch error {
        case let departure as Departure: throw ExitCode(departure.code)
        case is ThreadError: throw ExitCode(75)
        case is RecipeError, is SettingError, is DataError, is FolderError, is SocketError,
            is EvaluationError, is PictureError, is PretrainedNetworkError:
            throw ExitCode(78)
        default: throw ExitCode(1)
        }
    }
}

/// Ends the process as a reader that is gone ends one: without a word, which would not be read.
private func endBySignal(_ number: Int32) {
    signal(number, SIG_DFL)
    raise(number)
}
