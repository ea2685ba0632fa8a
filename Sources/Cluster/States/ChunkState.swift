internal import Adversarial
internal import Tensors
internal import Wire

/// One chunk of a network on its server: the unit of state. It advances alone.
struct ChunkState {
    let network: Int
    let chunk: Int
    private let shape: ClusterShape
    private let rule: UpdateRule
    private var numbers: ChunkNumbers
    /// The own step it needs next; the weights are valid for the steps after the last one up to and including this.
    private(set) var next: Int
    private var last: Int
    /// The weights before the last update: for those who still compute the step that it completed.
    private var previous: (weights: Storage, steps: ClosedRange<Int>)?
    private var tree: GradientTree
    /// The numbers at checkpoint boundaries, until two newer ones are pinned.
    private var pins: [Int: ChunkNumbers] = [:]

    init(network: Int, chunk: Int, shape: ClusterShape, rule: UpdateRule, numbers: ChunkNumbers, restoredAt step: Int) {
        self.network = network
        self.chunk = chunk
        self.shape = shape
        self.rule = rule
        self.numbers = numbers
        next = shape.schedule.nextStep(of: network, from: step)
        last = step - 1
        tree = GradientTree(shape.tree)
    }

    /// The steps that the current weights are valid for.
    private var steps: ClosedRange<Int> { (last + 1)...next }

    var missing: [Int] { tree.missing }

    enum PushResult {
        case ignored, kept, contradicted
        /// The tree was complete: the chunk is a step further.
        case updated(measures: [Float]?)
    }

    mutating func push(_ node: TreeNode, _ sum: Storage, step: Int, pool: StoragePool) -> PushResult {
        let range = shape.range(of: chunk, in: network)
        guard step == next, step > last, shape.tree.contains(node), sum.count == range.count else { return .ignored }
        switch tree.insert(node, sum, pool: pool) {
        case .known: return .ignored
        case .contradicted: return .contradicted
        case .kept: break
        }
        guard let root = tree.root else { return .kept }
        let update = shape.schedule.updates(of: network, before: step) + 1
        let updated = rule.updated(numbers, range: range, sum: root, update: update, pool: pool)
        previous = (numbers.weights, steps)
        numbers.weights = updated
        last = step
        next = shape.schedule.nextStep(of: network, from: step + 1)
        tree = GradientTree(shape.tree)
        for boundary in steps where shape.isBoundary(boundary) { pin(boundary, pool: pool) }
        let measures = rule.measureRange
        guard range.lowerBound <= measures.lowerBound, measures.upperBound <= range.upperBound else {
            return .updated(measures: nil)
        }
        return .updated(
            measures: measures.map { updated.pointer[$0 - range.lowerBound] })
    }

    /// The numbers of a component as they are valid for `step`; nil where they are not, or not any more.
    func numbers(_ component: Component, for step: Int) -> (storage: Storage, steps: ClosedRange<Int>)? {
        if let pinned = pins[step]?[component] { return (pinned, step...step) }
        guard component == .weights else { return nil }
        if steps.contains(step) { return (numbers.weights, steps) }
        if let previous, previous.steps.contains(step) { return (previous.weights, previous.steps) }
        return nil
    }

    private mutating func pin(_ boundary: Int, pool: StoragePool) {
        pins[boundary] = numbers.copied(pool: pool)
        while pins.count > 2, let oldest = pins.keys.min() { pins[oldest] = nil }
    }
}
