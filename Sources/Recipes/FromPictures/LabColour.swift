internal import Tensors

/// Colours as lightness and two opponent axes, in which equal distances look about equal (CIE L*a*b*, 1976; white D65, of
/// sRGB pictures).
///
/// It takes basic arithmetic and square roots alone, so that all hosts get the same bits.
enum LabColour {
    /// What scaled values are multiplied with to give L*, a* and b*: lightness is then 50 · (scaled + 1).
    static let scale: (lightness: Float, opponents: Float) = (50, 110)

    /// Scaled L*, a* and b* of pictures `[pictures, 3, height, width]` in -1...1.
    static func scaled(_ pictures: Tensor) -> Tensor {
        map(pictures) { red, green, blue in
            let lab = lab(SIMD3(red, green, blue) * 0.5 + 0.5)
            return SIMD3(
                lab.x / scale.lightness - 1, lab.y / scale.opponents, lab.z / scale.opponents)
        }
    }

    /// Pictures in -1...1 of scaled L*, a* and b*; colours that no screen can show are brought to the nearest that one can,
    /// channel by channel.
    static func pictures(_ scaled: Tensor) -> Tensor {
        map(scaled) { lightness, a, b in
            rgb(
                SIMD3(
                    (lightness + 1) * scale.lightness, a * scale.opponents, b * scale.opponents))
                * 2 - 1
        }
    }

    private static func map(
        _ images: Tensor, _ change: (Float, Float, Float) -> SIMD3<Float>
    ) -> Tensor {
        let shape = images.shape
        let (plane, from) = (shape[2] * shape[3], images.value.scalars)
        var to = [Float](repeating: 0, count: from.count)
        for image in 0..<shape[0] {
            let first = 3 * image * plane
            for pixel in first..<(first + plane) {
                let new = change(from[pixel], from[pixel + plane], from[pixel + 2 * plane])
                (to[pixel], to[pixel + plane], to[pixel + 2 * plane]) = (new.x, new.y, new.z)
            }
        }
        return Tensor(to, shape: shape)
    }

    /// L*, a* and b* of red, green and blue in 0...1.
    static func lab(_ rgb: SIMD3<Float>) -> SIMD3<Float> {
        let linear = SIMD3(linear(rgb.x), linear(rgb.y), linear(rgb.z))
        // Each sum of a row is that of white, which divides it.
        let x = f(sum(linear * SIMD3(0.4124564, 0.3575761, 0.1804375)) / white.x)
        let y = f(sum(linear * SIMD3(0.2126729, 0.7151522, 0.0721750)) / white.y)
        let z = f(sum(linear * SIMD3(0.0193339, 0.1191920, 0.9503041)) / white.z)
        return SIMD3(116 * y - 16, 500 * (x - y), 200 * (y - z))
    }

    /// Red, green and blue in 0...1, held there.
    static func rgb(_ lab: SIMD3<Float>) -> SIMD3<Float> {
        let y = (lab.x + 16) / 116
        let xyz = SIMD3(inverse(y + lab.y / 500), inverse(y), inverse(y - lab.z / 200)) * white
        return SIMD3(
            gamma(sum(xyz * SIMD3(3.2404542, -1.5371385, -0.4985314))),
            gamma(sum(xyz * SIMD3(-0.9692660, 1.8760108, 0.0415560))),
            gamma(sum(xyz * SIMD3(0.0556434, -0.2040259, 1.0572252))))
    }

    /// The sum in this order, which decides its bits.
    private static func sum(_ numbers: SIMD3<Float>) -> Float { numbers.x + numbers.y + numbers.z }

    private static let white = SIMD3<Float>(0.95047, 1, 1.08883)

    /// The curve of lightness, of light in 0...1.
    private static let f = Curve { $0 > 0.008856452 ? root($0, 3) : $0 * 7.787037 + 16 / 116 }

    private static func inverse(_ t: Float) -> Float {
        t > 0.20689656 ? t * t * t : (t - 16 / 116) / 7.787037
    }

    /// Light of an sRGB number (IEC 61966-2-1): ((x + .055) / 1.055) to the power of 2.4.
    private static let linear = Curve { x in
        guard x > 0.04045 else { return x / 12.92 }
        let base = (x + 0.055) / 1.055
        return base * base * root(base * base, 5)
    }

    /// The sRGB number of light: 1.055 times its power of 1 / 2.4, less .055.
    private static let gamma = Curve { x in
        // 1 / 2.4 is 5 / 12, a third of 5 / 4.
        x > 0.0031308 ? 1.055 * root(x * x.squareRoot().squareRoot(), 3) - 0.055 : x * 12.92
    }

    /// The root of a degree, 3 or 5, of a number in 0.0007...1, by Newton's method: it comes down from above to within rounding.
    private static func root(_ number: Double, _ degree: Int) -> Double {
        var x = 1.0
        for _ in 0..<14 {
            let square = x * x
            x -= (x - number / (degree == 3 ? square : square * square)) / Double(degree)
        }
        return x
    }
}

/// A function of 0...1, in a table; between its entries it is a line, and beyond its ends it stays.
private struct Curve {
    private static let steps = 4_096
    private let values: [Float]

    init(_ function: (Double) -> Double) {
        values = (0...Self.steps).map { Float(function(Double($0) / Double(Self.steps))) }
    }

    func callAsFunction(_ x: Float) -> Float {
        let place = max(0, min(1, x)) * Float(Self.steps)
        let step = min(Self.steps - 1, Int(place))
        return values[step] + (values[step + 1] - values[step]) * (place - Float(step))
    }
}
