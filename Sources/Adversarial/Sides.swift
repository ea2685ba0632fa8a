/// The two sides of a game, in the order of their turns.
///
/// Each side's modules share one flat buffer, so each side is one network to the servers that keep it.
public enum Side: Int, CaseIterable, Sendable {
    case discriminator, generator
}

/// One value for each side.
public struct Sides<Value> {
    public var discriminator: Value
    public var generator: Value

    public init(discriminator: Value, generator: Value) {
        self.discriminator = discriminator
        self.generator = generator
    }

    /// The same value for both.
    public init(both value: Value) { self.init(discriminator: value, generator: value) }

    public subscript(side: Side) -> Value {
        get { side == .discriminator ? discriminator : generator }
        set {
            switch side {
            case .discriminator: discriminator = newValue
            case .generator: generator = newValue
            }
        }
    }

    /// The values in the order of the sides' numbers.
    public var inOrder: [Value] { [discriminator, generator] }

    public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Sides<Other> {
        Sides<Other>(
            discriminator: try transform(discriminator), generator: try transform(generator))
    }
}

extension Sides: Sendable where Value: Sendable {}
extension Sides: Equatable where Value: Equatable {}
extension Sides: Hashable where Value: Hashable {}
