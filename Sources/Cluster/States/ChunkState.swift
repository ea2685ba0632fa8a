internal import Adversarial
internal import Tensors
internal import Wire

/// One chunk of a network on its server: the unit of state.
///
/// It advances alone.
struct ChunkState {
    let network: Int
    let chunk: Int
    private let shape: ClusterShape
    private let rule: UpdateRule
    private var numbers: ChunkNumbers
    /// The checksum of the weights, which many workers ask for.
    private var checksum: UInt32
    /// The own step it needs next; the weights are valid for the steps after the last one up to and including this.
    private(set) var next: Int
    private var last: Int
    /// The step that it was restored at.
    ///
    /// That state can be had elsewhere, so it is not pinned.
    private let restored: Int
    /// The weights before the last update: for those who still compute the step that it completed.
    private var previous: Version?
    private var tree: GradientTree
    /// The numbers at checkpoint boundaries, until two newer ones are pinned.
    private var pins: [Int: ChunkNumbers] = [:]
    /// Whether a pin holds the numbers as they are now: the next update then leaves them alone and changes a copy.
    private var isPinned = false

    /// Numbers, the steps that they are valid for, and their CRC-32C.
    typealias Version = (numbers: Storage, steps: ClosedRange<Int>, checksum: UInt32)

    init(
        network: Int, chunk: Int, shape: ClusterShape, rule: UpdateRule, numbers: ChunkNumbers,
        restoredAt step: Int
    ) {
        self.network = network
        self.chunk = chunk
        self.shape = shape
        self.rule = rule
        self.numbers = numbers
        checksum = crc32c(numbers.weights.bytes)
        next = shape.nextStep(of: network, from: step)
        last = step - 1
        restored = step
        tree = GradientTree(shape.tree)
    }

    /// The steps that the current weights are valid for.
    private var steps: ClosedRange<Int> { (last + 1)...next }

    var missing: [Int] { tree.missing }

    enum PushResult {
        case ignored, kept
        /// Others gave another answer for the same node.
        case contradicted([LeafRange])
        /// The tree was complete: the chunk is a step further, and knows of it if it carries the measures.
        case updated(Completion?)
    }

    /// What a step of the chunk that carries a network's measures came to.
    struct Completion {
        let measures: [Float]
        let digest: UInt32
        let leaves: [LeafRange]
    }

    mutating func push(_ push: Push, _ sum: Storage, pool: StoragePool) -> PushResult {
        let range = shape.range(of: chunk, in: network)
        let step = push.step
        guard step == next, step > last, shape.tree.contains(push.node), sum.count == range.count
        else { return .ignored }
        switch tree.insert(push.node, sum, by: push.member, pool: pool) {
        case .known: return .ignored
        case .contradicted(let others): return .contradicted(others)
        case .kept: break
        }
        guard let root = tree.root else { return .kept }
        let update = shape.schedule.updates(of: network, before: step) + 1
        for boundary in shape.lastBoundaries(of: steps).reversed() where boundary > restored {
            pin(ifValidAt: boundary)
        }
        if isPinned {
            numbers = numbers.copied(pool: pool)
            isPinned = false
        }
        let updated = rule.updated(
            numbers, range: range, sum: root.numbers, update: update, pool: pool)
        previous = (numbers.weights, steps, checksum)
        numbers.weights = updated
        checksum = crc32c(updated.bytes)
        last = step
        next = shape.nextStep(of: network, from: step + 1)
        tree = GradientTree(shape.tree)
        let measures = rule.scalarRange
        guard range.lowerBound <= measures.lowerBound, measures.upperBound <= range.upperBound
        else {
            return .updated(nil)
        }
        return .updated(
            Completion(
                measures: measures.map { updated.pointer[$0 - range.lowerBound] },
                digest: crc32c(root.numbers.bytes), leaves: root.leaves))
    }

    /// The numbers of a component as they are valid for `step`; nil where they are not, or not any more.
    func version(of component: Component, for step: Int) -> Version? {
        if component == .weights {
            if steps.contains(step) { return (numbers.weights, steps, checksum) }
            if let previous, previous.steps.contains(step) { return previous }
        }
        return pins[step]?[component].map { ($0, step...step, crc32c($0.bytes)) }
    }

    /// Keeps all numbers as they are now, if they are those of `step`: a checkpoint there asks for them.
    mutating func pin(ifValidAt step: Int) {
        if steps.contains(step), pins[step] == nil { pin(step) }
    }

    private mutating func pin(_ boundary: Int) {
        pins[boundary] = numbers
        isPinned = true
        while pins.count > 2, let oldest = pins.keys.min() { pins[oldest] = nil }
    }
}
