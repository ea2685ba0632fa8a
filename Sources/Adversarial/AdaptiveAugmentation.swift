internal import NeuralNetworks
internal import Tensors

/// How often the discriminator's images are augmented, where that adapts (ADA; Karras et al., 2020).
///
/// The share is a statistic of the discriminator: it rises while the discriminator is sure of more real examples than it
/// should be, and falls otherwise. So it travels, is averaged and saved with the weights.
enum AdaptiveAugmentation {
    static let name = "augmentation.share"
    /// The mean sign of the scores of reals that is aimed at.
    static let certainty: Float = 0.6
    /// The largest change of the share an update, once the server's blending has settled; the first updates may take larger
    /// steps.
    static let speed: Float = 0.002

    /// Declares the share, unless it is there already.
    static func declare(in tree: inout ParameterTree) {
        guard tree.parameter(named: name) == nil else { return }
        _ = tree.statistic(name, [1], initially: 0)
    }

    /// Reports a share that is larger or smaller by as much as the scores of reals are too sure or too unsure.
    static func observe(_ scores: Tensor, _ parameter: Parameter, _ pass: ForwardPass) {
        let values = scores.value.scalars
        let signs = values.reduce(Float(0)) { $0 + ($1 > 0 ? 1 : -1) } / Float(values.count)
        let excess = signs - certainty
        // The server moves a statistic a tenth of the way towards what is reported.
        let step = max(-1, min(1, excess)) * speed * 10
        let share = pass[parameter].value.scalars[0] + step
        pass.observe(parameter, Tensor([max(0, min(1, share))], shape: [1]).value)
    }
}
