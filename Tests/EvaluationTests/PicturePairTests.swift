import Evaluation
import Foundation
import Tensors
import Testing

@Suite("Pictures beside those that they should be like")
struct PicturePairTests {
    /// Two pictures that are alike, `[1, 3, 16, 16]`, by formulas that can be computed anywhere.
    private let pictures: (NDArray, NDArray) = {
        func picture(_ value: (_ x: Double, _ y: Double, _ channel: Double) -> Double) -> NDArray {
            let scalars = (0..<768).map { (place: Int) -> Float in
                let (x, y, channel) = (place % 16, place / 16 % 16, place / 256)
                return Float(value(Double(x), Double(y), Double(channel)))
            }
            return NDArray(scalars, shape: [1, 3, 16, 16])
        }
        func wave(_ x: Double, _ y: Double, _ channel: Double) -> Double {
            sin(0.3 * x + 0.7 * channel) * cos(0.2 * y)
        }
        let other = picture { x, y, channel in
            let ripple = cos(0.187 * x * y + channel)
            return 0.9 * wave(x, y, channel) + 0.1 * ripple
        }
        return (picture(wave), other)
    }()

    @Test("Signal to noise and structural similarity are what numpy makes of their definitions")
    func values() {
        let signal = pictures.0.peakSignalToNoise(against: pictures.1)
        #expect(abs(signal[0] - 27.024706) < 1e-4)
        let similarity = pictures.0.structuralSimilarity(to: pictures.1)
        #expect(abs(similarity[0] - 0.92421786) < 1e-6)
    }

    @Test("A picture is like itself, and each is compared with its own partner")
    func equal() {
        let (a, b) = pictures
        #expect(a.peakSignalToNoise(against: a) == [100])
        #expect(abs(a.structuralSimilarity(to: a)[0] - 1) < 1e-12)
        let both = NDArray(a.scalars + b.scalars, shape: [2, 3, 16, 16])
        let other = NDArray(b.scalars + b.scalars, shape: [2, 3, 16, 16])
        let found = both.peakSignalToNoise(against: other)
        #expect(found == [a.peakSignalToNoise(against: b)[0], 100])
    }
}
