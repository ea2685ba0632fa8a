import Foundation
import NeuralNetworks
import Platform
import Recipes
import Tensors

/// The tensors of a safetensors file, by name.
func readTensors(_ path: String) throws -> [String: NDArray] {
    let file: Data
    do { file = try RegularFile.content(of: path) } catch {
        throw RecipeError("\(path): expected a safetensors file, found \(error)")
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
