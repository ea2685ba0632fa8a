internal import Evaluation
internal import PretrainedNetworks
internal import Tensors

/// Measures whether clothes stay what they are when they move in another way.
///
/// It is the share of clips in which a classifier of clothes sees the same as in a frame of another clip of the same thing; for
/// real clips, as in another frame of the same clip. Beside it is the share of the commonest kind of clothes, which is near 1 where
/// the generator draws only one.
struct SameThing: Measure {
    let usesExtractor = false

    func metrics(of subject: Subject) -> [Metric.Kind] {
        [.init("same-thing", better: .larger), .init("commonest-thing", better: .smaller)]
    }

    func check(_ subject: Subject) throws { _ = try TrainedClassifier.included(for: "fashion") }

    func values(of samples: Observations, among reals: Reals) -> [Double] {
        guard let clothes = try? TrainedClassifier.included(for: "fashion") else {
            preconditionFailure("the classifier was checked before")
        }
        let clips = samples.values()
        let (count, frames, side) = (clips.shape[0], clips.shape[1], clips.shape[3])
        let all = Tensor(clips).reshaped(to: [count * frames, 1, side, side])
        func frame(_ number: Int) -> NDArray {
            withoutGradients { all.gathered((0..<count).map { $0 * frames + number }).value }
        }
        let others =
            samples === reals.heldOut
            ? frame(frames / 2) : samples.values(of: MotionAndContent.sameThing)
        let (own, other) = (
            clothes.read(centred(frame(0))).classes, clothes.read(centred(others)).classes
        )
        let shares = Dictionary(grouping: own) { $0 }.map { Double($1.count) / Double(count) }
        return [
            Double(zip(own, other).count { $0 == $1 }) / Double(count), shares.max() ?? 0,
        ]
    }

    /// What is in grey pictures `[count, 1, side, side]`, alone and as large as the classifier knows it, 28 x 28.
    private func centred(_ pictures: NDArray) -> NDArray {
        let (count, side, wanted) = (pictures.shape[0], pictures.shape[2], 28)
        let scalars = pictures.scalars
        var result: [Float] = []
        for picture in 0..<count {
            let pixels = scalars[(picture * side * side)..<((picture + 1) * side * side)]
            let seen = pixels.enumerated().filter { $0.element > -0.7 }.map(\.offset)
            let rows = seen.map { $0 / side }
            let columns = seen.map { $0 % side }
            let (top, bottom) = (rows.min() ?? 0, rows.max() ?? side - 1)
            let (left, right) = (columns.min() ?? 0, columns.max() ?? side - 1)
            let extent = Float(max(bottom - top, right - left) + 1)
            func pixel(_ row: Int, _ column: Int) -> Float {
                guard (0..<side).contains(row), (0..<side).contains(column) else { return -1 }
                return pixels[pixels.startIndex + row * side + column]
            }
            for row in 0..<wanted {
                let y = place(row, wanted, Float(top + bottom) / 2, extent)
                let above = Int(y.rounded(.down))
                for column in 0..<wanted {
                    let x = place(column, wanted, Float(left + right) / 2, extent)
                    let before = Int(x.rounded(.down))
                    let (down, across) = (y - Float(above), x - Float(before))
                    let upper =
                        pixel(above, before) * (1 - across) + pixel(above, before + 1) * across
                    let lower =
                        pixel(above + 1, before) * (1 - across) + pixel(above + 1, before + 1)
                        * across
                    result.append(upper * (1 - down) + lower * down)
                }
            }
        }
        return NDArray(result, shape: [count, 1, wanted, wanted])
    }

    /// Where a pixel of the wanted picture lies in a square around a middle.
    private func place(_ pixel: Int, _ wanted: Int, _ middle: Float, _ extent: Float) -> Float {
        middle + ((Float(pixel) + 0.5) / Float(wanted) - 0.5) * extent
    }
}
