internal import Datasets
internal import Foundation
internal import Tensors

extension IDXImages {
    /// The images, and where they are wanted the classes, of a folder as MNIST and its like come in.
    ///
    /// - Parameter hint: What to do where a file is missing.
    init(_ request: DataRequest, folder: String, hint: String) throws {
        let part = request.part == .training ? "train" : "t10k"
        func file(_ name: String) throws -> String {
            let candidates = ["\(folder)/\(name).gz", "\(folder)/\(name)"]
            guard let path = candidates.first(where: FileManager.default.fileExists) else {
                throw DataError("\(folder): expected \(name).gz, found none; \(hint)")
            }
            return path
        }
        let path = try file("\(part)-images-idx3-ubyte")
        try self.init(
            path: path,
            labelPath: request.isLabelled ? try file("\(part)-labels-idx1-ubyte") : nil,
            classes: 10)
        guard fields[0].shape == [1, 28, 28] else {
            throw DataError("\(path): expected images of 28 x 28, found \(fields[0].shape)")
        }
    }
}
