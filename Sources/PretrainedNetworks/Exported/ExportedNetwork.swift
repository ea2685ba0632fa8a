public import Tensors

/// A network that was exported as ONNX, whose features are its first output, flattened.
///
/// It is given images in -1...1; any other scaling has to be part of it.
public struct ExportedNetwork: FeatureExtractor {
    public let name: String
    public let example: Shape
    public let imagesAtOnce: Int
    private let graph: ExportedGraph

    /// The most floats that all values needed at the same time may have: a gibibyte.
    private static let mostNumbers = 1 << 28

    /// Reads an ONNX file for images `[channels, height, width]`.
    ///
    /// The images are resampled to the size for which the network was exported. Grey images are repeated for a network
    /// of three colours. For a network of grey images, each channel of a colour image is an image of its own, and
    /// ``example`` is the shape of one channel.
    ///
    /// - Throws: ``PretrainedNetworkError`` if the file is missing or damaged, needs something that we do not support,
    ///   or does not suit.
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
        // A refusal now is better than meaningless features later.
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

    /// The names in the file of the values that lead to its first output, and of that output.
    public var depths: [String] { graph.depths.map(\.name) }

    public func features(of images: Tensor) -> Tensor { graph(fitted(images)) }

    public func featureMaps(of images: Tensor, at depths: [String]) -> [Tensor] {
        graph(fitted(images), at: depths.map { graph.depths[place(of: $0)].place })
    }

    /// The images in the form for which the network was exported.
    private func fitted(_ images: Tensor) -> Tensor {
        requireSuitable(images)
        let resampled = images.resampledBilinear(height: graph.input[1], width: graph.input[2])
        return resampled.broadcast(to: Shape([images.shape[0]] + graph.input))
    }
}
