internal import Tensors

/// What a classifier learns from in one arm of the comparison.
enum Arm: Hashable, Sendable {
    case real
    case realWithUsualChanges
    /// Synthetic pictures make up so many percent of each batch.
    case synthetic(percent: Int)
    /// Three quarters of each batch are of the pool, by the names that it was given.
    case poolNamed

    /// All of them, in the order of a report.
    static func all(hasPool: Bool) -> [Arm] {
        [.real, .realWithUsualChanges] + (hasPool ? [.poolNamed] : [])
            + [25, 50, 75, 100].map { .synthetic(percent: $0) }
    }

    var isSynthetic: Bool { if case .synthetic = self { true } else { false } }

    var name: String {
        switch self {
        case .real: "real, as they are"
        case .realWithUsualChanges: "real, with the usual changes"
        case .synthetic(percent: 100): "synthetic alone"
        case .synthetic(let percent): "real, and \(percent)% synthetic"
        case .poolNamed: "real, and 75% of the pool as it was named"
        }
    }
}

/// Trains a classifier on what an arm has, and counts how many pictures of a test it then names rightly.
struct Judging: Sendable {
    private static let batch = 64

    let real: PictureSet
    let synthetic: PictureSet
    /// Pictures of a pool that were named.
    let pool: PictureSet?
    let test: PictureSet
    let classes: Int
    let steps: Int
    /// The same for all arms, so that they begin with the same weights.
    let random: RandomSource

    func accuracy(of arm: Arm) -> Double {
        let others: (pictures: PictureSet, percent: Int)? =
            switch arm {
            case .real, .realWithUsualChanges: nil
            case .synthetic(let percent): (synthetic, percent)
            case .poolNamed: pool.map { ($0, 75) }
            }
        let share = Self.batch * (others?.percent ?? 0) / 100
        let parts = [(real, Self.batch - share), (others?.pictures ?? real, share)].filter {
            $0.1 > 0
        }
        let draws = parts.map { EvenDraws($0.0, classes: classes) }
        let model = ClassifierModel.judge(real.shape, classes: classes)
        let weights = model.trained(steps: steps, rows: Self.batch, random) { step in
            var (shown, labels): ([Tensor], [Int]) = ([], [])
            for (stream, (pictures, count)) in parts.enumerated() {
                let numbers = draws[stream].numbers(
                    count, step: step.number, stream: stream, random)
                shown.append(
                    arm == .real
                        ? pictures.tensor(numbers)
                        : UsualChanges.usual.tensor(
                            pictures, numbers, step: step.number, stream: stream, random))
                labels += numbers.map { pictures.labels[$0] }
            }
            return step.logits(.concatenated(shown, along: 0)).crossEntropy(labels)
        }
        return shareOfRight(model.named(test, weights).map(\.label), test.labels)
    }
}
