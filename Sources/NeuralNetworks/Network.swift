public import Tensors

/// A function of tensors with weights of its own; it is a value without state.
public protocol Layer: Sendable {
    /// Applies the layer, with the weights of `pass`.
    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor
    /// Whether the layer is made only of affine maps and leaky units, so that its slopes are constant between kinks.
    var isPiecewiseLinear: Bool { get }
}

extension Layer {
    public var isPiecewiseLinear: Bool { false }
}

/// The flat buffer that holds the parameters of one or more modules, and is what one side of a game learns.
public struct Network: Sendable {
    /// An entry, and the range that it takes in the flat buffer.
    public typealias Placed = (entry: ParameterTree.Entry, range: Range<Int>)

    public let name: String
    /// The names of the scalars that each update reports, such as "loss", in the order of their declaration.
    public let scalars: [String]
    /// All entries in the order of declaration, which is that of ``Parameter`` handles.
    private let declared: [Placed]

    /// A network of one module, together with that module.
    public static func single(_ name: String, _ build: (inout ParameterTree) -> any Layer) -> (
        network: Network, module: any Layer
    ) {
        var tree = ParameterTree()
        let module = build(&tree)
        return (Network(name, tree), module)
    }

    /// A network of all modules that have declared their parameters in a tree.
    public init(_ name: String, _ tree: ParameterTree) {
        self.name = name
        scalars = tree.entries.filter { $0.role == .scalar }.map(\.name)
        var declared = tree.entries.map { Placed($0, 0..<0) }
        var offset = 0
        for role in [ParameterTree.Role.weight, .statistic, .scalar] {
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

    /// The part of the flat buffer that the entries of one role take.
    public func range(of role: ParameterTree.Role) -> Range<Int> {
        let ranges = declared.filter { $0.entry.role == role }.map(\.range)
        let start = ranges.map(\.lowerBound).min() ?? count
        return start..<(ranges.map(\.upperBound).max() ?? start)
    }

    /// The flat buffer before the first step, which is a function of the seed and the network's number.
    public func initialWeights(_ random: RandomSource, number: Int) -> Storage {
        let storage = Storage.zeros(count: count)
        let drawn = declared.filter { $0.entry.role != .scalar }
        for (position, (entry, range)) in drawn.enumerated() {
            let place = RandomSource.Place(.initialWeights, network: number, position: position)
            let values = entry.initially.values(range.count, random, at: place)
            storage.pointer.advanced(by: range.lowerBound).update(from: values, count: range.count)
        }
        return storage
    }

    /// Views into a flat buffer, which any lane may use for as long as these weights are current.
    ///
    /// Kernels keep copies of arrays of up to `largestPackedCopy` floats. Larger copies are made anew for each use.
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

    /// The parameter with a name; nil if there is none.
    public func parameter(named name: String) -> Parameter? {
        declared.firstIndex { $0.entry.name == name }.map(Parameter.init)
    }

    /// The gradients of some outputs of `pass` for each parameter, given the gradients of those outputs.
    ///
    /// They are in the order of declaration. An entry is nil if it is not a weight, or has no part in the outputs.
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

    /// A leaf's message, a flat buffer: gradients in the order of declaration, the statistics that `passes` found, and
    /// the scalars.
    ///
    /// Weights without a gradient get zeros, and statistics that no pass has observed stay as they are in `weights`.
    /// Scalars without a value are 0.
    public func message(
        _ gradients: [Tensor?], scalars values: [Scalar: Float] = [:], from passes: [ForwardPass],
        _ weights: NetworkWeights
    ) -> Storage {
        let buffer = Lane.current.pool.storage(count: count)
        let statistics = ForwardPass.statistics(of: passes)
        for index in declared.indices {
            switch declared[index].entry.role {
            case .weight: buffer.fill(declared[index].range, with: gradients[index]?.value)
            case .statistic:
                let found = statistics[index] ?? weights[Parameter(index: index)]
                buffer.fill(declared[index].range, with: found)
            case .scalar: continue
            }
        }
        let tail = buffer.pointer + range(of: .scalar).lowerBound
        for number in scalars.indices { tail[number] = values[Scalar(number: number)] ?? 0 }
        return buffer
    }
}

/// The parameters of a network as arrays over a flat buffer, with the packed copies that kernels make of them.
public struct NetworkWeights: Sendable {
    let arrays: [NDArray]

    public subscript(parameter: Parameter) -> NDArray { arrays[parameter.index] }

    /// Notes that one of `leaves` computations has finished one direction.
    ///
    /// After the last one, the copies that kernels made of the weights for it are released.
    public func finishDirection(of leaves: Int) {
        for array in arrays { array.finishUse(of: leaves) }
    }
}

extension Storage {
    /// Copies an array into a range in row order; nil becomes zeros.
    fileprivate func fill(_ range: Range<Int>, with array: NDArray?) {
        let target = pointer + range.lowerBound
        guard let array else { return target.update(repeating: 0, count: range.count) }
        precondition(array.count == range.count)
        array.copyPlain(to: target)
    }
}
