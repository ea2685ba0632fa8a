/// One figure of a generator, beside what real examples give in the place of samples.
public struct Figure: Sendable {
    public let name: String
    public let value: Double
    /// The same figure for held-out real examples: nothing can be expected to be better.
    public let real: Double?

    public init(_ name: String, _ value: Double, real: Double? = nil) {
        self.name = name
        self.value = value
        self.real = real
    }
}
