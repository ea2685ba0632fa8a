import Foundation
import Tensors

/// The files of `Networks/make-networks`, and the images that it gave them.
enum TestNetworks {
    private static let folder = Bundle.module.bundlePath + "/Networks"
    static let expected = "\(folder)/expected.json"

    static func path(_ name: String) -> String { "\(folder)/\(name).onnx" }

    /// The byte of image n, channel c, row y and column x is (57n + 31c + 7y + 13x) mod 256; bytes are brought to -1...1.
    static func images(_ shape: Shape) -> NDArray {
        var pixels: [Float] = []
        for n in 0..<shape[0] {
            for c in 0..<shape[1] {
                for y in 0..<shape[2] {
                    pixels += (0..<shape[3]).map { x in
                        Float((57 * n + 31 * c + 7 * y + 13 * x) % 256) / 127.5 - 1
                    }
                }
            }
        }
        return NDArray(pixels, shape: shape)
    }
}
