package import Cluster
internal import Datasets
internal import Platform
package import Recipes
internal import Tensors

/// Makes more labelled pictures of a person's classes, and finds out whether they help.
package struct Augmenter {
    /// What a person asks for.
    package struct Request: Sendable {
        package var labelled: String
        package var base: String?
        package var unlabelled: String?
        package var test: String?
        package var output: String
        /// How many pictures are made of each class.
        package var perClass: Int
        /// How often classifiers are compared; 0: not at all.
        package var draws: Int
        package var side: Int
        /// Iterations in which a GAN learns; nil: as many as are usual.
        package var iterations: Int?
        /// Steps in which a classifier learns.
        package var steps: Int
        package var seed: Int
        package var lanes: Int

        package init(labelled: String, output: String) {
            (self.labelled, self.output) = (labelled, output)
            (perClass, draws, side, steps, seed, lanes) = (1_000, 5, 32, 800, 1, 1)
        }
    }

    private let request: Request
    private let materials: Materials
    private let folder: OutputFolder
    private let training: Training
    private let say: @Sendable (String) -> Void
    private var random: RandomSource { RandomSource(seed: UInt64(request.seed)) }
    private var classNames: [String] { materials.classNames }

    /// Reads the pictures, and checks all that can be checked before anything is trained.
    ///
    /// - Parameters:
    ///   - ending: The wish that training end early.
    ///   - recipes: Those that the base's run may be of.
    ///   - observing: Gives what hears what happens in a run.
    package init(
        _ request: Request, among recipes: [Recipe], ending: Ending,
        observing: @escaping @Sendable (Run) -> @Sendable (RunEvent) -> Void,
        say: @escaping @Sendable (String) -> Void
    ) throws {
        self.request = request
        self.say = say
        materials = try Materials(
            labelled: request.labelled, unlabelled: request.unlabelled, test: request.test,
            side: request.side, say: say)
        for note in materials.notes { say(note) }
        let sources = [request.labelled, request.base, request.unlabelled, request.test]
        folder = try OutputFolder(
            request.output, classNames: materials.classNames, sources: sources.compactMap(\.self))
        training = Training(
            output: folder.runPath, recipes: recipes, lanes: request.lanes, ending: ending,
            observing: observing, say: say)
        if isCompared, request.test == nil {
            let counts = materials.labelled.numbers(classes: classNames.count).map(\.count)
            if let lonely = counts.firstIndex(of: 1) {
                throw DataError(
                    "\(request.labelled): expected two pictures of each class to compare by, found one of \(shown(classNames[lonely])); --test names others, and --no-report compares nothing"
                )
            }
        }
    }

    /// Whether there will be a comparison; a GAN that saw all labelled pictures cannot be judged by some of them.
    private var isCompared: Bool {
        request.draws > 0 && (request.test != nil || request.base != nil)
    }

    /// Does all that was asked for.
    package func run() throws {
        let labelled = materials.labelled
        let counts = labelled.numbers(classes: classNames.count).map(\.count)
        let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
        var lines = [
            "\(counted(labelled.count, "labelled picture")) of \(classNames.count) classes, \(least == most ? "\(least)" : "\(least) to \(most)") of each, \(labelled.shape[1]) pixels a side."
        ]
        try folder.write(report: lines[0])
        let synthesis = try synthesis(&lines)
        say("drawing \(request.perClass) pictures of each of \(classNames.count) classes")
        let synthetic = try synthesis.pictures(of: labelled, random)
        try folder.write(synthetic, classNames: classNames)
        lines.append(
            "Made: \(counted(synthetic.count, "picture")), \(request.perClass) of each class.")
        if isCompared {
            lines.append(comparisonLine)
            lines.append(try compared(synthesis, synthetic).text)
        } else if request.draws > 0 {
            say(
                "no report: --test FOLDER is needed for one, since this GAN has learned from all labelled pictures"
            )
        }
        try folder.write(report: lines.joined(separator: "\n\n"))
        say("\(synthetic.count) pictures in \(request.output)")
        for line in isCompared ? lines.suffix(1) : [] { say(line) }
    }

    private var comparisonLine: String {
        let test =
            materials.test.map { "\(counted($0.count, "picture")) of the test" }
            ?? "each fold of the labelled pictures, which was left out of all else"
        return
            "A classifier learned \(request.steps) steps of 64 pictures in each arm, the same ones in each of \(counted(request.draws, "draw")), and then named \(test). But for the first arm, all pictures were shifted, turned, sheared, scaled\(materials.labelled.shape[0] == 1 ? ", and made thicker or thinner" : "") at random."
    }

    /// Trains what the situation allows.
    private func synthesis(_ lines: inout [String]) throws -> Synthesis {
        if let base = request.base {
            let run = try training.variations(
                of: base, side: request.side, leavingOut: materials.known, request)
            lines.append("Variations: learned on other classes, \(base).")
            return try Synthesis(
                varying: run, perClass: request.perClass, classes: classNames.count,
                side: request.side, lanes: request.lanes)
        }
        var named: PictureSet?
        if let pool = materials.pool {
            say("naming \(counted(pool.count, "picture")) of the pool")
            let naming = Naming(
                labelled: materials.labelled, pool: pool, classes: classNames.count,
                steps: 2 * request.steps, random: random)
            let found = try naming.named(test: materials.test)
            guard found.pool.count > 0 else {
                throw DataError(
                    "\(request.unlabelled ?? ""): expected pictures whose class is certain, found none of \(pool.count); more labels, or more --steps, may help"
                )
            }
            let accuracy = found.accuracy.map {
                " The classifier that named them names \(Comparison.percent($0))% of the test rightly."
            }
            lines.append(
                "Pool: \(found.pool.count) of \(counted(pool.count, "picture")) were named with certainty.\(accuracy ?? "")"
            )
            say(lines[lines.count - 1])
            named = found.pool
        } else {
            let line =
                "Little is to be expected: nothing but the labelled pictures was learned from. Other classes of many pictures (--base), or many pictures without labels (--unlabelled), would help."
            lines.append(line)
            say(line)
        }
        let data = ConditionalPictures(
            materials.labelled, named: named, classNames: classNames)
        let run = try training.conditional(
            data, classes: classNames.count, request, isOfFew: named == nil)
        return Synthesis(
            drawing: run, named: named, perClass: request.perClass, classes: classNames.count)
    }

    private func compared(_ synthesis: Synthesis, _ synthetic: PictureSet) throws -> Comparison {
        let arms = Arm.all(hasPool: synthesis.named != nil)
        let draws = try (0..<request.draws).map { draw in
            let random = RandomSource(seed: random.seed &+ UInt64(draw))
            let (real, test, made) =
                try materials.test.map { (materials.labelled, $0, synthetic) }
                ?? fold(draw, synthesis)
            return Judging(
                real: real, synthetic: made, pool: synthesis.named, test: test,
                classes: classNames.count, steps: request.steps, random: random)
        }
        let count = draws.count * arms.count
        say("comparing: \(count) classifiers of \(request.steps) steps each")
        let begun = ContinuousClock.now
        let accuracies = try onLanes(
            request.lanes, count: count,
            { draws[$0 / arms.count].accuracy(of: arms[$0 % arms.count]) },
            done: { [say] number, accuracy, finished in
                let each = begun.duration(to: .now) / finished
                let left = (each * (count - finished)).components.seconds
                say(
                    "draw \(number / arms.count + 1) of \(draws.count), \(arms[number % arms.count].name): \(Comparison.percent(accuracy))%\(left > 0 ? "  \(left) s left" : "")"
                )
            })
        return Comparison(
            arms: arms.enumerated().map { place, arm in
                (arm, draws.indices.map { accuracies[$0 * arms.count + place] })
            })
    }

    /// The labelled pictures without every so-manieth of each class, these, and what is made of the others.
    private func fold(_ draw: Int, _ synthesis: Synthesis) throws -> (
        real: PictureSet, test: PictureSet, synthetic: PictureSet
    ) {
        let classes = materials.labelled.numbers(classes: classNames.count)
        let folds = max(2, request.draws)
        func part(_ isHeldOut: Bool) -> PictureSet {
            materials.labelled.selected(
                classes.flatMap { numbers in
                    numbers.indices.filter { ($0 % folds == draw) == isHeldOut }.map {
                        numbers[$0]
                    }
                })
        }
        let real = part(false)
        return (real, part(true), try synthesis.pictures(of: real, random))
    }
}
