internal import Adversarial
internal import CZlib
internal import Cluster
internal import Datasets
internal import Foundation
internal import Pictures
internal import PretrainedNetworks
internal import Recipes

extension Decoder {
    static let files = [
        Decoder(
            name: "checkpoint", longest: 1 << 16, memory: 384,
            bound: "1 MiB of header, 32 as it is decoded, and the state of its run",
            seeds: checkpoints
        ) { input in
            func decode(_ file: UnsafeRawBufferPointer) throws {
                _ = try Checkpoint.snapshot(file, of: TinyCluster.run, isTraining: true)
            }
            try? decode(input)
            try (Array(input) + zeros).withUnsafeBytes(decode)
        },
        Decoder(
            name: "classifier", longest: 1 << 16, memory: 384,
            bound: "1 MiB of header, 32 as it is decoded, and its network", seeds: classifiers
        ) { input in
            memoryFile.write(input)
            _ = try? TrainedClassifier(path: memoryFile.path)
            memoryFile.write(Array(input) + zeros)
            _ = try TrainedClassifier(path: memoryFile.path)
        },
        Decoder(
            name: "table", longest: 1 << 16, memory: 384,
            bound: "2 GiB of text, and what its rows are as numbers", seeds: tables
        ) { input in
            memoryFile.write(input)
            let table = try TableRows(
                path: memoryFile.path, kinds: [:], schemaName: "schema.yaml", isHeldOut: false,
                isStrict: false)
            _ = try table.examples(0..<min(4, table.count))
        },
        Decoder(
            name: "encoder", longest: 1 << 16, memory: 384,
            bound: "its texts and numbers", seeds: encoders
        ) { input in
            let encoder = try TableEncoder(json: Data(input), source: "encoder.json")
            let row = Array(repeating: Float(1), count: encoder.form.width)
            row.withUnsafeBufferPointer { row in
                if let start = row.baseAddress { _ = encoder.cells(start, number: 0) }
            }
        },
        Decoder(
            name: "idx", longest: 1 << 16, memory: 384,
            bound: "1 GiB as it is inflated, and no more than its header says", seeds: idxFiles
        ) { input in
            memoryFile.write(input)
            _ = try? IDXImages(path: otherFile.path, labelPath: memoryFile.path, classes: 10)
            _ = try IDXImages(path: memoryFile.path)
        },
        Decoder(
            name: "png", longest: 1 << 16, memory: 640,
            bound: "2^26 pixels in 192 MiB", seeds: { try pngPictures() + pictures("png") }
        ) { input in
            let mended = withSoundChecksums(Array(input))
            if !mended.elementsEqual(input) { _ = try? RGBImage(decoding: input) }
            try mended.withUnsafeBytes(decodePicture)
        },
        Decoder(
            name: "edited-png", longest: 1 << 16, memory: 1024,
            bound: "2^26 pixels in 512 MiB, and 128 to spread colours",
            seeds: { try pngPictures() + pictures("png") }
        ) { input in
            try withSoundChecksums(Array(input)).withUnsafeBytes(editPicture)
        },
        Decoder(
            name: "jpeg", longest: 1 << 16, memory: 1024,
            bound: "2^26 pixels in 192 MiB, and 512 for coefficients; 2^30 pixels over all scans",
            seeds: { try pictures("jpg") }, decode: decodePicture),
        Decoder(
            name: "edited-jpeg", longest: 1 << 16, memory: 1024,
            bound: "2^26 pixels in 192 MiB, and 512 for coefficients; 2^30 pixels over all scans",
            seeds: { try pictures("jpg") }, decode: editPicture),
        Decoder(
            name: "webp", longest: 1 << 16, memory: 1024,
            bound: "2^26 pixels in 256 MiB, and as much for a lossless file",
            seeds: { try pictures("webp") }, decode: decodePicture),
        Decoder(
            name: "edited-webp", longest: 1 << 16, memory: 1024,
            bound: "2^26 pixels in 256 MiB, as much for a lossless file, and 128 to spread colours",
            seeds: { try pictures("webp") }, decode: editPicture),
        Decoder(
            name: "emoji-font", longest: 1 << 16, memory: 384,
            bound: "the file, and one picture of 2^20 pixels",
            seeds: {
                [font(of: try (0..<11).map { try png(picture(3 + $0, 4, channels: 3)) })]
            }
        ) { input in
            memoryFile.write(input)
            _ = try EmojiFont(path: memoryFile.path).images(side: 16, part: .training)
        },
        Decoder(
            name: "yaml", longest: 1 << 17, memory: 384, bound: "64 KiB of text", seeds: texts
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            let run = try Run(yaml: text, source: "run.yaml", among: .builtIn)
            _ = ClusterShape(run)
            _ = try Run(yaml: run.yaml, source: "again", among: .builtIn)
        },
        Decoder(
            name: "chorales", longest: 1 << 16, memory: 512,
            bound: "8 MiB of JSON, 256 as it is decoded", seeds: chorales
        ) { input in
            memoryFile.write(input)
            for isHeldOut in [false, true] {
                _ = try Chorales(path: memoryFile.path, heldOut: isHeldOut)
            }
        },
    ]
}

private let memoryFile = MemoryFile()
private let otherFile: MemoryFile = {
    let file = MemoryFile()
    file.write(idx(.images, count: 2))
    return file
}()

/// What inputs of headers alone are continued with: numbers need not be searched for.
private let zeros = [UInt8](repeating: 0, count: 1 << 20)

// MARK: Safetensors

/// A file's header, with its length.
private func header(of path: String) throws -> [UInt8] {
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    let size = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Array(file.prefix(8 + size))
}

/// Tables of people: with quotes, and with decimal commas between semicolons.
private func tables() -> [[UInt8]] {
    let english = (0..<30).map {
        "\($0),\"Smith, \($0 % 7)\",\($0 * 37 % 29).5,2024-01-\($0 % 9 + 10),\($0 % 3 == 0 ? "" : "x")\n"
    }
    let german = (0..<30).map { "\($0 * 31 % 23);1.\(100 + $0),5;\($0 % 4)\r\n" }
    return ["id,name,size,day,mark\n" + english.joined(), "a;b;c\r\n" + german.joined()].map {
        Array($0.utf8)
    }
}

/// How such tables become numbers.
private func encoders() throws -> [[UInt8]] {
    try tables().map { table in
        memoryFile.write(table)
        let rows = try TableRows(
            path: memoryFile.path, kinds: [:], schemaName: "schema.yaml", isHeldOut: false,
            isStrict: false)
        return Array(rows.encoder.json)
    }
}

private func checkpoints() throws -> [[UInt8]] {
    let folder = NSTemporaryDirectory() + "swiftgan-fuzz-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = TinyCluster.run
    let path = try RunFolder(path: folder, run: run, isResuming: false)
    try path.begin(run)
    try Checkpoint.write(TinyCluster.snapshot, of: run, to: path)
    return [try header(of: "\(folder)/checkpoints/00000000.safetensors")]
}

private func classifiers() throws -> [[UInt8]] {
    try ["mnist", "fashion"].map {
        try header(of: "Sources/CClassifiers/\($0).safetensors")
    }
}

// MARK: Data

private enum IDXKind: UInt8 { case labels = 1, images = 3 }

private func idx(_ kind: IDXKind, count: UInt8) -> [UInt8] {
    let extents: [UInt8] = kind == .labels ? [count] : [count, 2, 3]
    let header: [UInt8] = [0, 0, 8, kind.rawValue] + extents.flatMap { [0, 0, 0, $0] as [UInt8] }
    return header + (0..<extents.reduce(1, *)).map { $0 % 10 }
}

private func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    let file = MemoryFile()
    let stream = gzopen(file.path, "wb")
    gzwrite(stream, bytes, UInt32(bytes.count))
    gzclose(stream)
    return file.content
}

private func idxFiles() -> [[UInt8]] {
    let plain = [idx(.images, count: 2), idx(.labels, count: 2)]
    return plain + plain.map(gzipped) + [gzipped(idx(.images, count: 2) + zeros)]
}

private func chorales() -> [[UInt8]] {
    let piece = "[" + Array(repeating: "[60,57,-1,36]", count: 32).joined(separator: ",") + "]"
    let text = "{\"train\":[\(piece)],\"valid\":[],\"test\":[\(piece)]}"
    return [Array(text.utf8), gzipped(Array(text.utf8))]
}

private func texts() throws -> [[UInt8]] {
    let runs = try ([Recipe].builtIn + Recipe.workloads).map { recipe in
        try Run(recipe: recipe, settings: recipe.defaults, manifest: TinyCluster.run.manifest)
    }
    return runs.map { Array($0.yaml.utf8) }
        + ["{format: 6, 'recipe': \"ring\"}", "a: &a [1]\nb: *a\n"].map { Array($0.utf8) }
}

// MARK: Pictures

private func picture(_ width: Int, _ height: Int, channels: Int) -> Picture {
    var picture = Picture(width: width, height: height, channels: channels)
    for index in picture.pixels.indices {
        picture.pixels[index] = UInt8(truncatingIfNeeded: index * index * 7 + width)
    }
    return picture
}

private func png(_ picture: Picture) throws -> [UInt8] {
    let file = MemoryFile()
    try picture.write(to: file.path)
    return file.content
}

private func pngPictures() throws -> [[UInt8]] {
    try [
        png(picture(5, 3, channels: 3)), png(picture(4, 4, channels: 1)),
        png(picture(40, 30, channels: 3)),
    ]
}

/// The picture with each chunk's checksum as it should be: no search finds one.
private func withSoundChecksums(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var at = 8
    while at + 12 <= file.count {
        let length = file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard at + 12 + length <= file.count else { break }
        let end = at + 8 + length
        let checksum = Array(file[(at + 4)..<end]).withUnsafeBufferPointer {
            crc32(0, $0.baseAddress, UInt32($0.count))
        }
        for place in 0..<4 {
            file[end + place] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt(place)))
        }
        at = end + 4
    }
    return file
}

private func decodePicture(_ file: UnsafeRawBufferPointer) throws {
    _ = try RGBImage(decoding: file).square(side: 16)
}

/// Reads a picture to be changed, and changes a corner of it.
private func editPicture(_ file: UnsafeRawBufferPointer) throws {
    var picture = try EditablePicture(decoding: file, name: "input")
    let (x, y) = (0..<min(16, picture.width), 0..<min(16, picture.height))
    let corner = picture.region(x: x, y: y)
    picture.replace(x: x, y: y, with: Array(corner.prefix(3 * x.count * y.count)))
    guard picture.region(x: x, y: y) == corner else {
        fatalError("expected the same picture where the same was put in, found another")
    }
    _ = picture.region(x: -40..<8, y: (picture.height - 8)..<(picture.height + 40))
}

/// Those that tests read, by the end of their names.
private func pictures(_ ending: String) throws -> [[UInt8]] {
    let folder = "Tests/PicturesTests/Pictures"
    return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(ending) }.sorted().map {
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
        }
}
