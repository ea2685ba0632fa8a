public import PretrainedNetworks
public import Tensors

// What measures make of networks: rows of numbers, of any number of images, and no tape.
extension FeatureExtractor {
    /// The features of images `[count, channels, height, width]`.
    public func features(_ images: NDArray) -> Features {
        var values: [Double] = []
        inParts(images) { values += features(of: $0).value.scalars.map(Double.init) }
        return Features(count: images.shape[0], values: values)
    }

    /// Hands over as many images as memory has room for, then the next ones.
    func inParts(_ images: NDArray, _ body: (Tensor) -> Void) {
        for start in stride(from: 0, to: images.shape[0], by: imagesAtOnce) {
            let rows = start..<min(start + imagesAtOnce, images.shape[0])
            withoutGradients { body(Tensor(images).sliced(0, rows)) }
        }
    }
}

extension Features {
    /// As many numbers for each example.
    init(count: Int, values: [Double]) {
        self.init(count: count, dimensions: values.count / max(1, count), values: values)
    }
}

extension ExportedNetwork {
    /// Covariances of more features would take longer than anyone waits.
    private static let mostFeatures = 4096

    /// Reads an ONNX file whose features measures can compare, for images `[channels, height, width]`.
    ///
    /// - Throws: ``PretrainedNetworkError`` as ``ExportedNetwork/init(path:for:)`` does, or ``EvaluationError`` for too many features.
    public static func extractor(path: String, for example: Shape) throws -> ExportedNetwork {
        let network = try ExportedNetwork(path: path, for: example)
        // A colour's channels are images of their own to a network of grey ones.
        let features = network.output.elementCount * (example[0] / network.example[0])
        guard features <= mostFeatures else {
            throw EvaluationError(
                "\(path): expected at most \(mostFeatures) features, found \(features), \(network.output) of each image; let its first output be pooled"
            )
        }
        return network
    }
}
