/// An array that remembers how it was computed, so that gradients can be taken, to any order.
///
/// A tensor belongs to the lane that made it. Images are `[batch, channels, height, width]`.
public struct Tensor {
    public let value: NDArray
    /// How this tensor was computed; nil for constants, which gradients do not reach.
    let record: Record?

    /// Creates a constant.
    public init(_ value: NDArray) {
        self.value = value
        record = nil
    }

    /// Creates a scalar constant.
    public init(_ scalar: Float) {
        self.init(NDArray([scalar], shape: []))
    }

    public init(_ scalars: [Float], shape: Shape) {
        self.init(NDArray(scalars, shape: shape))
    }

    init(_ value: NDArray, _ record: Record?) {
        self.value = value
        self.record = record
    }

    /// A tensor that gradients can be taken with respect to.
    public static func variable(_ value: NDArray) -> Tensor {
        Tensor(value, Record(number: Lane.current.nextRecordNumber(), name: "variable", inputs: []))
    }

    public var shape: Shape { value.shape }

    /// The number that a tensor of one element holds.
    public var scalar: Float {
        require(shape.elementCount == 1, "\(shape) is not one number")
        return value.pointer[0]
    }

    /// The same numbers as a constant: gradients stop here.
    public func detached() -> Tensor { Tensor(value) }

    /// Whether gradients flow through this tensor.
    var isRecorded: Bool { record != nil }
}

/// The place of a tensor on the tape, without its numbers, which is enough to ask for a gradient there.
public struct TapePosition {
    let record: Record?
}

extension Tensor {
    public var position: TapePosition { TapePosition(record: record) }
}

/// A derivative rule: it maps the gradient of an operation's result to the gradient of one of its inputs.
typealias DerivativeRule = (_ upstream: Tensor) -> Tensor

/// One operation on the tape.
///
/// Constants have no records, so the work that records would cause is never done.
final class Record {
    let number: UInt64
    let name: StaticString
    private(set) var inputs: [(record: Record, rule: DerivativeRule)]
    /// Whether the search for a tape has already met this record.
    var isMarked = false
    private(set) var isReleased = false

    init(number: UInt64, name: StaticString, inputs: [(record: Record, rule: DerivativeRule)]) {
        self.number = number
        self.name = name
        self.inputs = inputs
    }

    /// Releases what the rules hold, once they have run; a variable has no rules, and can be used again.
    func release() {
        guard !inputs.isEmpty else { return }
        inputs = []
        isReleased = true
    }

    /// Long tapes are released in a loop, because a chain of nested deinitializers would overflow the stack.
    deinit {
        var pending = inputs.map(\.record)
        inputs = []
        while var record = pending.popLast() {
            if isKnownUniquelyReferenced(&record) {
                pending += record.inputs.map(\.record)
                record.inputs = []
            }
        }
    }
}

/// A tensor computed from others; each input comes with the rule for its gradient, made of tensor operations.
func recording(_ name: StaticString, _ value: NDArray, _ inputs: (Tensor, DerivativeRule)...)
    -> Tensor
{
    recording(name, value, inputs)
}

func recording(_ name: StaticString, _ value: NDArray, _ inputs: [(Tensor, DerivativeRule)])
    -> Tensor
{
    let lane = Lane.current
    guard lane.isRecording, inputs.contains(where: { $0.0.isRecorded }) else {
        return Tensor(value)
    }
    let recorded = inputs.compactMap { input, rule in input.record.map { (record: $0, rule: rule) }
    }
    return Tensor(value, Record(number: lane.nextRecordNumber(), name: name, inputs: recorded))
}

/// A result that its own rule needs: the value itself, or one that is computed anew if its derivative is wanted, too.
///
/// A rule must not hold the tensor that it belongs to, because the two would keep each other alive.
func reusing(_ value: NDArray, orComputing compute: () -> Tensor) -> Tensor {
    Lane.current.isRecording ? compute() : Tensor(value)
}
