internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Tensors

/// Steps to measure by, on noise: what 'swiftgan benchmark' and 'scripts/compare-with-pytorch' run.
///
/// They are recipes like any other, so they train and launch too.
extension Recipe {
    public static let workloads: [Recipe] = [
        workload("dcgan64", "DCGAN at 64 px, colour, cross-entropy", side: 64),
        workload(
            "dcgan64-gp", "the same without the critic's normalization, Wasserstein with penalty",
            side: 64
        ) { $0.objective = .wassersteinPenalty },
        workload(
            "resnet32-r12", "a residual pair at 32 px, relativistic with R1 and R2", side: 32
        ) {
            $0.architecture = .r3gan
            $0.latents = 64
            $0.width = 96
            penalizeBoth(&$0)
        },
        workload("mnist28", "DCGAN at 28 px, grey, cross-entropy", channels: 1, side: 28),
        workload("ring", "perceptrons of 3 x 512, relativistic with R1 and R2", side: nil) {
            $0.architecture = .perceptron
            $0.latents = 32
            $0.width = 512
            $0.batch = 256
            penalizeBoth(&$0)
        },
    ]

    /// The workload of a name.
    ///
    /// - Throws: ``RecipeError`` with the nearest name.
    public static func workload(named name: String) throws -> Recipe {
        guard let workload = workloads.first(where: { $0.workloadName == name }) else {
            throw RecipeError(
                "no workload is called '\(name)'\(suggestion(for: name, among: workloads.map(\.workloadName)))"
            )
        }
        return workload
    }

    /// What a benchmark calls it; as a recipe its name says that it is one.
    public var workloadName: String { String(name.dropLast(workloadSuffix.count)) }

    private static func workload(
        _ name: String, _ summary: String, channels: Int = 3, side: Int?,
        _ change: (inout Settings) -> Void = { _ in }
    ) -> Recipe {
        var settings = Settings()
        settings.checkpointEvery = 1_000_000
        change(&settings)
        settings.microbatch = settings.batch / 2
        settings.side = side ?? settings.side
        let field = side.map { Field.image([channels, $0, $0]) } ?? .point
        return Recipe(
            name: name + workloadSuffix, summary: summary, data: "noise, made by counting; no file",
            measures: .usual,
            defaults: settings, sides: side.map { [$0] } ?? [], knownClasses: 0,
            makeField: { _ in field },
            openData: { request in
                guard request.path == nil else {
                    throw DataError("\(name): expected no --data, found '\(request.path ?? "")'")
                }
                return Noise(count: 4096, field, random: request.random)
            },
            depiction: field.kind == .image ? .image() : .point(reach: 1.5))
    }

    private static func penalizeBoth(_ settings: inout Settings) {
        settings.objective = .relativistic
        settings.realPenalty = 1
        settings.fakePenalty = 1
    }
}

private let workloadSuffix = "-workload"
