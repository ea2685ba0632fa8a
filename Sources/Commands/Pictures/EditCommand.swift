import Adversarial
import ArgumentParser
import Cluster
import Foundation
import PictureEditing
import Pictures
import Recipes
import Tensors

struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Fill holes in a picture, colour it, or change the colour of a part.",
        discussion: """
            With a run of inpainting, what is white in the mask is taken out of the picture and filled. With a run of colouring,
            the picture, or what is white in the mask, gets the colours that suit it, or the one that is asked for; lightness
            stays.

              swiftgan edit runs/inpainting beach.jpg --mask person.png --output beach-alone.png
              swiftgan edit runs/inpainting beach.jpg --extend 0,0,200,0 --output wider.png
              swiftgan edit runs/colouring grandmother.jpg --output colour.png
              swiftgan edit runs/colouring car.png --mask car-mask.png --colour '#2050d0' --output blue-car.png
            """)

    /// What can be masked, as a share of the picture: around a hole there must be something to fill it by.
    private static let mostMasked = 0.9

    @OptionGroup var options: PictureOptions

    @Option(
        help:
            "A picture of the same size: what is white is changed; if parts of it are transparent, what is opaque."
    )
    var mask: String?

    @Option(
        parsing: .unconditional,
        help:
            "Pixels by which the picture is to become larger: on each side, or left, top, right and bottom, as in 0,0,200,0."
    )
    var extend: String?

    @Option(
        parsing: .unconditional,
        help:
            "Pixels by which what is to be filled grows, since masks are drawn tightly. (default: a hundredth of the longer side, 4 at least)"
    )
    var grow: Int?

    @Option(help: "The colour that is wanted, as in '#2050d0'. (default: what suits)")
    var colour: String?

    func run() throws {
        try reportingErrors {
            let wanted = try colour.map(Self.colour)
            let border = try extend.map(Self.border)
            if let grow, !(0...10_000).contains(grow) {
                throw RecipeError("--grow: expected 0 to 10000, found \(grow)")
            }
            let opened = try options.open()
            if opened.run.step.game is any FillsHoles {
                guard wanted == nil else {
                    throw RecipeError(
                        "--colour: expected a run of colouring, found one of \(opened.run.recipe.name)"
                    )
                }
                let generator = try options.generator(
                    of: opened, as: (any FillsHoles).self, for: "edit")
                if let border {
                    try extend(by: border, with: generator, trainedSide: opened.run.example[1])
                } else {
                    try fill(with: generator, trainedSide: opened.run.example[1])
                }
            } else {
                guard grow == nil, border == nil else {
                    throw RecipeError(
                        "\(grow == nil ? "--extend" : "--grow"): expected a run of inpainting, found one of \(opened.run.recipe.name)"
                    )
                }
                let generator = try options.generator(
                    of: opened, as: (any ColoursPictures).self, for: "edit")
                try recolour(with: generator, wanted, trainedSide: opened.run.example[1])
            }
        }
    }

    private func fill(with generator: Generator<any FillsHoles>, trainedSide: Int) throws {
        guard let path = mask else {
            throw RecipeError(
                "--mask: expected a picture of what to fill (or --extend, by how much to make it larger), found none"
            )
        }
        let picture = try options.read()
        let reach = grow ?? max(4, max(picture.width, picture.height) / 100)
        let hole = try readMask(path, for: picture, growing: reach)
        // What the mask has grown by may stay in part.
        try write(picture, filledIn: hole, rim: min(3, reach), with: generator, trainedSide)
    }

    private func extend(
        by border: EditablePicture.Border, with generator: Generator<any FillsHoles>,
        trainedSide: Int
    ) throws {
        guard mask == nil, grow == nil else {
            throw RecipeError(
                "--extend: expected no --mask and no --grow beside it, since it fills the border alone"
            )
        }
        let picture = try options.read()
        let size = (
            width: picture.width + border.left + border.right,
            height: picture.height + border.top + border.bottom
        )
        let most = options.large ? EditablePicture.largestAllowed : EditablePicture.largest
        guard size.width * size.height <= most else {
            throw RecipeError(
                "--extend: expected a result of at most \(most / 1_000_000) megapixels\(options.large ? "" : ", or a gigapixel with --large"), found \(size.width) x \(size.height)"
            )
        }
        let old = Double(picture.width * picture.height) / Double(size.width * size.height)
        guard 1 - old <= Self.mostMasked else {
            throw RecipeError(
                "--extend: expected up to nine tenths of the result to be new, found \(percent(1 - old)) of \(size.width) x \(size.height)"
            )
        }
        let extended = picture.extended(by: border)
        let hole = Mask(border, of: extended)
        try write(extended, filledIn: hole, rim: 0, with: generator, trainedSide)
    }

    private func write(
        _ picture: EditablePicture, filledIn hole: Mask, rim: Int,
        with generator: Generator<any FillsHoles>, _ trainedSide: Int
    ) throws {
        var picture = picture
        let writer = try PictureWriter(
            path: options.output, width: picture.width, height: picture.height, form: picture.form,
            inputs: [picture])
        generator.fill(hole, of: &picture, trainedSide: trainedSide, rim: rim)
        try writer.write(picture)
        try writer.finish()
        try tell(
            "\(percent(hole.share)) of \(picture.width) x \(picture.height) filled, in \(options.output)"
        )
    }

    private func recolour(
        with generator: Generator<any ColoursPictures>, _ wanted: SIMD3<Float>?, trainedSide: Int
    ) throws {
        let picture = try options.read()
        let mask = try mask.map { try readMask($0, for: picture, growing: 0) }
        var form = picture.form
        form.isGrey = false
        let writer = try PictureWriter(
            path: options.output, width: picture.width, height: picture.height, form: form,
            inputs: [picture])
        try generator.colour(picture, mask, wanted, trainedSide: trainedSide) {
            try writer.write($0)
        }
        try writer.finish()
        try tell(
            "\(mask.map { percent($0.share) } ?? "all") of \(picture.width) x \(picture.height) coloured, in \(options.output)"
        )
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f%%", share * 100) }

    /// The mask in a file, grown.
    private func readMask(_ path: String, for picture: EditablePicture, growing reach: Int) throws
        -> Mask
    {
        let mask = Mask(try EditablePicture(path: path, allowsLarge: options.large))
        guard mask.width == picture.width, mask.height == picture.height else {
            throw RecipeError(
                "--mask \(path): expected \(picture.width) x \(picture.height) pixels, as the picture has, found \(mask.width) x \(mask.height)"
            )
        }
        let grown = mask.grown(by: reach)
        guard grown.share > 0, grown.share <= Self.mostMasked else {
            let growth = reach > 0 ? ", grown by \(reach) pixels" : ""
            throw RecipeError(
                "--mask \(path): expected up to nine tenths of it white\(growth), found \(percent(grown.share)); white is what is changed"
            )
        }
        return grown
    }

    /// The border of a text such as 64 or 0,0,200,0.
    private static func border(_ text: String) throws -> EditablePicture.Border {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let numbers = parts.compactMap(\.self).filter { (0...100_000).contains($0) }
        guard numbers.count == parts.count, [1, 4].contains(numbers.count),
            numbers.contains(where: { $0 > 0 })
        else {
            throw RecipeError(
                "--extend: expected a number of pixels, as in 64, or those of left, top, right and bottom, as in 0,0,200,0, found '\(text)'"
            )
        }
        return EditablePicture.Border(
            left: numbers[0], top: numbers.count > 1 ? numbers[1] : numbers[0],
            right: numbers.count > 1 ? numbers[2] : numbers[0],
            bottom: numbers.count > 1 ? numbers[3] : numbers[0])
    }

    /// Red, green and blue in -1...1 of a text such as #2050d0.
    private static func colour(_ text: String) throws -> SIMD3<Float> {
        guard let match = text.wholeMatch(of: /#?([0-9a-fA-F]{6})/),
            let number = Int(match.1, radix: 16)
        else { throw RecipeError("--colour: expected six digits as in '#2050d0', found '\(text)'") }
        return SIMD3(Float(number >> 16), Float(number >> 8 & 255), Float(number & 255)) / 127.5 - 1
    }
}
