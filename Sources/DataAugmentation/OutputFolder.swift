internal import Datasets
internal import Foundation
internal import Pictures
internal import Platform
internal import Tensors

/// Where pictures go: a folder for each class, beside the run that drew them and the report.
struct OutputFolder {
    static let run = "run"
    static let report = "report.md"
    /// The first line of a report, by which a folder of an earlier call is known.
    static let title = "# More pictures by swiftgan augment"

    let path: String

    /// Makes the folder, or takes that of an earlier call.
    ///
    /// - Parameters:
    ///   - classNames: What the folders in it will be called.
    ///   - sources: Folders of pictures, which must not be written to.
    /// - Throws: ``DataError`` if it holds other things.
    init(_ path: String, classNames: [String], sources: [String]) throws {
        self.path = path
        func standard(_ path: String) -> String {
            URL(fileURLWithPath: path).resolvingSymlinksInPath().path + "/"
        }
        for source in sources
        where standard(source).hasPrefix(standard(path))
            || standard(path).hasPrefix(standard(source))
        {
            throw DataError(
                "--output \(path): expected a folder apart from \(source), whose pictures are read")
        }
        if let name = classNames.first(where: { [Self.run, Self.report].contains($0) }) {
            throw DataError(
                "expected no class called \(name), since the output has a part of that name; rename it"
            )
        }
        let found = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let report = try? String(contentsOfFile: "\(path)/\(Self.report)", encoding: .utf8)
        let isOurs = report?.hasPrefix(Self.title) ?? false
        let own = Set(classNames + [Self.run, Self.report])
        if let other = found.sorted().first(where: { !isOurs || !own.contains($0) }) {
            throw DataError(
                "--output \(path): expected a new folder, or one that augment wrote for the same classes, found \(shown(other)) in it"
            )
        }
        do { try makeFolder(path) } catch {
            throw DataError("--output \(path): expected a folder that can be made, found \(error)")
        }
    }

    var runPath: String { "\(path)/\(Self.run)" }
    var reportPath: String { "\(path)/\(Self.report)" }

    /// Writes each picture as CLASS/0001.png and so on, in place of those of an earlier call.
    func write(_ pictures: PictureSet, classNames: [String]) throws {
        for (label, numbers) in pictures.numbers(classes: classNames.count).enumerated() {
            let folder = "\(path)/\(classNames[label])"
            try? FileManager.default.removeItem(atPath: folder)
            try makeFolder(folder)
            for (place, number) in numbers.enumerated() {
                let digits = "\(place + 1)"
                let name = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                try picture(pictures, number).write(to: "\(folder)/\(name).png")
            }
        }
    }

    private func picture(_ pictures: PictureSet, _ number: Int) -> Picture {
        let (channels, plane) = (pictures.shape[0], pictures.shape[1] * pictures.shape[2])
        var picture = Picture(
            width: pictures.shape[2], height: pictures.shape[1], channels: channels)
        let bytes = Array(pictures.picture(number))
        for channel in 0..<channels {
            for pixel in 0..<plane {
                picture.pixels[pixel * channels + channel] = bytes[channel * plane + pixel]
            }
        }
        return picture
    }

    /// - Parameter report: What comes below its title.
    func write(report: String) throws {
        let text = "\(Self.title)\n\n\(report)\n"
        try UnfinishedFile.write(Data(text.utf8), to: reportPath)
    }
}
