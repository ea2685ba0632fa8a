internal import Tensors

/// The operations of an exported network, one after another; all that images do not change is checked.
struct ExportedGraph: Sendable {
    /// `[channels, height, width]`.
    let input: Shape
    /// The shape of what it gives for an image.
    let output: Shape
    /// The most floats that values which are needed at the same time have, for one image.
    let peak: Int
    private let steps: [Step]
    /// The place of what it gives.
    private let result: Int

    /// One operation: it takes some values, and gives the next.
    struct Step: Sendable {
        /// The places of what it takes: 0 are the images, n is what step n - 1 gave.
        let inputs: [Int]
        /// The shape of what it gives for an image.
        let shape: Shape
        let compute: @Sendable ([Tensor]) -> Tensor
        /// The places that nobody reads after it.
        var lastReads: [Int] = []
    }

    /// What a name of the graph stands for.
    enum Value {
        /// Something that follows from images: where it is, and its shape for one of them.
        case computed(place: Int, shape: Shape)
        case constant(ExportedModel.Constant)
    }

    /// - Throws: ``EvaluationError`` for an operator that we do not have, or that cannot be as it is written.
    init(_ model: ExportedModel) throws {
        input = try ExportedNode.checked(Array(model.inputShape.dropFirst()), model.input)
        var values = model.constants.mapValues { Value.constant($0) }
        values[model.input] = .computed(place: 0, shape: input)
        var steps: [Step] = []
        for node in model.nodes {
            let meaning = try ExportedNode.meaning(
                of: node, given: values, images: model.inputShape[0])
            let value: Value
            switch meaning {
            case .value(let same): value = same
            case .step(let step):
                steps.append(step)
                value = .computed(place: steps.count, shape: step.shape)
            }
            guard let output = node.outputs.first, values.updateValue(value, forKey: output) == nil
            else {
                throw EvaluationError(
                    "\(node.kind) '\(node.name)': expected an output with a name of its own, found '\(node.outputs.first ?? "")'"
                )
            }
        }
        guard case .computed(let place, let shape)? = values[model.output] else {
            throw EvaluationError(
                "expected an output '\(model.output)' that follows from the images, found none")
        }
        (result, output) = (place, shape)
        var read: Set = [place]
        for index in steps.indices.reversed() {
            steps[index].lastReads = Set(steps[index].inputs).filter { read.insert($0).inserted }
        }
        self.steps = steps
        peak = Self.peak(of: steps, input: input)
    }

    /// The output for images in the shape that it was exported for, `[batch, features]`.
    func callAsFunction(_ images: Tensor) -> Tensor {
        var values = [0: images]
        for (index, step) in steps.enumerated() {
            values[index + 1] = step.compute(step.inputs.compactMap { values[$0] })
            for place in step.lastReads { values[place] = nil }
        }
        guard let output = values[result] else {
            preconditionFailure("a graph let go of its output")
        }
        return output.flattened()
    }

    private static func peak(of steps: [Step], input: Shape) -> Int {
        let counts = [input.elementCount] + steps.map(\.shape.elementCount)
        var (now, peak) = (counts[0], counts[0])
        for (index, step) in steps.enumerated() {
            now += counts[index + 1]
            peak = max(peak, now)
            now -= step.lastReads.reduce(0) { $0 + counts[$1] }
        }
        return peak
    }
}
