internal import Adversarial
internal import Cluster
internal import Datasets
internal import PictureEditing
internal import Recipes
internal import Tensors

/// What draws pictures by class, once it is trained.
struct Synthesis {
    private enum Source {
        case variations(Generator<any VariesPictures>)
        case conditional(SampleSource)
    }

    private let source: Source
    /// Pictures of a pool that were named, if there were some.
    let named: PictureSet?
    private let perClass: Int
    private let classes: Int

    /// Makes pictures of others.
    ///
    /// - Throws: ``DataError`` if the run does no such thing, or with pictures of another size.
    init(
        varying opened: (run: OpenedRun, folder: String), perClass: Int, classes: Int, side: Int,
        lanes: Int
    ) throws {
        let run = opened.run.run
        guard let game = run.step.game as? any VariesPictures else {
            throw DataError(
                "\(opened.folder): expected a run of variations, or a folder of pictures, found a run of \(run.recipe.name)"
            )
        }
        guard run.example[1] == side else {
            throw DataError(
                "\(opened.folder): expected a run of pictures of \(side) pixels a side, found \(run.example[1]); --side \(run.example[1]) goes with it"
            )
        }
        source = .variations(
            Generator(
                game, try opened.run.sampledWeights(in: opened.folder), run.settings.precision,
                lanes: lanes))
        named = nil
        (self.perClass, self.classes) = (perClass, classes)
    }

    /// Draws pictures of a class from noise alone.
    init(drawing source: SampleSource, named: PictureSet?, perClass: Int, classes: Int) {
        self.source = .conditional(source)
        self.named = named
        (self.perClass, self.classes) = (perClass, classes)
    }

    /// As many pictures of each class as are wanted.
    ///
    /// - Parameter labelled: What pictures are made of, where they are made of others.
    func pictures(of labelled: PictureSet, _ random: RandomSource) throws -> PictureSet {
        var pictures = PictureSet(shape: labelled.shape)
        let own = labelled.numbers(classes: classes)
        for label in 0..<classes {
            let numbers = (label * perClass)..<((label + 1) * perClass)
            let made: [Float]
            switch source {
            case .variations(let generator):
                made = generator.vary(numbers, random) { numbers in
                    labelled.colourTensor(numbers.map { own[label][$0 % own[label].count] })
                }
            case .conditional(let source):
                made = try source.samples(numbers, Draw(seed: random.seed), label: label).scalars
            }
            pictures.append(made, count: perClass, label: label)
        }
        return pictures
    }
}
