internal import NeuralNetworks
internal import Tensors

/// A pair whose images grow during training (Karras et al., 2018), from 4 px, or 7 px, to their full size.
///
/// It has equalized weights, pixel normalization in the generator, and minibatch deviation in the critic. Both networks
/// hold the layers of all resolutions from the start, so that flat buffers never change. ``Growth`` decides how many of
/// them a pass computes. The design's width is that of the layers at the full size; it doubles with every halving, up
/// to eightfold.
struct ProGAN: NetworkPair {
    let design: NetworkDesign

    private func channels(at level: Int) -> Int { design.width << min(design.halvings - level, 3) }

    /// Maps `[batch, latent size]` to images `[batch, channels, height, width]` in -1...1.
    func generator(_ tree: inout ParameterTree) -> any Layer {
        let (smallest, deepest) = (design.smallest, channels(at: 0))
        var (layers, features) = design.latentLayers(&tree)
        layers += [
            PixelNormalization(),
            Linear(
                &tree, "project", from: features,
                to: deepest * smallest.height * smallest.width, scaling: .equalized),
            Reshape(to: [deepest, smallest.height, smallest.width]),
            LeakyReLU(), PixelNormalization(),
        ]
        func unit(_ name: String, from inputs: Int, to outputs: Int) -> [any Layer] {
            let convolution = Convolution(
                &tree, name, from: inputs, to: outputs, kernel: 3, padding: 1, hasBias: true,
                scaling: .equalized)
            return [convolution, LeakyReLU(), PixelNormalization()]
        }
        let resolutions = (0...design.halvings).map { level in
            let (side, outputs) = (smallest.height << level, channels(at: level))
            var block: [any Layer] = []
            if level > 0 {
                block.append(NearestUpsampling())
                block += unit(
                    "block\(side).first", from: channels(at: level - 1), to: outputs)
            }
            block += unit("block\(side).second", from: outputs, to: outputs)
            let image = Convolution(
                &tree, "image\(side)", from: outputs, to: design.example[0], kernel: 1,
                hasBias: true, scaling: .equalized)
            return Resolution(block: Sequential(block), image: image)
        }
        // The output is bounded after the blend. Otherwise a white image could not stay white while a grey one is faded
        // in.
        layers += [GrowingDecoder(resolutions), design.ending]
        return Sequential(layers)
    }

    /// Maps images `[batch, channels, height, width]` to scores `[batch, 1]`.
    func critic(_ tree: inout ParameterTree) -> any Layer {
        let (smallest, deepest) = (design.smallest, channels(at: 0))
        var (layers, inputs) = design.criticLayers(&tree)
        func unit(_ name: String, from inputs: Int, to outputs: Int, kernel: Int = 3)
            -> [any Layer]
        {
            let convolution = Convolution(
                &tree, name, from: inputs, to: outputs, kernel: kernel, padding: kernel / 2,
                hasBias: true, scaling: design.criticScaling)
            return [convolution, LeakyReLU()]
        }
        let resolutions = (0...design.halvings).map { level in
            let (side, channels) = (smallest.height << level, channels(at: level))
            let image = unit("image\(side)", from: inputs, to: channels, kernel: 1)
            var block: [any Layer]
            if level == 0 {
                block = [MinibatchDeviation()]
                block += unit("block\(side).first", from: channels + 1, to: channels)
            } else {
                block = unit("block\(side).first", from: channels, to: channels)
                block += unit(
                    "block\(side).second", from: channels, to: self.channels(at: level - 1))
                block.append(AveragePooling())
            }
            return Resolution(block: Sequential(block), image: Sequential(image))
        }
        layers += [
            GrowingEncoder(resolutions), Flatten(),
            Linear(
                &tree, "hidden", from: deepest * smallest.height * smallest.width, to: deepest,
                scaling: design.criticScaling),
            LeakyReLU(),
        ]
        return Sequential(layers + design.scoreLayers(&tree, from: [deepest]))
    }
}
