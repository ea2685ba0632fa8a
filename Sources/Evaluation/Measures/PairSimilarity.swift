internal import Datasets
internal import Tensors

/// Measures how similar each sample is to its own real picture, in games whose fakes should become these pictures.
public struct PairSimilarity: Measure {
    private let field: String?

    /// - Parameter field: The field of the pictures; nil means the first.
    public init(of field: String? = nil) { self.field = field }

    public let usesExtractor = false
    public let comparesPairs = true

    public func metrics(of subject: Subject) -> [Metric.Kind] {
        [
            .init("psnr", of: field, better: .larger), .init("ssim", of: field, better: .larger),
        ]
    }

    public func check(_ subject: Subject) throws {
        guard let found = subject.field(field), found.kind == .image, found.shape[1] >= 11,
            found.shape[2] >= 11
        else {
            throw EvaluationError(
                "psnr, ssim: expected pictures of at least 11 x 11 pixels, and \(subject.name) has none"
            )
        }
    }

    public func values(of samples: Observations, among reals: Reals) -> [Double] {
        let (made, real) = (samples.values(of: field), reals.heldOut.values(of: field))
        return [made.peakSignalToNoise(against: real), made.structuralSimilarity(to: real)].map {
            $0.reduce(0, +) / Double($0.count)
        }
    }
}
