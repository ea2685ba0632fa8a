package import Foundation
internal import Synchronization

/// What happened in a run, through all its interruptions: `events.jsonl`, a line an event.
///
/// It is for people and their tools; nothing is ever recovered from it. So it holds nothing up: a line that the disk does not
/// take is left out. What happened stays there when a run goes back to a checkpoint.
package final class EventLog: Sendable {
    /// An event and when it happened, in seconds since 1970.
    package struct Line: Codable, Equatable, Sendable {
        package let time: Double
        package let event: RunEvent
    }

    /// Bytes of the file at which the next begins: members that come and go for months must not fill the disk.
    private static let longest = 4 << 20

    private let path: String
    private let longest: Int
    private let file: Mutex<LineFile>

    /// Opens a run's events at their end; a line that was cut short is taken off.
    package init(folder: String, longest: Int = EventLog.longest) throws {
        path = "\(folder)/events.jsonl"
        self.longest = longest
        file = Mutex(try LineFile(path: path))
    }

    /// Writes a line at once, so that it outlives this process; iterations have theirs elsewhere.
    package func write(_ event: RunEvent, at time: Date) {
        if case .iterated = event { return }
        let line = Line(time: time.timeIntervalSince1970, event: event)
        guard let bytes = try? Self.encoder.encode(line) else { return }
        file.withLock { file in
            if file.length >= longest, rename(path, Self.olderPath(of: path)) == 0,
                let next = try? LineFile(path: path)
            {
                file = next
            }
            guard file.length < longest else { return }
            try? file.append(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The events that a run's folder tells of, in their order; what is no event is passed over.
    package static func lines(inRun folder: String) -> [Line] {
        let (path, decoder) = ("\(folder)/events.jsonl", decoder)
        return [olderPath(of: path), path].flatMap { path in
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap {
                try? decoder.decode(Line.self, from: Data($0.utf8))
            }
        }
    }

    private static func olderPath(of path: String) -> String { "\(path).older" }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
