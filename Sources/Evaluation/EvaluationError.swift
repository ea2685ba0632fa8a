/// A measurement that is impossible; the message says what was expected, what was found, and what to do.
public struct EvaluationError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
