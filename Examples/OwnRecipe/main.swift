import SwiftGAN

SwiftGAN.main(recipes: .builtIn + [.checkerboard])

extension Recipe {
    static let checkerboard = Recipe(
        name: "checkerboard", summary: "perceptrons that learn the black squares of a small board",
        data: "made by counting; no file", measures: [Distances(), Diversity()],
        defaults: Recipe.ring.defaults, makeFields: { _ in [.point] },
        openData: { Checkerboard(isHeldOut: $0.part == .heldOut, random: $0.random) },
        depiction: .point(reach: 2.5))
}

/// Points on the eight black squares of a board of four by four, in -2...2 both ways.
struct Checkerboard: Dataset {
    let count = 1 << 16
    let fields = [Field.point]
    let isHeldOut: Bool
    let random: RandomSource
    var manifest: DataManifest {
        DataManifest(count: count, digest: SHA256.digest(of: "\(random.seed) \(isHeldOut)"))
    }
    func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        let draws = random.uniform(
            3, at: .init(.data, network: isHeldOut ? 1 : 0, position: index))
        let (column, row) = ((draws[0] * 4).rounded(.down), (draws[1] * 2).rounded(.down) * 2)
        arrays[0][0] = draws[0] * 4 - 2
        arrays[0][1] = row + column.truncatingRemainder(dividingBy: 2) + draws[2] - 2
    }
}
