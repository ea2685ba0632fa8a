internal import Pictures
public import Tensors

/// Samples `[2]` as dots in a square that reaches as far from the origin in each direction.
public struct PointDepiction: Depiction {
    private let reach: Float

    public init(reach: Float) { self.reach = reach }

    public func shows(_ shape: Shape) -> Bool { shape == [2] }

    public var formats: [SampleFormat] {
        [
            SampleFormat(
                endings: ["png"], together: { _, path, _ in DottedSquare(reach: reach, to: path) },
                alone: nil)
        ]
    }
}

extension Depiction where Self == PointDepiction {
    /// Points as dots in a square of -reach...reach both ways.
    public static func point(reach: Float) -> Self { PointDepiction(reach: reach) }
}

private final class DottedSquare: SampleFile {
    private static let side = 384
    private let reach: Float
    private let path: String
    private var square = Picture(width: side, height: side, channels: 1, background: 255)

    init(reach: Float, to path: String) { (self.reach, self.path) = (reach, path) }

    func add(_ points: NDArray, beside others: [NDArray]) {
        let side = Self.side
        let scalars = points.scalars
        for point in 0..<points.shape[0] {
            let x = (scalars[2 * point] / reach + 1) / 2 * Float(side)
            let y = (1 - scalars[2 * point + 1] / reach) / 2 * Float(side)
            guard x.isFinite, y.isFinite, x >= 1, y >= 1, x < Float(side - 1), y < Float(side - 1)
            else { continue }
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                square.pixels[(Int(y) + dy) * side + Int(x) + dx] = 0
            }
        }
    }

    func finish() throws { try square.write(to: path) }
}
