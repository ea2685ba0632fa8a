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
            A picture with a side of more than 1,024 pixels is reduced to that first, since networks see it whole.

              swiftgan translate runs/lines drawing.png --output picture.png
              swiftgan translate runs/translation a.jpg --direction a-to-b --output b.png
            """)

    @OptionGroup var options: PictureOptions

    @Option(help: "What into what, of a run that knows two ways: a-to-b or b-to-a.")
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
            let made = generator.translate(picture, direction)
            let writer = try PictureWriter(
                path: options.output, width: made.width, height: made.height,
                form: PictureForm(isGrey: false, colours: picture.form.colours), inputs: [picture])
            try writer.write(made.planes)
            try writer.finish()
            try tell(
                "\(picture.width) x \(picture.height) translated \(direction), \(made.width) x \(made.height) in \(options.output)"
            )
        }
    }
}
