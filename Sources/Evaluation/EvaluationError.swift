/// Something that cannot be measured: what was expected, what was found, what to do.
public struct EvaluationError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
