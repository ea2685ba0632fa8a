internal import Foundation
internal import NeuralNetworks
internal import Platform
public import Tensors

/// A classifier with its weights, and how well it does: what makes features of images.
public struct TrainedClassifier: Sendable {
    public let classifier: Classifier
    /// What it was trained on: a recipe's name.
    public let recipe: String
    /// The share of held-out examples that it names rightly.
    public let accuracy: Double
    let buffer: Storage

    /// The features of images `[count, channels, height, width]`, and the class that it reads in each.
    public func read(_ images: NDArray) -> (features: Features, classes: [Int]) {
        require(
            images.shape.dropFirst() == classifier.example,
            "\(images.shape.dropFirst()) is not \(classifier.example)")
        let weights = classifier.network.weights(in: buffer)
        var values: [Double] = []
        var classes: [Int] = []
        var dimensions = 0
        let size = 100
        for start in stride(from: 0, to: images.shape[0], by: size) {
            let rows = start..<min(start + size, images.shape[0])
            withoutGradients {
                let pass = ForwardPass(weights, .evaluation, isDifferentiable: false)
                let (features, odds) = classifier(Tensor(images).sliced(0, rows), pass)
                dimensions = features.shape[1]
                values += features.value.scalars.map(Double.init)
                classes += odds.value.scalars.chunks(of: classifier.classes).map { row in
                    row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex } ?? 0
                }
            }
        }
        return (
            Features(count: images.shape[0], dimensions: dimensions, values: values), classes
        )
    }

    /// The share of images read as the class they are of.
    public func accuracy(_ images: NDArray, _ labels: [Int]) -> Double {
        let right = zip(read(images).classes, labels).count { $0 == $1 }
        return Double(right) / Double(labels.count)
    }
}

// On disk: a safetensors file, with what it is in the metadata.
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
        do { try content.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw EvaluationError(
                "\(path): expected a file that can be written: \(error.localizedDescription)")
        }
    }

    /// Reads what ``write(to:)`` wrote.
    ///
    /// - Throws: ``EvaluationError`` for a file that is missing, or something else.
    public init(path: String) throws {
        let content: Data
        do { content = try RegularFile.content(of: path) } catch {
            throw EvaluationError("\(path): expected a classifier's file, found \(error)")
        }
        do {
            self = try content.withUnsafeBytes { try TrainedClassifier(bytes: $0) }
        } catch { throw EvaluationError("\(path): \(error)") }
    }

    /// Reads what such a file holds.
    init(bytes: UnsafeRawBufferPointer) throws {
        let (tensors, metadata) = try Safetensors.parse(bytes)
        let extents = (metadata["example"] ?? "").split(separator: " ").compactMap { Int($0) }
        guard metadata["format"] == Self.format, let recipe = metadata["recipe"],
            let classes = metadata["classes"].flatMap({ Int($0) }), (1...1000).contains(classes),
            let accuracy = metadata["accuracy"].flatMap({ Double($0) }), extents.count == 3,
            extents.allSatisfy({ (1...1024).contains($0) }), extents[1] == extents[2],
            extents[1] % 4 == 0
        else {
            throw EvaluationError(
                "expected \(Self.format), found \(metadata["format"] ?? "another file")")
        }
        classifier = Classifier(example: Shape(extents), classes: classes)
        self.recipe = recipe
        self.accuracy = accuracy
        buffer = Storage.zeros(count: classifier.network.count)
        let byName = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for (entry, range) in classifier.network.layout where entry.role == .weight {
            guard let tensor = byName[entry.name], tensor.shape == entry.shape else {
                throw EvaluationError(
                    "expected \(entry.name) \(entry.shape), found \(byName[entry.name].map { "\($0.shape)" } ?? "none")"
                )
            }
            UnsafeMutableRawBufferPointer(
                start: buffer.pointer + range.lowerBound, count: tensor.bytes.count
            )
            .copyMemory(from: tensor.bytes)
        }
    }
}

/// Something that cannot be measured: what was expected, what was found, what to do.
public struct EvaluationError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
