internal import Tensors

// The operators of ONNX in terms of ours. Shapes are those of one image; in tensors, the images come before them.
extension ExportedNode {
    static let operators: [String: @Sendable (inout ExportedNode) throws -> Meaning] = [
        "Add": { try $0.combination(+) }, "Sub": { try $0.combination(-) },
        "Mul": { try $0.combination(*) }, "Div": { try $0.combination(/) },
        "Relu": { try $0.each { $0.relu() } }, "Sigmoid": { try $0.each { $0.sigmoid() } },
        "Tanh": { try $0.each { $0.tanh() } }, "LeakyRelu": { try $0.leakyRelu() },
        "Clip": { try $0.clip() }, "Softmax": { try $0.softmax() },
        "BatchNormalization": { try $0.batchNormalization() },
        "Conv": { try $0.convolution() }, "MaxPool": { try $0.maximumPooling() },
        "AveragePool": { try $0.averagePooling() },
        "GlobalAveragePool": { try $0.globalAverage() }, "ReduceMean": { try $0.mean() },
        "Gemm": { try $0.linear() }, "MatMul": { try $0.matrixProduct() },
        "Flatten": { try $0.flattening() }, "Reshape": { try $0.reshaping() },
        "Squeeze": { try $0.squeezing() }, "Unsqueeze": { try $0.unsqueezing() },
        "Transpose": { try $0.transposition() }, "Concat": { try $0.concatenation() },
        "Pad": { try $0.padding() }, "Identity": { try $0.identity() },
        "Dropout": { try $0.dropout() }, "Constant": { try $0.constant() },
    ]
}

// MARK: Element by element

extension ExportedNode {
    mutating func each(_ compute: @escaping @Sendable (Tensor) -> Tensor) throws -> Meaning {
        let x = try computed()
        return try step(x, x.shape, compute)
    }

    mutating func leakyRelu() throws -> Meaning {
        let slope = try number("alpha") ?? 0.01
        guard slope >= 0 else { throw refusal("alpha of at least 0", found: "\(slope)") }
        return try each { $0.leakyRelu(slope: slope) }
    }

    mutating func clip() throws -> Meaning {
        let lowest = try number("min", orInput: 1) ?? -.infinity
        let highest = try number("max", orInput: 2) ?? .infinity
        guard lowest <= highest else {
            throw refusal("min below max", found: "\(lowest) and \(highest)")
        }
        return try each { $0.clipped(to: lowest...highest) }
    }

    mutating func softmax() throws -> Meaning {
        let x = try computed()
        // If an old file names no dimension, the choice is clear only when there is one besides the images.
        let axis = try integer("axis") ?? (x.shape.rank == 1 ? 1 : nil)
        guard try dimension(axis, rank: x.shape.rank + 1) == x.shape.rank else {
            throw refusal("axis \(x.shape.rank), the last one", found: "\(axis ?? 0)")
        }
        return try step(x, x.shape) { $0.softmax() }
    }

    mutating func combination(
        _ combine: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) throws -> Meaning {
        switch (input(0), input(1)) {
        case (.computed(let a, let left)?, .computed(let b, let right)?):
            guard left.rank == right.rank, let shape = left.broadcast(with: right) else {
                throw refusal("shapes that fit", found: "\(left) and \(right) for each image")
            }
            return try step([(a, left), (b, right)], Array(shape)) { combine($0[0], $0[1]) }
        case (.computed(let place, let shape)?, .constant(.floats(let floats))?):
            return try step((place, shape), broadcast(shape, with: floats.shape)) {
                combine($0, Tensor(floats))
            }
        case (.constant(.floats(let floats))?, .computed(let place, let shape)?):
            return try step((place, shape), broadcast(shape, with: floats.shape)) {
                combine(Tensor(floats), $0)
            }
        default:
            throw refusal(
                "two inputs of floats, at least one of which depends on images", found: "others")
        }
    }

    private func broadcast(_ shape: Shape, with constant: Shape) throws -> Shape {
        let isForAll = constant.rank == shape.rank + 1 && constant[0] == 1
        let other = isForAll ? constant.dropFirst() : constant
        guard other.rank <= shape.rank, let result = shape.broadcast(with: other) else {
            throw refusal("shapes that fit", found: "\(shape) for each image, and \(constant)")
        }
        return result
    }

    mutating func batchNormalization() throws -> Meaning {
        let x = try computed()
        let channels = Shape([x.shape[0]])
        try expect("training_mode", 0)
        try expect("spatial", 1)
        _ = attribute("momentum")
        let epsilon = try number("epsilon") ?? 1e-5
        let (scale, shift) = (try floats(1, channels), try floats(2, channels))
        let (mean, variance) = (try floats(3, channels), try floats(4, channels))
        return try step(x, x.shape) {
            $0.normalized(
                by: BatchStatistics(mean: mean, variance: variance), scale: Tensor(scale),
                shift: Tensor(shift), epsilon: epsilon)
        }
    }
}

// MARK: Matrix products

extension ExportedNode {
    mutating func linear() throws -> Meaning {
        let x = try computed(ranks: 1...1)
        try expect("transA", 0)
        let isTransposed = try integer("transB") ?? 0 != 0
        let (alpha, beta) = (try number("alpha") ?? 1, try number("beta") ?? 1)
        let weights = try floats(1, rank: 2)
        guard weights.shape[isTransposed ? 1 : 0] == x.shape[0] else {
            throw refusal("weights for \(x.shape)", found: "\(weights.shape)")
        }
        let outputs = Shape([weights.shape[isTransposed ? 0 : 1]])
        let bias = try optionalFloats(2)
        guard try bias.map({ try broadcast(outputs, with: $0.shape) }) ?? outputs == outputs else {
            throw refusal("a bias for \(outputs)", found: "\(bias?.shape ?? [])")
        }
        return try step(x, outputs) {
            let product = $0.matrixProduct(with: Tensor(weights), transposingOther: isTransposed)
            let scaled = alpha == 1 ? product : product * alpha
            return bias.map { scaled + Tensor($0) * beta } ?? scaled
        }
    }

    mutating func matrixProduct() throws -> Meaning {
        let x = try computed()
        let weights = try floats(1, rank: 2)
        guard let inner = x.shape.last, weights.shape[0] == inner else {
            throw refusal("weights for the last dimension of \(x.shape)", found: "\(weights.shape)")
        }
        let extents = x.shape.dropLast() + [weights.shape[1]]
        return try step(x, extents) {
            let rows = $0.reshaped(to: [$0.shape.elementCount / inner, inner])
            return rows.matrixProduct(with: Tensor(weights))
                .reshaped(to: Shape([$0.shape[0]] + extents))
        }
    }
}

// MARK: Other shapes

extension ExportedNode {
    private func reshaped(_ x: Computed, to extents: [Int]) throws -> Meaning {
        try step(x, extents) { $0.reshaped(to: Shape([$0.shape[0]] + extents)) }
    }

    mutating func flattening() throws -> Meaning {
        let x = try computed()
        let axis = try integer("axis") ?? 1
        guard axis == 1 || axis == -x.shape.rank else {
            throw refusal("axis 1, since images are computed independently", found: "\(axis)")
        }
        return try reshaped(x, to: [x.shape.elementCount])
    }

    mutating func reshaping() throws -> Meaning {
        let x = try computed()
        try expect("allowzero", 0)
        guard let target = try integers("shape", orInput: 1), let first = target.first,
            [0, -1, images].contains(first), target.count <= 8
        else {
            throw refusal(
                "a shape of up to 8 extents, the first for any number of images",
                found: "another; export it with a fixed image size and any number of images")
        }
        let count = x.shape.elementCount
        var extents = target.dropFirst().enumerated().map { d, extent in
            extent == 0 && d < x.shape.rank ? x.shape[d] : extent
        }
        if first != -1, let open = extents.firstIndex(of: -1) {
            extents[open] = 1
            let others = extents.reduce(1.0) { $0 * Double($1) }
            if others >= 1, others <= Double(count) { extents[open] = count / Int(others) }
        }
        guard extents.allSatisfy({ $0 > 0 }),
            extents.reduce(1.0, { $0 * Double($1) }) == Double(count)
        else { throw refusal("a shape for \(x.shape)", found: "\(target.dropFirst())") }
        return try reshaped(x, to: extents)
    }

    mutating func squeezing() throws -> Meaning {
        let x = try computed()
        guard let axes = try integers("axes", orInput: 1) else {
            throw refusal("axes", found: "none, which might mean that of the images")
        }
        let gone = try dimensions(axes, rank: x.shape.rank + 1)
        guard gone.allSatisfy({ x.shape[$0 - 1] == 1 }) else {
            throw refusal("extents of 1 at \(axes)", found: "\(x.shape) for each image")
        }
        return try reshaped(
            x, to: x.shape.indices.filter { !gone.contains($0 + 1) }.map { x.shape[$0] })
    }

    mutating func unsqueezing() throws -> Meaning {
        let x = try computed()
        let axes = try integers("axes", orInput: 1) ?? []
        guard x.shape.rank + axes.count <= 7 else {
            throw refusal(
                "up to 8 dimensions", found: "\(axes.count) more than \(x.shape.rank + 1)")
        }
        var extents = Array(x.shape)
        for place in try dimensions(axes, rank: x.shape.rank + axes.count + 1).sorted() {
            extents.insert(1, at: place - 1)
        }
        return try reshaped(x, to: extents)
    }

    mutating func transposition() throws -> Meaning {
        let x = try computed()
        let order = try integers("perm") ?? []
        guard order.first == 0, order.sorted() == Array(0...x.shape.rank) else {
            throw refusal("an order of \(x.shape.rank + 1) dimensions, 0 first", found: "\(order)")
        }
        return try step(x, order.dropFirst().map { x.shape[$0 - 1] }) { $0.permuted(order) }
    }

    mutating func concatenation() throws -> Meaning {
        guard inputCount > 0 else { throw refusal("inputs", found: "none") }
        let parts = try (0..<inputCount).map { try computed($0) }
        let first = parts[0].shape
        let axis = try dimension(try integer("axis"), rank: first.rank + 1)
        var extents = Array(first)
        extents[axis - 1] = 0
        for part in parts {
            var others = Array(part.shape)
            if others.count == extents.count { others[axis - 1] = first[axis - 1] }
            guard others == Array(first) else {
                throw refusal(
                    "parts that differ in axis \(axis) alone", found: "\(first), \(part.shape)")
            }
            extents[axis - 1] += part.shape[axis - 1]
        }
        return try step(parts, extents) { .concatenated($0, along: axis) }
    }

    mutating func padding() throws -> Meaning {
        let x = try computed()
        let mode = try word("mode") ?? "constant"
        let value = try number("value", orInput: 2) ?? 0
        let pads = try integers("pads", orInput: 1) ?? []
        let rank = x.shape.rank + 1
        guard mode == "constant", value == 0, pads.count == 2 * rank, pads[0] == 0, pads[rank] == 0,
            pads.allSatisfy({ (0...4096).contains($0) })
        else {
            throw refusal(
                "zeros around images, \(2 * rank) numbers of 0 to 4096, none before or after images",
                found: "\(mode) \(value) \(pads)")
        }
        let extents = (1..<rank).map { x.shape[$0 - 1] + pads[$0] + pads[rank + $0] }
        return try step(x, extents) {
            (1..<rank).reduce($0) { $0.padded($1, before: pads[$1], after: pads[rank + $1]) }
        }
    }
}

// MARK: Nothing to compute

extension ExportedNode {
    mutating func identity() throws -> Meaning {
        guard let value = input(0) else { throw refusal("an input", found: "none") }
        return .value(value)
    }

    /// Dropout does nothing in a network that no longer learns.
    mutating func dropout() throws -> Meaning {
        _ = (attribute("ratio"), attribute("seed"), input(1))
        return try identity()
    }

    mutating func constant() throws -> Meaning {
        if case .constant(let constant)? = attribute("value") { return .value(.constant(constant)) }
        if let number = try number("value_float") {
            return .value(.constant(.floats(NDArray([number], shape: []))))
        }
        if let integer = try integer("value_int") { return .value(.constant(.integers([integer]))) }
        if let integers = try integers("value_ints") {
            return .value(.constant(.integers(integers)))
        }
        throw refusal("a value of floats or whole numbers", found: "none")
    }
}
