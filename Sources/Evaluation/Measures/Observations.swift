public import Datasets
internal import Synchronization
public import Tensors

/// Some examples, real or made, as measures look at them: the values of each field, and what is derived from them, once.
public final class Observations: Sendable {
    public let subject: Subject
    private let fields: [String: NDArray]
    private let known = Mutex<[Key: any Sendable]>([:])

    private struct Key: Hashable {
        let field: String
        let type: ObjectIdentifier
    }

    /// - Parameter fields: `[examples, shape…]` by name.
    public init(_ fields: [String: NDArray], of subject: Subject) {
        self.fields = fields
        self.subject = subject
    }

    /// Examples as they were read.
    public convenience init(_ batch: Batch, of subject: Subject) {
        let fields = zip(batch.fields, batch.arrays).map { ($0.name, $1) }
        self.init(Dictionary(fields) { first, _ in first }, of: subject)
    }

    /// The values of a field, `[examples, shape…]`.
    ///
    /// - Parameter field: Its name; nil: the subject's first.
    public func values(of field: String? = nil) -> NDArray {
        let name = field ?? subject.fields[0].name
        guard let found = fields[name] else {
            preconditionFailure(
                "expected a field '\(name)', found \(fields.keys.sorted().joined(separator: ", "))")
        }
        return found
    }

    /// The class of each example, for samples the one that was asked for; nil where none are known.
    public var labels: [Int]? { fields[Field.label.name].map { $0.scalars.map { Int($0) } } }

    /// The features of a field: those that the subject's extractor makes of images, and other values as they are.
    public func features(of field: String? = nil) -> Features {
        derived(from: field) {
            subject.features(of: values(of: field), subject.field(field)?.kind)
        }
    }

    /// What follows from a field of these examples, computed when it is first asked for.
    ///
    /// Of each type there is one for each field: a measure keeps what it alone needs in a type of its own.
    public func derived<Value: Sendable>(from field: String? = nil, _ make: () -> Value) -> Value {
        let key = Key(
            field: field ?? subject.fields[0].name, type: ObjectIdentifier(Value.self))
        if let found = known.withLock({ $0[key] }) as? Value { return found }
        // Not under the lock: it may follow from something else that is derived.
        let made = make()
        known.withLock { $0[key] = made }
        return made
    }
}
