import Evaluation
import Foundation
import PretrainedNetworks
import Tensors
import Testing

@Suite("Features for measures")
struct FeatureExtractionTests {
    private func images(_ shape: Shape) -> NDArray {
        NDArray(
            RandomSource(seed: 3).uniform(shape.elementCount, at: .init(.data), in: -1..<1),
            shape: shape)
    }

    @Test("Random convolutions tell images apart, and are the same everywhere")
    func random() {
        let extractor = RandomConvolutions(of: [1, 28, 28])
        let images = images([2, 1, 28, 28])
        let (first, second) = (extractor.features(images), extractor.features(images))
        #expect(first.values == second.values && first.count == 2 && first.dimensions == 64)
        #expect(first[0..<1].values != first[1..<2].values)
    }

    @Test("An image's features do not depend on how many are computed with it")
    func parts() {
        let extractor = RandomConvolutions(of: [3, 8, 8])
        #expect(extractor.imagesAtOnce == 100)
        let images = images([203, 3, 8, 8])
        let found = extractor.features(images)
        #expect(found.count == 203)
        for number in [0, 99, 100, 202] {
            let one = extractor.features(Tensor(images).sliced(0, number..<(number + 1)).value)
            let other = found[number..<(number + 1)]
            #expect(zip(one.values, other.values).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test("A classifier's features are the same with its classes and without")
    func classes() throws {
        let classifier = try TrainedClassifier.included(for: "fashion")
        let images = images([130, 1, 28, 28])
        let reading = classifier.read(images)
        #expect(reading.features.values == classifier.features(images).values)
        #expect(reading.classes.count == 130 && reading.classes.allSatisfy((0..<10).contains))
        #expect(reading.certainties.allSatisfy { (0.1...1).contains($0) })
        #expect(classifier.accuracy(images, reading.classes) == 1)
    }

    @Test("A network of more features than measures can compare is refused in one line")
    func tooMany() throws {
        let path = Bundle.module.bundlePath + "/Networks/many-features.onnx"
        let error = try #require(throws: EvaluationError.self) {
            try ExportedNetwork.extractor(path: path, for: [3, 4, 4])
        }
        let reason = "expected at most 4096 features, found 12288, [3, 64, 64] of each image"
        #expect("\(error)".contains("many-features.onnx: \(reason)"), "\(error)")
        #expect(!"\(error)".contains { $0.isNewline })
    }
}
