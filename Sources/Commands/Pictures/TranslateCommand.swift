import Adversarial
import ArgumentParser
import PictureEditing
import Pictures
import Recipes

struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Turn a picture into one of another kind, with a run of translation or lines.",
        discussion: """
            A picture with a side of more than 1,024 pixels is reduced to that first, since networks see it whole. Transparent parts
            count as white, and the result has 8 bits.

              swiftgan translate runs/lines drawing.png --output picture.png
              swiftgan translate runs/translation a.jpg --direction a-to-b --output b.png
            """)

    @OptionGroup var options: PictureOptions

    @Option(help: "The direction, for a run that knows both: a-to-b or b-to-a.")
    var direction: String?

    func run() throws {
        try reportingErrors {
            let opened = try options.open()
            let generator = try options.generator(
                of: opened, as: (any TranslatesPictures).self, for: "translate")
            let known = generator.game.directions
            let direction = direction ?? known[0]
            guard known.contains(direction) else {
                throw RecipeError(
                    "--direction: expected \(known.joined(separator: " or ")), found '\(direction)'"
                )
            }
            let picture = try options.read()
            let (width, height) = generator.size(for: picture)
            let writer = try PictureWriter(
                path: options.output, width: width, height: height,
                form: PictureForm(isGrey: false, colours: picture.form.colours), inputs: [picture])
            try writer.write(generator.translate(picture, direction))
            try writer.finish()
            try tell(
                "\(picture.width) x \(picture.height) translated \(direction), \(width) x \(height) in \(options.output)"
            )
        }
    }
}
