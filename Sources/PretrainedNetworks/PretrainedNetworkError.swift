/// A network that cannot be used; the message says what was expected, what was found, and what to do.
public struct PretrainedNetworkError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
