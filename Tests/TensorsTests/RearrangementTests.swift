import Tensors
import Testing

@Suite("Slices, rows, windows and single examples: values, and gradients to the second order")
struct RearrangementTests {
    static let places: [(Shape, Int)] = [
        ([5, 3], 0), ([2, 7, 3], 1), ([2, 16, 3, 5], 3), ([1, 4], 1),
    ]

    @Test("Slices, paddings and concatenations fit together", arguments: places)
    func slices(shape: Shape, dimension: Int) {
        let extent = shape[dimension]
        let x = Tensor((0..<shape.elementCount).map(Float.init), shape: shape)
        let parts = [x.sliced(dimension, 0..<1), x.sliced(dimension, 1..<extent)]
        #expect(Tensor.concatenated(parts, along: dimension).value.scalars == x.value.scalars)
        let padded = x.padded(dimension, before: 2, after: 1)
        #expect(padded.shape[dimension] == extent + 3 && padded.sum().scalar == x.sum().scalar)
        #expect(padded.sliced(dimension, 2..<(extent + 2)).value.scalars == x.value.scalars)
        expectGradients(of: [shape]) {
            $0[0].squared().sliced(dimension, 1..<extent).padded(dimension, before: 1, after: 2)
        }
        expectGradients(of: [shape, shape]) {
            Tensor.concatenated([$0[0].squared(), $0[1] * $0[0]], along: dimension)
        }
    }

    @Test("A slice of nothing is empty")
    func emptySlice() {
        let nothing = Tensor([1, 2, 3], shape: [3]).sliced(0, 1..<1)
        #expect(nothing.shape == [0] && nothing.value.scalars == [])
    }

    @Test("Gathered rows come in their order; rows asked for twice gather both gradients")
    func rows() {
        let table = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
        #expect(table.gathered([2, 0, 2]).value.scalars == [5, 6, 1, 2, 5, 6])
        #expect(table.gathered([]).shape == [0, 2])
        let variable = Tensor.variable(table.value)
        let sum = variable.gathered([2, 0, 2]).sum()
        #expect(gradient(of: sum, withRespectTo: variable).value.scalars == [1, 1, 0, 0, 2, 2])
        expectGradients(of: [[4, 3]]) { $0[0].squared().gathered([1, 3, 1]) }
    }

    @Test("Softmax sums to one, even far from zero", arguments: [Shape([3, 5]), [2, 3, 1], [17]])
    func softmax(shape: Shape) {
        expectGradients(of: [shape]) { $0[0].softmax() }
        expectGradients(of: [shape]) { $0[0].logSoftmax() }
        let far = Tensor([1000, 1000, -1000], shape: [3])
        #expect(far.softmax().value.scalars == [0.5, 0.5, 0])
        #expect(abs(far.logSoftmax().value.scalars[0] + 0.693147) < 1e-5)
    }

    @Test("A choice is one of a row or nothing, and learns as its odds do")
    func choice() {
        let scores = Tensor.variable(NDArray([2, 1, -1, -3, -1, -2], shape: [2, 3]))
        let chosen = scores.chosen()
        #expect(chosen.value.scalars == [1, 0, 0, 0, 0, 0])
        let prices = Tensor([3, 5, 7, 4, 6, 8], shape: [2, 3])
        let nothing = Tensor([0, 0], shape: [2, 1])
        let odds = Tensor.concatenated([scores, nothing], along: 1).softmax().sliced(1, 0..<3)
        let found = gradient(of: (chosen * prices).sum(), withRespectTo: scores)
        let expected = gradient(of: (odds * prices).sum(), withRespectTo: scores)
        #expect(found.value.scalars == expected.value.scalars)
        #expect(found.value.scalars.allSatisfy { $0 != 0 })
    }

    @Test("Bilinear enlarging goes a quarter of the way to each neighbour, and stops at the border")
    func bilinear() {
        let line = Tensor([0, 4], shape: [1, 1, 2])
        #expect(line.upsampledBilinear().value.scalars == [0, 1, 3, 4])
        let square = Tensor([0, 4, 8, 12], shape: [1, 1, 2, 2]).upsampledBilinear()
        #expect(
            square.value.scalars == [0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12])
    }

    @Test(
        "Any number of spatial dimensions is resampled, in blocks or not",
        arguments: [
            Shape([2, 3, 4]), [1, 2, 4, 6], [2, 16, 2, 4], [1, 1, 2, 4, 2], [1, 16, 2, 2, 4],
        ])
    func resamplingGradients(shape: Shape) {
        expectGradients(of: [shape]) { $0[0].squared().averagePooled(by: 2) }
        expectGradients(of: [shape]) { $0[0].squared().upsampledNearest(by: 3) }
        expectGradients(of: [shape]) { $0[0].squared().upsampledBilinear() }
        let ones = Tensor(NDArray(repeating: 1, shape: shape))
        #expect(ones.averagePooled(by: 2).value.scalars.allSatisfy { $0 == 1 })
        #expect(ones.upsampledBilinear().value.scalars.allSatisfy { $0 == 1 })
    }

    @Test("Cubic resampling gives Pillow's values, smaller and larger, and differentiates")
    func cubic() {
        let values = (0..<64).map { Float($0 * $0 % 37) }
        let image = Tensor(values, shape: [1, 1, 8, 8])
        func expect(_ found: [Float], _ pillow: [Float]) {
            #expect(zip(found, pillow).allSatisfy { abs($0 - $1) < 1e-4 }, "\(found)")
        }
        expect(
            image.resampledBicubic(height: 4, width: 4).value.scalars,
            [
                11.266837, 13.958304, 24.475986, 15.139091, 27.935202, 21.29105, 20.84574,
                13.908435, 17.102648, 16.774586, 10.631923, 13.615967, 25.08419, 18.813784,
                18.048481, 26.308573,
            ])
        expect(
            Array(image.resampledBicubic(height: 12, width: 12).value.scalars[..<12]),
            [
                -1.9329987, -0.77012384, 0.9036307, 1.9764864, 5.493421, 9.899244, 13.638767,
                19.67023, 27.64428, 37.724323, 25.109907, 10.943906,
            ])
        expectGradients(of: [[1, 2, 6, 4]]) {
            $0[0].squared().resampledBicubic(height: 3, width: 2)
        }
    }

    @Test("The largest of a window is picked, and takes all of its gradient")
    func maximumPooling() {
        let x = Tensor([1, 5, 2, 0, 3, 4, -1, 7], shape: [1, 1, 2, 4])
        #expect(x.maximumPooled(by: 2).value.scalars == [5, 7])
        let variable = Tensor.variable(x.value)
        let sum = variable.maximumPooled(by: 2).sum()
        #expect(
            gradient(of: sum, withRespectTo: variable).value.scalars == [0, 1, 0, 0, 0, 0, 0, 1])
        for shape in [Shape([2, 3, 6]), [1, 16, 4, 2], [1, 2, 2, 2, 4]] {
            expectGradients(of: [shape], tolerance: 5e-2, in: 1..<20) {
                ($0[0] * 0.1).squared().maximumPooled(by: 2)
            }
        }
    }

    @Test("Pooling, enlarging and shuffling pixels")
    func resampling() {
        let x = Tensor((0..<16).map(Float.init), shape: [1, 1, 4, 4])
        #expect(x.averagePooled(by: 2).value.scalars == [2.5, 4.5, 10.5, 12.5])
        let small = Tensor([1, 2], shape: [1, 1, 1, 2])
        #expect(small.upsampledNearest(by: 2).value.scalars == [1, 1, 2, 2, 1, 1, 2, 2])
        let channels = Tensor([1, 2, 3, 4], shape: [1, 4, 1, 1])
        #expect(channels.pixelShuffled(by: 2).shape == [1, 1, 2, 2])
        #expect(channels.pixelShuffled(by: 2).value.scalars == [1, 2, 3, 4])
        for shape in [Shape([2, 16, 4, 6]), [1, 3, 2, 2], [2, 4, 6]] {
            expectGradients(of: [shape]) { $0[0].squared().averagePooled(by: 2) }
            expectGradients(of: [shape]) { $0[0].squared().upsampledNearest(by: 3) }
        }
        expectGradients(of: [[2, 8, 3, 5]]) { $0[0].squared().pixelShuffled(by: 2) }
    }

    @Test("Normalizations of single examples")
    func normalizations() {
        let x = Tensor(
            RandomSource(seed: 4).normal(2 * 16 * 9, at: .init(.data), mean: 2, deviation: 3),
            shape: [2, 16, 3, 3])
        for mean in x.layerNormalized().mean(over: [1, 2, 3]).value.scalars {
            #expect(abs(mean) < 1e-5)
        }
        for square in x.instanceNormalized().squared().mean(over: [2, 3]).value.scalars {
            #expect(abs(square - 1) < 1e-3)
        }
        for square in x.pixelNormalized().squared().mean(over: [1]).value.scalars {
            #expect(abs(square - 1) < 1e-4)
        }
        for shape in [Shape([2, 5, 3, 3]), [1, 16, 2, 3]] {
            expectGradients(of: [shape], tolerance: 4e-2) { $0[0].layerNormalized(epsilon: 0.1) }
            expectGradients(of: [shape], tolerance: 4e-2) { $0[0].instanceNormalized(epsilon: 0.1) }
            expectGradients(of: [shape], tolerance: 4e-2) { $0[0].pixelNormalized(epsilon: 0.1) }
            expectGradients(of: [shape], in: 0.5..<1) { $0[0].norm(over: [1, 2, 3]) }
        }
    }

    @Test("Clipping holds values within the range, and passes gradients inside alone")
    func clipping() {
        let x = Tensor.variable(NDArray([-3, 0.25, 3], shape: [3]))
        let y = x.clipped(to: -1...2)
        #expect(y.value.scalars == [-1, 0.25, 2])
        #expect(gradient(of: y.sum(), withRespectTo: x).value.scalars == [0, 1, 0])
        // Held exactly, also far beyond the end of a range without beginning.
        let far = Tensor([-1e30, 0.1, 1e7 + 0.3], shape: [3]).clipped(to: -.infinity...6)
        #expect(far.value.scalars == [-1e30, 0.1, 6])
        expectGradients(of: [[4, 5]], in: 0.2..<0.6) { $0[0].clipped(to: 0.1...0.8).squared() }
    }

    @Test("Windows that overlap each give their largest element, and its gradient where it stands")
    func overlappingWindows() {
        let x = Tensor.variable(NDArray([1, 5, 2, 4, 9, 3], shape: [1, 1, 2, 3]))
        #expect(x.maximumPooled(3, over: [0..<2, 1..<3]).value.scalars == [5, 5, 9, 9])
        #expect(x.maximumPooled(2, over: [0..<2]).value.scalars == [4, 9, 3])
        let sum = x.maximumPooled(3, over: [0..<2, 1..<3, 2..<3]).squared().sum()
        let slopes = gradient(of: sum, withRespectTo: x).value.scalars
        #expect(slopes == [0, 20, 4, 0, 36, 6])
    }

    @Test("Images of another size lie between the centres of the pixels they had")
    func otherSizes() {
        let line = Tensor([0, 4], shape: [1, 1, 1, 2])
        #expect(line.resampledBilinear(height: 1, width: 4).value.scalars == [0, 1, 3, 4])
        #expect(line.resampledBilinear(height: 2, width: 1).value.scalars == [2, 2])
        let image = Tensor((0..<12).map(Float.init), shape: [1, 2, 2, 3])
        let twice = image.resampledBilinear(height: 4, width: 6).value.scalars
        let known = image.upsampledBilinear().value.scalars
        #expect(zip(twice, known).allSatisfy { abs($0 - $1) < 1e-5 })
        expectGradients(of: [[2, 3, 4, 3]]) {
            $0[0].squared().resampledBilinear(height: 3, width: 5)
        }
    }
}
