public import Tensors

/// A function of tensors with weights of its own; a value without state.
public protocol Layer: Sendable {
    /// Applies the layer, with the weights of `pass`.
    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor
    /// Whether it is made of affine maps and leaky units alone, so that its slopes are constant between kinks.
    var isPiecewiseLinear: Bool { get }
}

extension Layer {
    public var isPiecewiseLinear: Bool { false }
}

/// A named layer and the flat buffer that holds its parameters.
public struct Network: Sendable {
    /// An entry and the range it takes in the flat buffer.
    public typealias Placed = (entry: ParameterTree.Entry, range: Range<Int>)

    public let name: String
    /// What each update reports: the names of its measures, such as "loss".
    public let measures: [String]
    /// Whether it asks for the class of each example.
    public let isConditional: Bool
    /// In the order of declaration, which is that of ``Parameter`` handles.
    private let declared: [Placed]
    private let body: any Layer

    public init(
        _ name: String, measures: [String] = ["loss"], isConditional: Bool = false,
        _ build: (inout ParameterTree) -> any Layer
    ) {
        var tree = ParameterTree()
        body = build(&tree)
        for measure in measures { tree.measure(measure) }
        self.name = name
        self.measures = measures
        self.isConditional = isConditional
        var declared = tree.entries.map { Placed($0, 0..<0) }
        var offset = 0
        for role in [ParameterTree.Role.weight, .statistic, .measure] {
            for index in declared.indices where declared[index].entry.role == role {
                let end = offset + declared[index].entry.shape.elementCount
                declared[index].range = offset..<end
                offset = end
            }
        }
        self.declared = declared
    }

    /// Each entry with its range, in the flat buffer's order.
    public var layout: [Placed] { declared.sorted { $0.range.lowerBound < $1.range.lowerBound } }

    /// Whether another network's flat buffers hold the same parameters in the same places.
    public func hasSameLayout(as other: Network) -> Bool {
        layout.elementsEqual(other.layout) {
            $0.entry.name == $1.entry.name && $0.entry.shape == $1.entry.shape
                && $0.range == $1.range
        }
    }

    /// The names of all entries in the order of declaration, which is that of gradients.
    public var declaredNames: [String] { declared.map(\.entry.name) }

    /// The flat buffer's length in floats.
    public var count: Int { declared.map(\.range.upperBound).max() ?? 0 }

    /// The part of the flat buffer that entries of one role take.
    public func range(of role: ParameterTree.Role) -> Range<Int> {
        let ranges = declared.filter { $0.entry.role == role }.map(\.range)
        let start = ranges.map(\.lowerBound).min() ?? count
        return start..<(ranges.map(\.upperBound).max() ?? start)
    }

    /// The flat buffer before the first step: a function of the seed and the network's number.
    public func initialWeights(_ random: RandomSource, number: Int) -> Storage {
        let storage = Storage.zeros(count: count)
        for (position, (entry, range)) in declared.enumerated() {
            let place = RandomSource.Place(.initialWeights, network: number, position: position)
            let values = entry.initially.values(range.count, random, at: place)
            storage.pointer.advanced(by: range.lowerBound).update(from: values, count: range.count)
        }
        return storage
    }

    /// Views into a flat buffer, to be used by any lane for as long as these weights are current.
    ///
    /// - Parameter largestPackedCopy: The floats of a copy that kernels keep of an array, at most; others are made anew for each use.
    public func weights(in buffer: Storage, largestPackedCopy: Int = .max) -> NetworkWeights {
        precondition(
            buffer.count == count, "\(name) has \(count) parameters, the buffer \(buffer.count)")
        return NetworkWeights(
            arrays: declared.map { entry, range in
                NDArray(
                    shape: entry.shape, storage: buffer.view(range),
                    largestPackedCopy: largestPackedCopy)
            })
    }

    /// Whether its slopes are constant between kinks, which ``LinearizedCritic`` makes use of.
    public var isPiecewiseLinear: Bool { body.isPiecewiseLinear }

    /// Applies the network.
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor { body(input, pass) }

    /// The parameter of a name; nil where none has it.
    public func parameter(named name: String) -> Parameter? {
        declared.firstIndex { $0.entry.name == name }.map(Parameter.init)
    }

    /// The gradients for each parameter of some outputs of `pass`, given those outputs' own.
    ///
    /// In the order of declaration; nil for what is no weight, or has no part in the outputs.
    public func weightGradients(
        of outputs: [Tensor], upstream: [Tensor], from pass: ForwardPass,
        isDifferentiable: Bool = false
    ) -> [Tensor?] {
        let weights = declared.indices.filter { declared[$0].entry.role == .weight }
        let found = gradients(
            of: outputs, upstream: upstream,
            at: weights.map { pass[Parameter(index: $0)].position },
            isDifferentiable: isDifferentiable)
        var result = [Tensor?](repeating: nil, count: declared.count)
        for (index, gradient) in zip(weights, found) { result[index] = gradient }
        return result
    }

    /// A leaf's message, a flat buffer: gradients in the order of declaration, the statistics that `pass` found, and the
    /// measures.
    ///
    /// Where the pass had no use for a weight or a statistic, that stays as it is.
    public func message(
        _ gradients: [Tensor?], measures values: [Float], from pass: ForwardPass
    ) -> Storage {
        precondition(
            values.count == measures.count,
            "\(name) has \(measures.count) measures, not \(values.count)")
        let buffer = Lane.current.pool.storage(count: count)
        let statistics = pass.statistics
        for index in declared.indices {
            switch declared[index].entry.role {
            case .weight: buffer.fill(declared[index].range, with: gradients[index]?.value)
            case .statistic:
                let found = statistics[index] ?? pass[Parameter(index: index)].value
                buffer.fill(declared[index].range, with: found)
            case .measure: continue
            }
        }
        let tail = range(of: .measure)
        buffer.pointer.advanced(by: tail.lowerBound).update(from: values, count: values.count)
        return buffer
    }
}

/// The parameters of a network as arrays over a flat buffer, with the packed copies that kernels make of them.
public struct NetworkWeights: Sendable {
    let arrays: [NDArray]

    public subscript(parameter: Parameter) -> NDArray { arrays[parameter.index] }

    /// Called once by each of `leaves` computations when it is through with one direction: what kernels made of the
    /// weights for that is let go after the last.
    public func finishDirection(of leaves: Int) {
        for array in arrays { array.finishUse(of: leaves) }
    }
}

extension Storage {
    /// Copies an array into a range, in row order; nothing becomes zeros.
    fileprivate func fill(_ range: Range<Int>, with array: NDArray?) {
        let target = pointer + range.lowerBound
        guard let array else { return target.update(repeating: 0, count: range.count) }
        precondition(array.count == range.count)
        array.copyPlain(to: target)
    }
}
