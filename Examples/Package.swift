// swift-tools-version: 6.2
import PackageDescription

let swiftGAN = Target.Dependency.product(name: "SwiftGAN", package: "SwiftGAN")

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "SwiftGAN", path: "..")],
    targets: [
        .executableTarget(name: "OwnRecipe", dependencies: [swiftGAN], path: "OwnRecipe"),
        .executableTarget(name: "TrainFromSwift", dependencies: [swiftGAN], path: "TrainFromSwift"),
        .executableTarget(name: "TwoCritics", dependencies: [swiftGAN], path: "TwoCritics"),
    ]
)
