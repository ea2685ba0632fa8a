import Foundation
import PretrainedNetworks
import Tensors
import Testing

@Suite("Classifiers as extractors")
struct ClassifierTests {
    @Test("A file that is no classifier is refused by name")
    func refusal() throws {
        let path = "\(NSTemporaryDirectory())/swiftgan-classifier-\(UUID().uuidString)"
        try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: PretrainedNetworkError.self) { _ = try TrainedClassifier(path: path) }
        #expect(throws: PretrainedNetworkError.self) { _ = try TrainedClassifier(path: "/nowhere") }
    }

    @Test("A classifier that was written and read again gives the same features")
    func writing() throws {
        let path = "\(NSTemporaryDirectory())/swiftgan-classifier-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let network = try TrainedClassifier.included(for: "fashion")
        try network.write(to: path)
        let again = try TrainedClassifier(path: path)
        let images = Tensor(NDArray(repeating: 0.5, shape: [1, 1, 28, 28]))
        #expect(again.name == network.name)
        #expect(
            again.features(of: images).value.scalars == network.features(of: images).value.scalars)
    }
}
