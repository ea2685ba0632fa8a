internal import Datasets
internal import Tensors

/// Names the pictures of a pool by what a classifier learns from few labelled ones and from the pool itself.
///
/// What it is sure of in a picture that is hardly changed, it is to see in the same picture when that is changed much (FixMatch; Sohn
/// et al., 2020).
struct Naming {
    /// How likely a class must be to count.
    private static let certainty: Float = 0.95
    /// Labelled pictures, and those of the pool, in each step.
    private static let rows = (labelled: 64, pool: 128)

    let labelled: PictureSet
    /// Its labels say nothing.
    let pool: PictureSet
    let classes: Int
    let steps: Int
    let random: RandomSource

    /// The pictures of the pool whose class is certain, with these classes; and the share of others that are named rightly.
    ///
    /// - Parameter test: Pictures to measure by; nil: nothing is measured.
    func named(test: PictureSet?) throws -> (pool: PictureSet, accuracy: Double?) {
        let model = ClassifierModel.namer(labelled.shape, classes: classes)
        let (draws, order) = (
            EvenDraws(labelled, classes: classes), Sampler(count: pool.count, random: random)
        )
        let (few, many) = Self.rows
        let weights = model.trained(steps: steps, rows: few + many, random) { step in
            let known = draws.numbers(few, step: step.number, stream: 0, random)
            let unknown = (0..<many).map { order.example(at: step.number * many + $0) }
            func changed(_ changes: UsualChanges, stream: Int) -> Tensor {
                changes.tensor(pool, unknown, step: step.number, stream: stream, random)
            }
            let names = step.probabilities(changed(.weak, stream: 1)).likeliest
            let shown = UsualChanges.weak.tensor(
                labelled, known, step: step.number, stream: 0, random)
            let logits = step.logits(
                .concatenated([shown, changed(.strong, stream: 2)], along: 0))
            let loss = logits.sliced(0, 0..<few).crossEntropy(known.map { labelled.labels[$0] })
            let certain = names.indices.filter { names[$0].share > Self.certainty }
            guard !certain.isEmpty else { return loss }
            let own = logits.gathered(certain.map { few + $0 })
                .crossEntropy(certain.map { names[$0].label })
            return loss + own * (Float(certain.count) / Float(many))
        }
        let names = model.named(pool, weights)
        let certain = names.indices.filter { names[$0].share > Self.certainty }
        return (
            pool.selected(certain, labels: certain.map { names[$0].label }),
            test.map { shareOfRight(model.named($0, weights).map(\.label), $0.labels) }
        )
    }
}

/// The share of labels that are the true ones.
func shareOfRight(_ labels: [Int], _ truth: [Int]) -> Double {
    Double(zip(labels, truth).count { $0 == $1 }) / Double(max(1, truth.count))
}
