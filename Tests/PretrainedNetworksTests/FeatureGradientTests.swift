import PretrainedNetworks
import Tensors
import Testing

@Suite("Features that images can be changed by")
struct FeatureGradientTests {
    /// Of thousands of leaky units, one or the other changes sides as a pixel is moved; operators on their own are held to less.
    private static let kinked = 0.05

    private func images(_ shape: Shape) -> NDArray {
        NDArray(
            RandomSource(seed: 3).uniform(shape.elementCount, at: .init(.data), in: -1..<1),
            shape: shape)
    }

    @Test("Slopes through the classifier that comes with the program are those of differences")
    func classifier() throws {
        let network = try TrainedClassifier.included(for: "fashion")
        let images = images([2, 1, 28, 28])
        expectSlopes(at: images, tolerance: Self.kinked) { [network.features(of: $0)] }
        expectSlopes(at: images, tolerance: Self.kinked) {
            network.featureMaps(of: $0, at: ["inner", "down1"])
        }
    }

    @Test("So are those through random convolutions")
    func randomConvolutions() {
        let network = RandomConvolutions(of: [3, 16, 16])
        let images = images([2, 3, 16, 16])
        expectSlopes(at: images, tolerance: Self.kinked) { [network.features(of: $0)] }
        expectSlopes(at: images, tolerance: Self.kinked) {
            network.featureMaps(of: $0, at: network.depths)
        }
    }

    @Test(
        "So are those through exported networks, and at all of their depths",
        arguments: [
            ("convolutions", [2, 3, 9, 10]), ("pools", [2, 3, 7, 8]), ("shapes", [1, 3, 3, 4]),
            ("lists", [2, 3, 4, 4]), ("resampled", [2, 1, 7, 4]), ("beside", [1, 3, 2, 2]),
        ] as [(String, Shape)])
    func exported(name: String, shape: Shape) throws {
        let network = try ExportedNetwork(
            path: TestNetworks.path(name), for: shape.dropFirst())
        let images = TestNetworks.images(shape)
        expectSlopes(at: images, tolerance: 1e-2) { [network.features(of: $0)] }
        expectSlopes(at: images, tolerance: 1e-2) {
            network.featureMaps(of: $0, at: network.depths)
        }
    }

    @Test("An exported network has a depth for each value that its file names")
    func depths() throws {
        let network = try ExportedNetwork(
            path: TestNetworks.path("convolutions"), for: [3, 9, 10])
        #expect(network.depths == (1...11).map { "a\($0)" } + ["y"])
        let images = Tensor(TestNetworks.images([2, 3, 9, 10]))
        let maps = network.featureMaps(of: images, at: ["y", "a3", "a10", "a3"])
        #expect(maps.map(\.shape) == [[2, 5], [2, 16, 5, 5], [2, 6, 1, 1], [2, 16, 5, 5]])
        #expect(maps[0].value.scalars == network.features(of: images).value.scalars)
        #expect(maps[1].value.scalars == maps[3].value.scalars)
        #expect(maps[1].value.scalars.allSatisfy { $0 >= 0 })
        #expect(network.featureMaps(of: images, at: []).isEmpty)
    }

    @Test("A classifier's last depth are its features, whatever else is asked for")
    func classifierDepths() throws {
        let network = try TrainedClassifier.included(for: "mnist")
        #expect(network.depths == ["down1", "down2", "inner", "features"])
        let images = Tensor(images([3, 1, 28, 28]))
        let maps = network.featureMaps(of: images, at: ["features", "down1", "inner", "down2"])
        #expect(
            maps.map(\.shape) == [[3, 64], [3, 32, 14, 14], [3, 32, 7, 7], [3, 64, 7, 7]])
        #expect(maps[0].value.scalars == network.features(of: images).value.scalars)
    }
}
