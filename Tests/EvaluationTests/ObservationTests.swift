import Datasets
import Evaluation
import PretrainedNetworks
import Tensors
import Testing

@Suite("Examples of several fields, as measures see them")
struct ObservationTests {
    private let left = Field("left", [1, 8, 8], .image)
    private let right = Field("right", [3, 8, 8], .image)
    private let row = Field("row", [5], .numbers)

    private func numbers(_ shape: Shape, _ seed: UInt64) -> NDArray {
        NDArray(
            RandomSource(seed: seed).uniform(shape.elementCount, at: .init(.data), in: -1..<1),
            shape: shape)
    }

    private func observations(_ subject: Subject, _ seed: UInt64) -> Observations {
        let fields = subject.fields.enumerated().map { index, field in
            (field.name, numbers(Shape([40] + field.shape), seed * 10 + UInt64(index)))
        }
        return Observations(Dictionary(uniqueKeysWithValues: fields), of: subject)
    }

    @Test("Measures look at the field they are given, and else at the first")
    func fields() {
        let subject = Subject("pairs", fields: [row, left])
        let (samples, training) = (observations(subject, 1), observations(subject, 2))
        let reals = Reals(
            training: training, heldOut: observations(subject, 3), random: RandomSource(seed: 0))
        func features(_ observations: Observations, _ field: String) -> Features {
            Features(observations.values(of: field))
        }
        for (measure, field, prefix) in [
            (Distances(), "row", ""), (Distances(of: "left"), "left", "left."),
        ] {
            let expected = features(samples, field).frechetDistance(to: features(training, field))
            #expect(measure.values(of: samples, among: reals)[0] == expected)
            #expect(measure.metrics(of: subject)[0].name == "\(prefix)frechet-distance")
        }
        for measure: any Measure in [
            Distances(of: "left"), PrecisionAndRecall(of: "left"), Diversity(of: "left"),
        ] {
            let kinds = measure.metrics(of: subject)
            #expect(kinds.allSatisfy { $0.name.hasPrefix("left.") })
            #expect(measure.values(of: samples, among: reals).count == kinds.count)
        }
    }

    @Test("Images are seen through the extractor, and other numbers as they are")
    func features() throws {
        let extractor = RandomConvolutions(of: left.shape)
        let subject = Subject("pairs", fields: [left, right, row], extractor: extractor)
        let samples = observations(subject, 1)
        #expect(samples.features().values == extractor.features(samples.values()).values)
        // Each channel is an image of its own.
        #expect(samples.features(of: "right").dimensions == 3 * samples.features().dimensions)
        #expect(samples.features(of: "row").values == Features(samples.values(of: "row")).values)
    }

    @Test("An extractor of other images is refused, and any where there are no images")
    func refusals() throws {
        let extractor = RandomConvolutions(of: right.shape)
        func check(_ field: String?, _ fields: [Field]) throws {
            let subject = Subject("pairs", fields: fields, extractor: extractor)
            try Distances(of: field).check(subject)
        }
        try check("right", [left, right])
        try check("row", [right, row])
        let other = try #require(throws: EvaluationError.self) { try check(nil, [left, right]) }
        #expect("\(other)".contains("expected one of images of"), "\(other)")
        let none = try #require(throws: EvaluationError.self) { try check(nil, [row]) }
        #expect("\(none)".contains("pairs draws no images"), "\(none)")
    }

    @Test("What is derived from examples is computed once for each field and type")
    func derived() {
        let observations = observations(Subject("pairs", fields: [row, left]), 1)
        var computed = 0
        func sum(_ field: String?) -> Float {
            observations.derived(from: field) {
                computed += 1
                return observations.values(of: field).scalars.reduce(0, +)
            }
        }
        #expect(sum(nil) == sum("row") && computed == 1)
        #expect(sum("left") != sum("row") && computed == 2)
        #expect(observations.derived(from: "row") { "other" } == "other")
    }

    @Test("A classifier's own classes are told, and accuracy where they were asked for")
    func classes() throws {
        let extractor = try TrainedClassifier.included(for: "fashion")
        var subject = Subject("clothes", fields: [.image([1, 28, 28])], extractor: extractor)
        func names() -> [String] { Classes().metrics(of: subject).map(\.name) }
        #expect(names().isEmpty)
        subject.classifiers = ["fashion"]
        subject.classes = 10
        #expect(names() == ["classes", "class-kl"])
        subject.isConditional = true
        #expect(names() == ["classes", "class-kl", "class-accuracy"])
        let images = numbers([20, 1, 28, 28], 4)
        let labels = extractor.read(images).classes.map(Float.init)
        let samples = Observations(
            ["image": images, "class": NDArray(labels, shape: [20])], of: subject)
        let reals = Reals(training: samples, heldOut: samples, random: RandomSource(seed: 0))
        #expect(Classes().values(of: samples, among: reals)[2] == 1)
    }
}
