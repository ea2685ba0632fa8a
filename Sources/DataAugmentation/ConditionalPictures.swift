internal import Adversarial
internal import Datasets
internal import Hashing
internal import Recipes
internal import Tensors

/// What a GAN that draws by class learns from: labelled pictures as they are, and pictures of a pool by the names that they were given.
///
/// Labelled ones come so often that they are a quarter of all at least, and each class as often as any other. Pictures are in colour.
struct ConditionalPictures: Dataset {
    let fields: [Field]
    let manifest: DataManifest
    let classNames: [String]
    private let pictures: PictureSet
    /// Numbers of pictures, some of them more than once.
    private let rows: [Int]

    init(_ labelled: PictureSet, named: PictureSet?, classNames: [String]) {
        pictures = named.map { labelled + $0 } ?? labelled
        self.classNames = classNames
        let classes = labelled.numbers(classes: classNames.count)
        let most = classes.map(\.count).max() ?? 0
        let wanted = max(most, (named?.count ?? 0) / 3 / classNames.count)
        rows =
            classes.flatMap { numbers in (0..<wanted).map { numbers[$0 % numbers.count] } }
            + (labelled.count..<pictures.count)
        fields = [.image(Shape([3] + labelled.shape.dropFirst())), .label]
        var hash = SHA256()
        hash.update("labelled pictures \(labelled.shape) \(rows) \(pictures.labels)\n")
        for number in 0..<pictures.count {
            pictures.picture(number).withUnsafeBytes { hash.update($0) }
        }
        manifest = DataManifest(count: rows.count, digest: hash.finish())
    }

    var count: Int { rows.count }

    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let picture = pictures.picture(rows[index])
        let repeats = fields[0].shape.elementCount / picture.count
        for copy in 0..<repeats {
            for (place, byte) in picture.enumerated() {
                arrays[0][copy * picture.count + place] = PictureSet.value(byte)
            }
        }
        arrays[1][0] = Float(pictures.labels[rows[index]])
    }
}

extension Settings {
    /// Those of `image-folder`, to draw pictures by class after short training.
    ///
    /// - Parameter isOfFew: Whether it learns from labelled pictures alone, which it would soon know by heart.
    static func conditional(
        classes: Int, side: Int, iterations: Int, seed: Int, isOfFew: Bool
    ) -> Settings {
        var settings = Recipe.imageFolder.defaults
        settings.seed = seed
        settings.iterations = iterations
        settings[ImageSettings.self].resolution = side
        settings[FolderSettings.self].classes = classes
        settings[NetworkSettings.self].conditioning = .concatenation
        settings[CriticSettings.self].augmentation.kind = isOfFew ? .differentiable : .none
        settings[OptimizerSettings.self].learningRate = Sides(both: 5e-4)
        settings[OptimizerSettings.self].annealing = iterations
        settings[OptimizerSettings.self].learningRateEnd = 0.1
        return settings
    }
}
