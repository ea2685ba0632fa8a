internal import Tensors

/// The operations of an exported network, one after another; everything that does not depend on the images has been
/// checked.
struct ExportedGraph: Sendable {
    /// The shape of an image, `[channels, height, width]`.
    let input: Shape
    /// The shape of the output for an image.
    let output: Shape
    /// The values on the way to the output, by their names in the file, in the file's order.
    let depths: [(name: String, place: Int)]
    /// The most floats that the values needed at the same time have, for one image.
    let peak: Int
    private let steps: [Step]
    /// The place of the output, and the steps that lead to it.
    private let result: (place: Int, schedule: [ScheduledStep])

    /// One operation, which takes some values and gives the next one.
    struct Step: Sendable {
        /// The places of its inputs: 0 are the images, and n is the result of step n - 1.
        let inputs: [Int]
        /// The shape of its result for an image.
        let shape: Shape
        let compute: @Sendable ([Tensor]) -> Tensor
    }

    /// The number of a step, and the places that no later step reads.
    private typealias ScheduledStep = (number: Int, lastReads: [Int])

    /// The meaning of a name in the graph.
    enum Value {
        /// A value that depends on the images: its place, and its shape for one image.
        case computed(place: Int, shape: Shape)
        case constant(ExportedModel.Constant)
    }

    /// - Throws: ``PretrainedNetworkError`` if an operator is not supported, or cannot be what the file says.
    init(_ model: ExportedModel) throws {
        input = try ExportedNode.checked(Array(model.inputShape.dropFirst()), model.input)
        var values = model.constants.mapValues { Value.constant($0) }
        values[model.input] = .computed(place: 0, shape: input)
        var steps: [Step] = []
        var depths: [(name: String, place: Int)] = []
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
                throw PretrainedNetworkError(
                    "\(node.kind) '\(node.name)': expected an output with a name of its own, found '\(node.outputs.first ?? "")'"
                )
            }
            if case .computed(let place, _) = value { depths.append((output, place)) }
        }
        guard case .computed(let place, let shape)? = values[model.output] else {
            throw PretrainedNetworkError(
                "expected an output '\(model.output)' that depends on the images, found none")
        }
        let schedule = Self.schedule(steps, for: [place])
        peak = Self.peak(of: steps, in: schedule, input: input)
        result = (place, schedule)
        output = shape
        self.steps = steps
        self.depths = depths
    }

    /// The output `[batch, features]` for images in the shape for which the network was exported.
    func callAsFunction(_ images: Tensor) -> Tensor {
        values(images, at: [result.place], result.schedule)[0].flattened()
    }

    /// The values at some places of ``depths``, in that order; nothing that they do not need is computed.
    func callAsFunction(_ images: Tensor, at places: [Int]) -> [Tensor] {
        values(images, at: places, Self.schedule(steps, for: places))
    }

    private func values(_ images: Tensor, at places: [Int], _ schedule: [ScheduledStep]) -> [Tensor]
    {
        var values = [0: images]
        for (number, lastReads) in schedule {
            let step = steps[number]
            values[number + 1] = step.compute(step.inputs.compactMap { values[$0] })
            for place in lastReads { values[place] = nil }
        }
        return places.map { place in
            guard let value = values[place] else {
                preconditionFailure("a graph released a value that it was asked for")
            }
            return value
        }
    }

    /// The steps that the values at some places need, in order.
    private static func schedule(_ steps: [Step], for places: [Int]) -> [ScheduledStep] {
        var read = Set(places)
        var found: [ScheduledStep] = []
        for number in steps.indices.reversed() where read.contains(number + 1) {
            found.append(
                (number, Set(steps[number].inputs).filter { read.insert($0).inserted }))
        }
        return found.reversed()
    }

    private static func peak(of steps: [Step], in schedule: [ScheduledStep], input: Shape) -> Int {
        let counts = [input.elementCount] + steps.map(\.shape.elementCount)
        var (now, peak) = (counts[0], counts[0])
        for (number, lastReads) in schedule {
            now += counts[number + 1]
            peak = max(peak, now)
            now -= lastReads.reduce(0) { $0 + counts[$1] }
        }
        return peak
    }
}
