public import Datasets
internal import PretrainedNetworks
internal import Synchronization
public import Tensors

/// Some examples, real or made, as measures see them: the values of each field, and what is derived from these once.
public final class Observations: Sendable {
    public let subject: Subject
    private let fields: [String: NDArray]
    private let known = Mutex<[Key: any Sendable]>([:])

    private struct Key: Hashable {
        let field: String
        let type: ObjectIdentifier
    }

    /// Observations of values `[examples, shape…]`, by the names of their fields.
    public init(_ fields: [String: NDArray], of subject: Subject) {
        self.fields = fields
        self.subject = subject
    }

    /// Creates observations of examples as they were read.
    public convenience init(_ batch: Batch, of subject: Subject) {
        let fields = zip(batch.fields, batch.arrays).map { ($0.name, $1) }
        self.init(Dictionary(fields) { first, _ in first }, of: subject)
    }

    /// The values of a field, `[examples, shape…]`.
    ///
    /// - Parameter field: The name of the field; nil means the subject's first.
    public func values(of field: String? = nil) -> NDArray {
        let name = field ?? subject.fields[0].name
        guard let found = fields[name] else {
            preconditionFailure(
                "expected a field '\(name)', found \(fields.keys.sorted().joined(separator: ", "))")
        }
        return found
    }

    /// The class of each example, which for samples is the class that was asked for; nil if no classes are known.
    public var labels: [Int]? { fields[Field.label.name].map { $0.scalars.map { Int($0) } } }

    /// The features of a field: for images and clips those that the subject's extractor makes, for other kinds the values
    /// themselves.
    public func features(of field: String? = nil) -> Features {
        derived(from: field) {
            subject.features(of: values(of: field), subject.field(field))
        }
    }

    /// What a classifier sees in the first field, whose images it reads.
    func read(by classifier: TrainedClassifier) -> TrainedClassifier.Reading {
        derived {
            let values = values()
            return classifier.read(
                Tensor(values).reshaped(to: Shape([values.shape[0]] + classifier.example)).value)
        }
    }

    /// A value derived from a field of these examples, which is computed when it is first asked for.
    ///
    /// There is one value of each type for each field, so a measure that needs a value alone gives it a type of its
    /// own.
    public func derived<Value: Sendable>(from field: String? = nil, _ make: () -> Value) -> Value {
        let key = Key(
            field: field ?? subject.fields[0].name, type: ObjectIdentifier(Value.self))
        if let found = known.withLock({ $0[key] }) as? Value { return found }
        // The lock is not held here, because the value may follow from another derived value.
        let made = make()
        known.withLock { $0[key] = made }
        return made
    }
}
