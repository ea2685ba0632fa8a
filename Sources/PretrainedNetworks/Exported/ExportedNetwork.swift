public import Tensors

/// A network that was exported as ONNX: what it gives first, flattened, are the features.
///
/// It is given images in -1...1; what else it expects of them has to be part of it.
public struct ExportedNetwork: FeatureExtractor {
    public let name: String
    public let example: Shape
    public let imagesAtOnce: Int
    private let graph: ExportedGraph

    /// How many floats all values that are needed at the same time may have: a gibibyte.
    private static let mostNumbers = 1 << 28

    /// Reads an ONNX file for images `[channels, height, width]`.
    ///
    /// They are resampled to the size that it was exported for. Grey ones are repeated for a network of three colours; a colour's
    /// channels are images of their own to one of grey images, and ``example`` is then one of these.
    ///
    /// - Throws: ``PretrainedNetworkError`` for a file that is missing or damaged, needs what we do not have, or does not suit.
    public init(path: String, for example: Shape) throws {
        do { try self.init(ExportedModel(path: path), path: path, for: example) } catch {
            throw PretrainedNetworkError("\(path): \(error)")
        }
    }

    private init(_ model: ExportedModel, path: String, for example: Shape) throws {
        graph = try ExportedGraph(model)
        let input = graph.input
        let isSplit = input[0] == 1 && example.rank == 3
        guard example.rank == 3,
            isSplit || input[0] == example[0] || (input[0], example[0]) == (3, 1)
        else {
            throw PretrainedNetworkError(
                "expected a network of images with \(example.first ?? 0) channels, found one of \(input)"
            )
        }
        self.example = isSplit ? Shape([1] + example.dropFirst()) : example
        guard graph.peak <= Self.mostNumbers else {
            throw PretrainedNetworkError(
                "expected at most \(Self.mostNumbers) numbers at once for an image, found \(graph.peak)"
            )
        }
        imagesAtOnce = min(100, Self.mostNumbers / graph.peak)
        let title = model.name ?? path.split(separator: "/").last.map { String($0.dropLast(5)) }
        let isResampled = input.dropFirst() != example.dropFirst()
        name =
            (title ?? "a network")
            + (isResampled ? " (images resampled to \(input[2]) x \(input[1]))" : "")
        // Better a refusal now than features of nothing later.
        let image = NDArray(repeating: 0, shape: Shape([1] + self.example))
        let grey = withoutGradients { features(of: Tensor(image)).value.scalars }
        guard grey.allSatisfy(\.isFinite) else {
            throw PretrainedNetworkError(
                "expected finite features of a grey image, found \(grey.first { !$0.isFinite } ?? 0)"
            )
        }
    }

    /// The shape of an image's features before they are flattened.
    public var output: Shape { graph.output }

    /// The names that the file has for what its first output follows from, and for that itself.
    public var depths: [String] { graph.depths.map(\.name) }

    public func features(of images: Tensor) -> Tensor { graph(fitted(images)) }

    public func featureMaps(of images: Tensor, at depths: [String]) -> [Tensor] {
        graph(fitted(images), at: depths.map { graph.depths[place(of: $0)].place })
    }

    /// Images as the network was exported for.
    private func fitted(_ images: Tensor) -> Tensor {
        requireSuitable(images)
        let resampled = images.resampledBilinear(height: graph.input[1], width: graph.input[2])
        return resampled.broadcast(to: Shape([images.shape[0]] + graph.input))
    }
}
