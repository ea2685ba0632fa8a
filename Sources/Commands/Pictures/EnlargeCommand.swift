import Adversarial
import ArgumentParser
import PictureEditing
import Pictures

struct EnlargeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enlarge",
        abstract: "Enlarge a picture with a run of super-resolution.",
        discussion: """
            Pictures have any size. What is grey, transparent or of 16 bits stays so, and colour profiles are kept. Large pictures
            are cut into tiles, which overlap as far as the network sees: there are no seams.
            """)

    @OptionGroup var options: PictureOptions

    func run() throws {
        try reportingErrors {
            let opened = try options.open()
            let generator = try options.generator(
                of: opened, as: (any EnlargesPictures).self, for: "enlarge")
            let picture = try options.read()
            let factor = generator.game.factor
            let (width, height) = (picture.width * factor, picture.height * factor)
            let writer = try PictureWriter(
                path: options.output, width: width, height: height, form: picture.form,
                inputs: [picture])
            try generator.enlarge(picture) { try writer.write($0) }
            try writer.finish()
            try tell(
                "\(picture.width) x \(picture.height) enlarged to \(width) x \(height) in \(options.output)"
            )
        }
    }
}
