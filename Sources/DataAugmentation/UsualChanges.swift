internal import Tensors

/// What people usually do to have more pictures: shift, turn, shear and scale them, and make what is drawn thicker or thinner.
struct UsualChanges {
    /// How many numbers one change takes.
    static let draws = 9

    /// The largest shift and the largest hole, as shares of the side.
    var shift: Float = 0.08
    var hole: Float = 0
    /// The tangent of the largest angle by which pictures are turned, and the largest shear.
    var turn: Float = 0.25
    var shear: Float = 0.25
    var scale: Float = 0.12
    /// How far grey pixels move at most towards the darkest or the brightest around them.
    var thickness: Float = 0.6

    static let usual = UsualChanges()
    /// Changes that leave no doubt of the class, and such that leave some (FixMatch; Sohn et al., 2020).
    static let weak = UsualChanges(turn: 0.05, shear: 0.05, scale: 0.05, thickness: 0)
    static let strong = UsualChanges(
        shift: 0.12, hole: 0.4, turn: 0.4, shear: 0.4, scale: 0.2, thickness: 0.8)

    /// Pictures of a set, `[numbers, channels, side, side]` in -1...1, each changed in its own way.
    func tensor(
        _ pictures: PictureSet, _ numbers: [Int], step: Int, stream: Int, _ random: RandomSource
    ) -> Tensor {
        let values = numbers.enumerated().flatMap { row, number in
            let place = RandomSource.Place(
                .augmentation, network: stream, iteration: step, position: row)
            return changed(
                pictures.picture(number).map(PictureSet.value), pictures.shape,
                by: random.uniform(Self.draws, at: place, in: -1..<1))
        }
        return Tensor(values, shape: Shape([numbers.count] + pictures.shape))
    }

    /// A picture `[channels, side, side]`, changed as ``draws`` numbers in -1..<1 say.
    func changed(_ picture: [Float], _ shape: Shape, by draws: [Float]) -> [Float] {
        let (channels, side) = (shape[0], shape[1])
        var changed = moved(picture, channels: channels, side: side, by: draws)
        if thickness > 0, channels == 1 {
            changed = thickened(changed, side: side, by: draws[6] * thickness)
        }
        if hole > 0 {
            let extent = Int(hole * Float(side))
            func first(_ draw: Float) -> Int { Int((draw + 1) / 2 * Float(side - extent)) }
            for channel in 0..<channels {
                for row in first(draws[7])..<(first(draws[7]) + extent) {
                    for column in first(draws[8])..<(first(draws[8]) + extent) {
                        changed[(channel * side + row) * side + column] = 0
                    }
                }
            }
        }
        return changed
    }

    /// Each pixel is taken from where it comes from, between the four around; borders go on beyond the picture.
    private func moved(
        _ picture: [Float], channels: Int, side: Int, by draws: [Float]
    ) -> [Float] {
        let (centre, last) = (Float(side - 1) / 2, Float(side - 1))
        let offset = SIMD2(draws[0], draws[1]) * (shift * Float(side))
        // A turn by its tangent: sines differ between processors.
        let tangent = draws[2] * turn
        let size = (1 + draws[4] * scale) / (1 + tangent * tangent).squareRoot()
        let right = SIMD2<Float>(1, tangent) * size
        let down = SIMD2<Float>(draws[3] * shear - tangent, 1 + draws[5] * scale) * size
        var moved = [Float](repeating: 0, count: picture.count)
        for row in 0..<side {
            for column in 0..<side {
                let from =
                    right * (Float(column) - centre) + down * (Float(row) - centre) + offset
                    + centre
                let place = from.clamped(lowerBound: .zero, upperBound: SIMD2(last, last))
                let (x, y) = (Int(place.x), Int(place.y))
                let (beside, below) = (min(x + 1, side - 1), min(y + 1, side - 1))
                let (across, along) = (place.x - Float(x), place.y - Float(y))
                for channel in 0..<channels {
                    let plane = channel * side * side
                    func mixed(_ row: Int) -> Float {
                        let first = picture[plane + row * side + x]
                        return first + across * (picture[plane + row * side + beside] - first)
                    }
                    let upper = mixed(y)
                    moved[plane + row * side + column] = upper + along * (mixed(below) - upper)
                }
            }
        }
        return moved
    }

    /// Moves each pixel towards the brightest of its three by three, or the darkest where the amount is negative.
    private func thickened(_ picture: [Float], side: Int, by amount: Float) -> [Float] {
        let (share, sign): (Float, Float) = (abs(amount), amount < 0 ? -1 : 1)
        var thickened = picture
        for row in 0..<side {
            for column in 0..<side {
                var most = -Float.infinity
                for y in max(0, row - 1)...min(side - 1, row + 1) {
                    for x in max(0, column - 1)...min(side - 1, column + 1) {
                        most = max(most, sign * picture[y * side + x])
                    }
                }
                let own = picture[row * side + column]
                thickened[row * side + column] = own + share * (sign * most - own)
            }
        }
        return thickened
    }
}
