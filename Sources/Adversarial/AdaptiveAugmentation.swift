internal import NeuralNetworks
internal import Tensors

/// How often the discriminator's images are augmented, if this adapts (ADA; Karras et al., 2020).
///
/// The share is a statistic of the discriminator, so it travels, is averaged and is saved with the weights. It rises
/// while the discriminator is certain about more real examples than it should be, and falls otherwise.
enum AdaptiveAugmentation {
    static let name = "augmentation.share"
    /// The mean sign of the scores of reals that adaptation aims at.
    static let certainty: Float = 0.6
    /// The largest change of the share in one update, once the server's blending has settled; the first updates may
    /// change it by more.
    static let speed: Float = 0.002

    /// Declares the share, unless it has already been declared.
    static func declare(in tree: inout ParameterTree) {
        guard tree.parameter(named: name) == nil else { return }
        _ = tree.statistic(name, [1], initially: 0)
    }

    /// Reports a share that is larger or smaller, in proportion to how far the scores of reals are too certain or too
    /// uncertain.
    static func observe(_ scores: Tensor, _ parameter: Parameter, _ pass: ForwardPass) {
        let values = scores.value.scalars
        let signs = values.reduce(Float(0)) { $0 + ($1 > 0 ? 1 : -1) } / Float(values.count)
        let excess = signs - certainty
        // The server moves a statistic a tenth of the way towards the reported value.
        let step = max(-1, min(1, excess)) * speed * 10
        let share = pass[parameter].value.scalars[0] + step
        pass.observe(parameter, Tensor([max(0, min(1, share))], shape: [1]).value)
    }
}
