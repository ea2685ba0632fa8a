internal import CClassifiers
internal import Foundation
internal import NeuralNetworks
internal import Platform
public import Tensors

/// A classifier with its weights and its accuracy, which makes features of images.
public struct TrainedClassifier: Sendable {
    public let classifier: Classifier
    /// The name of the recipe on whose data it was trained.
    public let recipe: String
    /// The share of held-out examples that it classifies correctly.
    public let accuracy: Double
    private let buffer: Storage
    /// Views into the buffer, which keep what kernels make of these constant weights.
    private let weights: NetworkWeights

    package init(classifier: Classifier, recipe: String, accuracy: Double, buffer: Storage) {
        self.classifier = classifier
        self.recipe = recipe
        self.accuracy = accuracy
        self.buffer = buffer
        weights = classifier.network.weights(in: buffer)
    }

    /// Features `[batch, 64]` and the logits of the classes, `[batch, classes]`.
    package func featuresAndOdds(of images: Tensor) -> (features: Tensor, odds: Tensor) {
        requireSuitable(images)
        return classifier(images, pass)
    }

    /// A pass in which the weights are constants.
    private var pass: ForwardPass { ForwardPass(weights, .evaluation, isDifferentiable: false) }
}

extension TrainedClassifier: FeatureExtractor {
    public var name: String {
        let percent = (accuracy * 10_000).rounded() / 100
        return
            "a classifier trained on \(recipe) that classifies \(percent)% of held-out examples correctly"
    }

    public var example: Shape { classifier.example }
    public var depths: [String] { Classifier.depths }
    public var imagesAtOnce: Int { 100 }

    public func features(of images: Tensor) -> Tensor {
        featureMaps(of: images, at: Classifier.depths.suffix(1))[0]
    }

    public func featureMaps(of images: Tensor, at depths: [String]) -> [Tensor] {
        requireSuitable(images)
        return classifier.featureMaps(images, pass, at: depths.map(place))
    }
}

// On disk, this is a safetensors file whose metadata describe it.
extension TrainedClassifier {
    private static let format = "swiftgan classifier 1"

    /// Writes a file, or replaces it.
    public func write(to path: String) throws {
        let entries = classifier.network.layout.filter { $0.entry.role == .weight }.map { placed in
            let stride = MemoryLayout<Float>.stride
            return Safetensors.Entry(
                name: placed.entry.name, shape: placed.entry.shape,
                bytes: UnsafeRawBufferPointer(
                    rebasing: buffer.bytes[
                        (placed.range.lowerBound * stride)..<(placed.range.upperBound * stride)]))
        }
        var content = Data(
            Safetensors.header(
                entries,
                metadata: [
                    ("format", Self.format), ("recipe", recipe),
                    ("example", classifier.example.map { String($0) }.joined(separator: " ")),
                    ("classes", String(classifier.classes)), ("accuracy", String(accuracy)),
                ]))
        for entry in entries { content.append(contentsOf: entry.bytes) }
        do { try UnfinishedFile.write(content, to: path) } catch {
            throw PretrainedNetworkError("\(path): cannot be written: \(error)")
        }
    }

    /// The classifier for a recipe's images that comes with the program.
    ///
    /// - Throws: ``PretrainedNetworkError`` if there is none.
    public static func included(for recipe: String) throws -> TrainedClassifier {
        let file = swiftgan_classifier(recipe)
        guard let bytes = file.bytes else {
            throw PretrainedNetworkError(
                "expected a classifier for \(recipe) in the program, found none; --extractor names a file of 'swiftgan train-extractor'"
            )
        }
        return try TrainedClassifier(
            bytes: UnsafeRawBufferPointer(start: bytes, count: file.count))
    }

    /// Reads a file that ``write(to:)`` wrote.
    ///
    /// - Throws: ``PretrainedNetworkError`` if the file is missing, or is something else.
    public init(path: String) throws {
        let content: Data
        do { content = try RegularFile.content(of: path) } catch {
            throw PretrainedNetworkError("\(path): expected a classifier's file, found \(error)")
        }
        do {
            self = try content.withUnsafeBytes { try TrainedClassifier(bytes: $0) }
        } catch { throw PretrainedNetworkError("\(path): \(error)") }
    }

    /// Reads the content of such a file.
    private init(bytes: UnsafeRawBufferPointer) throws {
        let (tensors, metadata) = try Safetensors.parse(bytes)
        let extents = (metadata["example"] ?? "").split(separator: " ").compactMap { Int($0) }
        guard metadata["format"] == Self.format, let recipe = metadata["recipe"],
            let classes = metadata["classes"].flatMap({ Int($0) }), (1...1000).contains(classes),
            let accuracy = metadata["accuracy"].flatMap({ Double($0) }), extents.count == 3,
            extents.allSatisfy({ (1...1024).contains($0) }), extents[1] == extents[2],
            extents[1] % 4 == 0
        else {
            throw PretrainedNetworkError(
                "expected \(Self.format), found \(metadata["format"] ?? "another file")")
        }
        let classifier = Classifier(example: Shape(extents), classes: classes)
        let buffer = Storage.zeros(count: classifier.network.count)
        let byName = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for (entry, range) in classifier.network.layout where entry.role == .weight {
            guard let tensor = byName[entry.name], tensor.shape == entry.shape else {
                throw PretrainedNetworkError(
                    "expected \(entry.name) \(entry.shape), found \(byName[entry.name].map { "\($0.shape)" } ?? "none")"
                )
            }
            UnsafeMutableRawBufferPointer(
                start: buffer.pointer + range.lowerBound, count: tensor.bytes.count
            )
            .copyMemory(from: tensor.bytes)
        }
        self.init(classifier: classifier, recipe: recipe, accuracy: accuracy, buffer: buffer)
    }
}
