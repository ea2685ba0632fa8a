internal import Tensors

/// A node of an exported graph while it is read, with its inputs and its attributes, all of which must be read.
struct ExportedNode {
    /// The result of a node: a value that was known before, or a new step.
    enum Meaning {
        case value(ExportedGraph.Value)
        case step(ExportedGraph.Step)
    }

    typealias Computed = (place: Int, shape: Shape)

    /// The number of images for which the graph was exported; 0 means any number.
    let images: Int
    private let node: ExportedModel.Node
    private let inputs: [ExportedGraph.Value?]
    private var unreadInputs: Set<Int>
    private var unreadAttributes: Set<String>

    static func meaning(
        of node: ExportedModel.Node, given values: [String: ExportedGraph.Value], images: Int
    ) throws -> Meaning {
        var reader = ExportedNode(
            node, images: images, inputs: node.inputs.map { $0.isEmpty ? nil : values[$0] })
        for (name, value) in zip(node.inputs, reader.inputs) where value == nil && !name.isEmpty {
            throw reader.refusal(
                "an input '\(name)' that is a weight, or was computed before", found: "neither")
        }
        guard let operation = operators[node.kind] else {
            throw reader.refusal(
                "one of the operators \(operators.keys.sorted().joined(separator: ", "))",
                found: "'\(node.kind)'; export the network without it, or another layer of it")
        }
        let meaning = try operation(&reader)
        if let name = reader.unreadAttributes.min() {
            throw reader.refusal("no attribute '\(name)'", found: "one, which is not supported")
        }
        if let index = reader.unreadInputs.min() {
            throw reader.refusal("no input \(index + 1)", found: "'\(node.inputs[index])'")
        }
        return meaning
    }

    private init(_ node: ExportedModel.Node, images: Int, inputs: [ExportedGraph.Value?]) {
        self.node = node
        self.images = images
        self.inputs = inputs
        unreadInputs = Set(inputs.indices.filter { inputs[$0] != nil })
        unreadAttributes = Set(node.attributes.keys)
    }

    func refusal(_ expected: String, found: String) -> PretrainedNetworkError {
        PretrainedNetworkError("\(node.kind) '\(node.name)': expected \(expected), found \(found)")
    }

    // MARK: Results

    /// Checks that extents fit memory, for each of many images.
    static func checked(_ extents: [Int], _ name: String) throws -> Shape {
        // This is a floating-point number, since the extents may be too many to multiply.
        let count = extents.reduce(1.0) { $0 * Double($1) }
        guard extents.count <= 7, extents.allSatisfy({ $0 > 0 }), count <= 0x1p28 else {
            throw PretrainedNetworkError(
                "'\(name)': expected up to 7 extents of at most 2^28 numbers for an image, found \(extents)"
            )
        }
        return Shape(extents)
    }

    func step(
        _ inputs: [Computed], _ extents: [Int], _ compute: @escaping @Sendable ([Tensor]) -> Tensor
    ) throws -> Meaning {
        let shape = try Self.checked(extents, node.outputs.first ?? "")
        return .step(.init(inputs: inputs.map(\.place), shape: shape, compute: compute))
    }

    /// A step with a single input.
    func step(
        _ input: Computed, _ extents: some Collection<Int>,
        _ compute: @escaping @Sendable (Tensor) -> Tensor
    ) throws -> Meaning {
        try step([input], Array(extents)) { compute($0[0]) }
    }

    // MARK: Inputs

    /// The number of inputs, including those that are left out.
    var inputCount: Int { inputs.count }

    /// The value of an input; nil if it is left out.
    mutating func input(_ index: Int) -> ExportedGraph.Value? {
        unreadInputs.remove(index)
        return index < inputs.count ? inputs[index] : nil
    }

    /// An input that depends on the images, with a number of dimensions within `ranks`, not counting the first, which
    /// is the images.
    mutating func computed(_ index: Int = 0, ranks: ClosedRange<Int> = 1...7) throws -> Computed {
        guard case .computed(let place, let shape)? = input(index) else {
            throw refusal(
                "input \(index + 1) to depend on the images",
                found: "a constant or none; simplify the network, so that constants are folded")
        }
        guard ranks.contains(shape.rank) else {
            let wanted = Set([ranks.lowerBound, ranks.upperBound]).sorted().map { "\($0 + 1)" }
            throw refusal(
                "input \(index + 1) of \(wanted.joined(separator: " to ")) dimensions",
                found: "\(shape) for each image")
        }
        return (place, shape)
    }

    /// An input of floats that are stored in the file; nil if it is left out.
    mutating func optionalFloats(_ index: Int) throws -> NDArray? {
        switch input(index) {
        case nil: return nil
        case .constant(.floats(let floats))?: return floats
        default:
            throw refusal("floats stored in the file as input \(index + 1)", found: "other")
        }
    }

    mutating func floats(_ index: Int, rank: Int) throws -> NDArray {
        guard let found = try optionalFloats(index), found.shape.rank == rank else {
            throw refusal("weights of \(rank) dimensions as input \(index + 1)", found: "other")
        }
        return found
    }

    /// The floats of an input, which must have a certain shape.
    mutating func floats(_ index: Int, _ shape: Shape) throws -> NDArray {
        let found = try floats(index, rank: shape.rank)
        guard found.shape == shape else {
            throw refusal("\(shape) as input \(index + 1)", found: "\(found.shape)")
        }
        return found
    }

    /// One number, which is an attribute in old files and an input in newer ones; nil if it is left out.
    mutating func number(_ name: String, orInput index: Int) throws -> Float? {
        guard let found = try optionalFloats(index) else { return try number(name) }
        guard found.count == 1 else {
            throw refusal("one number as \(name)", found: "\(found.shape)")
        }
        return found.scalars[0]
    }

    /// Whole numbers, which are an attribute in old files and an input in newer ones; nil if they are left out.
    mutating func integers(_ name: String, orInput index: Int) throws -> [Int]? {
        switch input(index) {
        case nil: return try integers(name)
        case .constant(.integers(let integers))?: return integers
        default: throw refusal("\(name) stored in the file", found: "computed ones")
        }
    }

    // MARK: Attributes; nil: left out

    mutating func attribute(_ name: String) -> ExportedModel.Attribute? {
        unreadAttributes.remove(name)
        return node.attributes[name]
    }

    mutating func integer(_ name: String) throws -> Int? {
        switch attribute(name) {
        case nil: return nil
        case .integer(let integer)?: return integer
        default: throw refusal("a whole number as \(name)", found: "something else")
        }
    }

    mutating func number(_ name: String) throws -> Float? {
        switch attribute(name) {
        case nil: return nil
        case .number(let number)?: return number
        default: throw refusal("a number as \(name)", found: "something else")
        }
    }

    mutating func word(_ name: String) throws -> String? {
        switch attribute(name) {
        case nil: return nil
        case .word(let word)?: return word
        default: throw refusal("a word as \(name)", found: "something else")
        }
    }

    mutating func integers(_ name: String) throws -> [Int]? {
        switch attribute(name) {
        case nil: return nil
        case .integers(let integers)?: return integers
        default: throw refusal("whole numbers as \(name)", found: "something else")
        }
    }

    /// Requires an attribute to have the one value that we support.
    mutating func expect(_ name: String, _ only: Int) throws {
        let found = try integer(name) ?? only
        guard found == only else { throw refusal("\(name) \(only)", found: "\(found)") }
    }

    /// Two numbers, for height and width; 1 if they are left out.
    mutating func pair(_ name: String) throws -> [Int] {
        let found = try integers(name) ?? [1, 1]
        guard found.count == 2, found.allSatisfy({ (1...4096).contains($0) }) else {
            throw refusal("two numbers of 1 to 4096 as \(name)", found: "\(found)")
        }
        return found
    }

    /// Dimensions of an array of rank `rank`, counted from the end if negative; the first one, the images, must stay as
    /// it is.
    func dimensions(_ found: [Int], rank: Int) throws -> [Int] {
        let places = found.map { $0 < 0 && $0 >= -rank ? $0 + rank : $0 }
        guard places.allSatisfy({ (1..<rank).contains($0) }), Set(places).count == places.count,
            rank > 1
        else {
            throw refusal("dimensions of 1 to \(rank - 1), as 0 are the images", found: "\(found)")
        }
        return places
    }

    func dimension(_ found: Int?, rank: Int) throws -> Int {
        guard let found else { throw refusal("an axis", found: "none") }
        return try dimensions([found], rank: rank)[0]
    }
}
