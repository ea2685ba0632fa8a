public import Tensors

/// A network that was exported as ONNX: what it gives first, flattened, are the features.
///
/// It is given images in -1...1; what else it expects of them has to be part of it.
public struct ExportedNetwork: FeatureExtractor {
    public let name: String
    public let example: Shape
    private let graph: ExportedGraph
    /// How many images are computed at once: a hundred, where they fit memory.
    private let slice: Int

    /// How many floats all values that are needed at the same time may have: a gibibyte.
    private static let mostNumbers = 1 << 28
    /// Covariances of more features would take longer than anyone waits.
    private static let mostFeatures = 4096

    /// Reads an ONNX file for images `[channels, height, width]`.
    ///
    /// They are resampled to the size that it was exported for. Grey ones are repeated for a network of three colours; a colour's
    /// channels are images of their own to one of grey images, and ``example`` is then one of these.
    ///
    /// - Throws: ``EvaluationError`` for a file that is missing or damaged, needs what we do not have, or does not suit.
    public init(path: String, for example: Shape) throws {
        do { try self.init(ExportedModel(path: path), path: path, for: example) } catch {
            throw EvaluationError("\(path): \(error)")
        }
    }

    private init(_ model: ExportedModel, path: String, for example: Shape) throws {
        graph = try ExportedGraph(model)
        let input = graph.input
        let isSplit = input[0] == 1 && example.rank == 3
        guard example.rank == 3,
            isSplit || input[0] == example[0] || (input[0], example[0]) == (3, 1)
        else {
            throw EvaluationError(
                "expected a network of images with \(example.first ?? 0) channels, found one of \(input)"
            )
        }
        self.example = isSplit ? Shape([1] + example.dropFirst()) : example
        let features = graph.output.elementCount * (isSplit ? example[0] : 1)
        guard features <= Self.mostFeatures else {
            throw EvaluationError(
                "expected at most \(Self.mostFeatures) features, found \(features), \(graph.output) of each image; let its first output be pooled"
            )
        }
        guard graph.peak <= Self.mostNumbers else {
            throw EvaluationError(
                "expected at most \(Self.mostNumbers) numbers at once for an image, found \(graph.peak)"
            )
        }
        slice = min(100, Self.mostNumbers / graph.peak)
        let title = model.name ?? path.split(separator: "/").last.map { String($0.dropLast(5)) }
        let isResampled = input.dropFirst() != example.dropFirst()
        name =
            (title ?? "a network")
            + (isResampled ? " (images resampled to \(input[2]) x \(input[1]))" : "")
        // Rather a refusal now than figures of nothing later.
        let grey = self.features(NDArray(repeating: 0, shape: Shape([1] + self.example)))
        guard grey.values.allSatisfy(\.isFinite) else {
            throw EvaluationError(
                "expected finite features of a grey image, found \(grey.values.first { !$0.isFinite } ?? 0)"
            )
        }
    }

    public func features(_ images: NDArray) -> Features {
        require(
            images.shape.dropFirst() == example, "\(images.shape.dropFirst()) is not \(example)")
        var values: [Double] = []
        for start in stride(from: 0, to: images.shape[0], by: slice) {
            let rows = start..<min(start + slice, images.shape[0])
            withoutGradients {
                let output = graph(fitted(Tensor(images).sliced(0, rows)))
                values += output.value.scalars.map(Double.init)
            }
        }
        return Features(
            count: images.shape[0], dimensions: graph.output.elementCount, values: values)
    }

    /// Images as the network was exported for.
    private func fitted(_ images: Tensor) -> Tensor {
        let resampled = images.resampledBilinear(height: graph.input[1], width: graph.input[2])
        return resampled.broadcast(to: Shape([images.shape[0]] + graph.input))
    }
}
