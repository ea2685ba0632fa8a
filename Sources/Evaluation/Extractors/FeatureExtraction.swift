public import PretrainedNetworks
public import Tensors

// Measures use networks to make rows of numbers from any number of images, without a tape.
extension FeatureExtractor {
    /// The features of images `[count, channels, height, width]`.
    public func features(_ images: NDArray) -> Features {
        var values: [Double] = []
        inParts(images) { values += features(of: $0).value.scalars.map(Double.init) }
        return Features(count: images.shape[0], values: values)
    }

    /// Calls `body` with as many images as memory has room for, then with the next ones.
    func inParts(_ images: NDArray, _ body: (Tensor) -> Void) {
        for start in stride(from: 0, to: images.shape[0], by: imagesAtOnce) {
            let rows = start..<min(start + imagesAtOnce, images.shape[0])
            withoutGradients { body(Tensor(images).sliced(0, rows)) }
        }
    }
}

extension Features {
    /// Creates features from equally many numbers for each example.
    init(count: Int, values: [Double]) {
        self.init(count: count, dimensions: values.count / max(1, count), values: values)
    }
}

extension ExportedNetwork {
    /// Covariances of more features would take too long to compute.
    private static let mostFeatures = 4096

    /// Reads an ONNX file whose features measures can compare, for images `[channels, height, width]`.
    ///
    /// - Throws: ``PretrainedNetworkError`` as ``ExportedNetwork/init(path:for:)`` does, or ``/Evaluation/EvaluationError`` if
    ///   there are too many features.
    public static func extractor(path: String, for example: Shape) throws -> ExportedNetwork {
        let network = try ExportedNetwork(path: path, for: example)
        // For a network of grey images, each channel of a colour image is an image of its own.
        let features = network.output.elementCount * (example[0] / network.example[0])
        guard features <= mostFeatures else {
            throw EvaluationError(
                "\(path): expected at most \(mostFeatures) features, found \(features), \(network.output) of each image; let its first output be pooled"
            )
        }
        return network
    }
}
