public import Tensors

/// A score for every place of some features, `[batch, 1, height, width]`, as the last layer of a critic of patches
/// (Isola et al., 2017).
///
/// An example has many scores, so such a critic cannot use the short way of ``LinearizedCritic``, which takes one
/// score.
public struct PatchScores: Layer {
    private let convolution: Convolution

    public init(_ tree: inout ParameterTree, _ name: String, from channels: Int) {
        convolution = Convolution(
            &tree, name, from: channels, to: 1, kernel: 1, hasBias: true)
    }

    public func callAsFunction(_ features: Tensor, _ pass: ForwardPass) -> Tensor {
        convolution(features, pass)
    }
}
