/// A network that cannot be had: what was expected, what was found, what to do.
public struct PretrainedNetworkError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
