internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// Fashion-MNIST (Xiao et al., 2017): 60,000 grey images of clothes, 28 x 28.
    public static let fashion = Recipe(
        name: "fashion",
        summary: "a DCGAN that draws clothes, 28 x 28, grey",
        data: "Fashion-MNIST, 60,000 images; Debian: dataset-fashion-mnist",
        judgedBy: "looking at the sample grid",
        defaults: Settings(),
        objective: .nonSaturating,
        openData: { path, _ in try openFashion(path ?? "/usr/share/datasets/fashion-mnist") },
        networks: { settings in
            let pair = DCGAN.grey28(width: settings.width)
            return (pair.discriminator(), pair.generator(latents: settings.latents))
        },
        picture: { Picture(grid: $0) })
}

private func openFashion(_ path: String) throws -> any Dataset {
    let names = ["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"]
    for name in names where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
        let images = try IDXImages(path: "\(path)/\(name)")
        guard images.shapes == [[1, 28, 28]] else {
            throw DataError(
                "\(path)/\(name): expected images of 28 x 28, found \(images.shapes[0])")
        }
        return images
    }
    throw DataError(
        "\(path): expected \(names[0]), found none; 'apt-get install dataset-fashion-mnist' brings it, or --data names the folder that has it"
    )
}
