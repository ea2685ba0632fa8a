internal import Foundation
internal import Hashing
internal import Tensors

/// Four-voice chorales as piano rolls of two bars, `[voices, steps, pitches]`, with 1 where a voice sounds and -1
/// elsewhere.
///
/// The file is JSON, gzipped or not. Under `train`, `valid` and `test` it has a list of pieces. Each piece is a list of
/// steps (sixteenths), and each step lists the MIDI pitches of soprano, alto, tenor and bass, or -1 for a rest
/// (Boulanger-Lewandowski et al., 2012, as separated by Huang et al.).
public struct Chorales: Dataset {
    public static let voices = 4
    public static let steps = 32
    public static let pitches = 48
    /// The MIDI pitch of the first column.
    public static let lowest = 36

    /// The most bytes of JSON, inflated: five times Bach's chorales.
    ///
    /// Decoded, they can take thirty times as much.
    static let largestFile = 8 << 20

    public let count: Int
    /// The shape of one example.
    public static let field = Field("roll", [voices, steps, pitches], .choices)
    public let fields = [field]
    public let manifest: DataManifest
    /// For each example, step and voice, the column that sounds; -1 for none.
    private let columns: [Int8]

    /// Creates windows of two bars that begin at every bar of every piece.
    ///
    /// - Throws: ``DataError`` if the file is missing, or is something else.
    public init(path: String, heldOut: Bool) throws {
        var file = try InflatedFile(path: path)
        let content = Data(try file.read(Self.largestFile + 1))
        guard content.count <= Self.largestFile else {
            throw DataError(
                "\(path): expected at most \(Self.largestFile) bytes of JSON, found more")
        }
        guard let parts = try? JSONDecoder().decode([String: [[[Int]]]].self, from: content) else {
            throw DataError(
                "\(path): expected JSON with pieces of steps of four pitches under 'train', 'valid' and 'test', found something else"
            )
        }
        let pieces = (heldOut ? ["valid", "test"] : ["train"]).flatMap { parts[$0] ?? [] }
        var columns: [Int8] = []
        for (number, piece) in pieces.enumerated() {
            for start in stride(from: 0, through: piece.count - Self.steps, by: Self.steps / 2) {
                for step in piece[start..<(start + Self.steps)] {
                    columns += try Self.columns(of: step, at: "\(path): piece \(number)")
                }
            }
        }
        guard !columns.isEmpty else {
            throw DataError("\(path): expected pieces of at least two bars, found none")
        }
        self.columns = columns
        count = columns.count / (Self.voices * Self.steps)
        var hash = SHA256()
        hash.update("chorales\n")
        columns.withUnsafeBytes { hash.update($0) }
        manifest = DataManifest(count: count, digest: hash.finish())
    }

    private static func columns(of step: [Int], at place: String) throws -> [Int8] {
        guard step.count == voices else {
            throw DataError("\(place): expected steps of \(voices) pitches, found \(step.count)")
        }
        return try step.map { pitch in
            guard pitch == -1 || (lowest..<(lowest + pitches)).contains(pitch) else {
                throw DataError(
                    "\(place): expected pitches from \(lowest) to \(lowest + pitches - 1), or -1, found \(pitch)"
                )
            }
            return pitch == -1 ? -1 : Int8(pitch - lowest)
        }
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count && arrays.count == 1)
        let roll = arrays[0]
        let size = Self.field.shape.elementCount
        roll.update(repeating: -1, count: size)
        for step in 0..<Self.steps {
            for voice in 0..<Self.voices {
                let column = Int(columns[(index * Self.steps + step) * Self.voices + voice])
                guard column >= 0 else { continue }
                roll[(voice * Self.steps + step) * Self.pitches + column] = 1
            }
        }
    }
}
