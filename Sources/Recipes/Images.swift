internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import Tensors

extension Recipe {
    /// The 3,916 distinct pictures of Google's emoji font.
    public static let emoji = Recipe(
        name: "emoji", summary: "a DCGAN that draws emoji, in colour, 32 or 64 px",
        data: "Noto Color Emoji; Debian: fonts-noto-color-emoji", measures: .usual,
        defaults: imageDefaults, resolutions: [32, 64], knownClasses: 0,
        makeFields: colourImage, openData: openEmoji,
        depiction: .image())

    /// CIFAR-10 (Krizhevsky, 2009): 60,000 colour photographs of ten kinds of things, as image files.
    public static let cifar10 = Recipe(
        name: "cifar10", summary: "a DCGAN that draws small photographs, in colour, 32 px",
        data:
            "CIFAR-10 as PNG, JPEG or WebP files, in train/CLASS and test/CLASS; --data names their folder",
        measures: .usual, defaults: imageDefaults, resolutions: [32], knownClasses: 10,
        makeFields: colourImage, openData: { try openFolder($0, recipe: "cifar10") },
        depiction: .image())

    /// Anybody's images.
    public static let imageFolder = Recipe(
        name: "image-folder",
        summary: "a DCGAN that draws what is in a folder of PNG, JPEG and WebP files",
        data: "any folder; --data names it; classes, where they are wanted, are folders in it",
        measures: .usual, defaults: folderDefaults,
        resolutions: [16, 32, 64, 128, 256], knownClasses: nil,
        makeFields: colourImage, openData: { try openFolder($0, recipe: "image-folder") },
        depiction: .image())

    private static let imageDefaults = Settings(
        run: imageRun, ImageSettings(), imageCritic, NetworkSettings(), LatentSettings())

    private static let folderDefaults = Settings(
        run: imageRun, ImageSettings(), FolderSettings(), imageCritic, NetworkSettings(),
        LatentSettings())

    private static let imageRun = RunSettings {
        $0.iterations = 10_000
        $0.checkpointEvery = 500
    }

    private static let imageCritic = CriticSettings { $0.r1 = 1 }
}

/// The pictures of Google's emoji font, of the resolution that the settings say.
@Sendable func openEmoji(_ request: DataRequest) throws -> any Dataset {
    try EmojiFont(path: request.path ?? "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf").images(
        side: request.settings[ImageSettings.self].resolution, heldOut: request.part == .heldOut)
}

/// The pictures in a folder, or the emoji of a font, which is a file; those of the usual font where neither is named.
func openEmojiOrFolder(_ request: DataRequest, recipe: String) throws -> any Dataset {
    guard let path = request.path else { return try openEmoji(request) }
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let isFont = isThere && !isFolder.boolValue
    return try isFont ? openEmoji(request) : openFolder(request, recipe: recipe)
}

/// The pictures in the folder that is asked for, of the resolution that the settings say.
func openFolder(_ request: DataRequest, recipe: String) throws -> any Dataset {
    guard let path = request.path else {
        throw DataError(
            "\(recipe): expected --data, a folder of PNG, JPEG or WebP files, found none")
    }
    return try openPictures(request, in: path, heldOut: request.part == .heldOut)
}

/// The pictures in a folder, of the resolution that the settings say.
///
/// - Parameter heldOut: Whether those that training never sees are wanted; nil: all that there are.
func openPictures(_ request: DataRequest, in path: String, heldOut: Bool?) throws -> ColourImages {
    try ImageFolder(path: path).images(
        side: request.settings[ImageSettings.self].resolution, heldOut: heldOut,
        classes: request.isLabelled ? request.classes : nil, isStrict: request.isStrict,
        say: request.say)
}
