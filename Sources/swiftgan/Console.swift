import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Foundation
import Hashing
import Recipes
import Wire

/// What a person at the terminal sees.
///
/// Lines go out whole, from whichever thread.
final class Console: @unchecked Sendable {
    private let lock = NSLock()
    private let isTerminal = isatty(1) == 1
    private let batch: Int
    private var shownAt = Date.distantPast
    private var hasOpenLine = false

    init(batch: Int = 0) { self.batch = batch }

    func say(_ line: String) {
        lock.withLock {
            closeLine()
            print("\(line)\n")
        }
    }

    func observe(_ event: Coordinator.Event) {
        switch event {
        case .listening(let endpoint):
            if endpoint.hasPrefix("tcp://") { say("listening at \(endpoint)") }
        case .said(let text): say(text)
        case .progress(let progress): show(progress)
        case .evaluated(let iteration, let figures):
            let words = figures.map { "\($0.name) \(fixed($0.value, 4))" }
            say("measured at \(iteration): \(words.joined(separator: "  "))")
        }
    }

    func finish(_ digest: Digest, output: String) {
        say("run in \(output); 'swiftgan sample \(output) --output grid.png' draws from it")
        say("weights sha256 \(digest)")
    }

    /// A line every five seconds in a file, one that is written over in a terminal, and always the last.
    private func show(_ progress: TrainingProgress) {
        lock.withLock {
            let isLast = progress.iteration == progress.iterations
            guard isLast || Date().timeIntervalSince(shownAt) >= (isTerminal ? 0.5 : 5) else {
                return
            }
            guard isLast || progress.imagesPerSecond > 0 else { return }
            shownAt = Date()
            let measures = progress.measures.map { "\($0.name) \(fixed(Double($0.value), 3))" }
                .joined(separator: "  ")
            let left = isLast ? "done" : "\(Self.duration(progress.secondsLeft(batch: batch))) left"
            let line =
                "iteration \(progress.iteration)/\(progress.iterations)  \(fixed(progress.imagesPerSecond, 0)) examples/s  \(measures)  \(left)"
            print(isTerminal ? "\r\u{1b}[K\(line)" : "\(line)\n")
            hasOpenLine = isTerminal
        }
    }

    private func closeLine() {
        if hasOpenLine { print("\n") }
        hasOpenLine = false
    }

    private func print(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    private func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 60
            ? "\(whole) s"
            : whole < 3600
                ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}

/// Runs a command's work; what goes wrong becomes one line and an exit code.
func reportingErrors(_ body: () throws -> Void) throws {
    do { try body() } catch let code as ExitCode { throw code } catch {
        FileHandle.standardError.write(Data("swiftgan: \(error)\n".utf8))
        switch error {
        case let departure as Departure: throw ExitCode(departure.code)
        case is RecipeError, is DataError, is FolderError, is SocketError, is EvaluationError:
            throw ExitCode(78)
        default: throw ExitCode(1)
        }
    }
}
