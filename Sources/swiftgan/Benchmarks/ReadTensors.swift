import Foundation
import NeuralNetworks
import Recipes
import Tensors

/// The tensors of a safetensors file, by name.
func readTensors(_ path: String) throws -> [String: NDArray] {
    guard let file = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
        throw RecipeError("\(path): expected a safetensors file, found none that can be read")
    }
    return try file.withUnsafeBytes { bytes in
        do {
            let (entries, _) = try Safetensors.parse(bytes)
            return Dictionary(
                entries.map { entry in
                    (entry.name, NDArray(Array(entry.bytes.loadFloats()), shape: entry.shape))
                }, uniquingKeysWith: { first, _ in first })
        } catch { throw RecipeError("\(path): \(error)") }
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as floats, wherever they begin.
    fileprivate func loadFloats() -> [Float] {
        stride(from: 0, to: count, by: 4).map { loadUnaligned(fromByteOffset: $0, as: Float.self) }
    }
}
