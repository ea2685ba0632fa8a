public import Foundation
internal import Platform

/// The small files beside a run that its samples are read by, such as how a table's columns become numbers.
public struct RunFiles: Sendable {
    /// What they are called in messages.
    public let source: String
    private let contents: @Sendable (String) -> Data?

    /// Those in a run's folder.
    public init(folder: String) {
        source = folder
        contents = { try? RegularFile.content(of: "\(folder)/\($0)") }
    }

    /// Those that data leave with a run.
    public init(_ companions: [String: [UInt8]]) {
        source = "the data"
        contents = { companions[$0].map { Data($0) } }
    }

    /// The content of a file.
    ///
    /// - Throws: ``EvaluationError`` where it is missing.
    public func content(of name: String) throws -> Data {
        guard let found = contents(name) else {
            throw EvaluationError(
                "\(source)/\(name): expected the file that samples are read by, found none; training on the same data writes it"
            )
        }
        return found
    }
}
