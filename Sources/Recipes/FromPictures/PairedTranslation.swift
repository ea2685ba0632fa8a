internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import NeuralNetworks
internal import Tensors

extension Recipe {
    /// A network that turns pictures into others, learned from pairs.
    static let pairedTranslation = pictureToPicture(
        "paired-translation", PairedTranslation(),
        summary: "a network that turns pictures of one kind into another, learned from pairs",
        data:
            "any two folders of PNG, JPEG and WebP files of the same names; --data names the folder that has both, A and B",
        measures: [PairSimilarity(), PixelDistance(), Distances()],
        makeFields: { settings in
            let image = colourImage(settings)
            return image + [Field(PairedPictures.input, image[0].shape, .image)]
        }, openData: openPairs)
}

/// Opens the folders `A`, which has inputs, and `B`, which has what is to be made of them.
@Sendable private func openPairs(_ request: DataRequest) throws -> any Dataset {
    guard let path = request.path, FileManager.default.fileExists(atPath: "\(path)/A") else {
        throw DataError(
            "\(request.path ?? "paired-translation"): expected \(request.path == nil ? "--data, " : "")a folder with pictures of the same names in A and B, found none"
        )
    }
    return try PairedPictures(
        inputs: "\(path)/A", images: "\(path)/B",
        side: request.settings[ImageSettings.self].resolution, part: PicturePart(request.part),
        say: request.say)
}

/// Is given one picture of a pair and makes the other.
struct PairedTranslation: TranslationTask {
    let channels = (given: 3, output: 3, judged: 3)
    let direction = "a-to-b"

    func given(_ target: Tensor, _ reals: Examples, _ leaf: Leaf) -> Tensor {
        reals[PairedPictures.input]
    }

    func given(_ picture: Tensor) -> Tensor { picture }
}
