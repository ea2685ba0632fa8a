// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same rules; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Element loops stay optimized in debug builds: unoptimized they run about a hundred times slower.
let optimized: [CSetting] = [.unsafeFlags(["-O3"])]

let package = Package(
    name: "SwiftGAN",
    products: [
        .executable(name: "swiftgan", targets: ["swiftgan"]),
        .library(
            name: "SwiftGAN", targets: ["Recipes", "Cluster", "Evaluation", "PretrainedNetworks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // What the operating system gives, and refuses.
        .target(name: "Platform", swiftSettings: strict),

        // Mathematics.
        .systemLibrary(name: "COneDNN"),
        .target(name: "CKernels", cSettings: optimized),
        .target(
            name: "Tensors", dependencies: ["COneDNN", "CKernels", "Platform"],
            swiftSettings: strict),
        .target(
            name: "NeuralNetworks", dependencies: ["Tensors", "CKernels"], swiftSettings: strict),
        .target(
            name: "COnnxMessages", linkerSettings: [.linkedLibrary("protobuf-c")]),
        // C has #embed since 2023: files become part of the program.
        .target(
            name: "CClassifiers", exclude: ["fashion.safetensors", "mnist.safetensors"],
            cSettings: [.unsafeFlags(["-std=c23"])]),
        .target(
            name: "PretrainedNetworks",
            dependencies: [
                "CClassifiers", "COnnxMessages", "NeuralNetworks", "Platform", "Tensors",
            ],
            swiftSettings: strict),
        .target(
            name: "Adversarial", dependencies: ["Datasets", "NeuralNetworks", "Tensors"],
            swiftSettings: strict),

        // Data.
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CPNG"),
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .systemLibrary(name: "CWebP"),
        .systemLibrary(name: "CSodium"),
        .target(name: "Hashing", dependencies: ["CSodium"], swiftSettings: strict),
        .target(
            name: "Datasets",
            dependencies: [
                "CZlib", "CPNG", "CJPEG", "CWebP", "CKernels", "Hashing", "Platform", "Tensors",
            ],
            // Pictures are loops over many pixels: they stay optimized in debug builds, too.
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .systemLibrary(name: "COpenBLAS"),
        .target(
            name: "Evaluation",
            dependencies: [
                "COpenBLAS", "CPNG", "Datasets", "NeuralNetworks", "Platform", "PretrainedNetworks",
                "Tensors",
            ],
            // Measures are loops over many numbers: they stay optimized in debug builds, too.
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(
            name: "Recipes",
            dependencies: [
                "Adversarial", "Datasets", "Evaluation", "Hashing", "NeuralNetworks",
                "PretrainedNetworks", "Tensors",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        .target(
            name: "Benchmarks",
            dependencies: ["Adversarial", "Datasets", "NeuralNetworks", "Tensors"],
            swiftSettings: strict),

        // The cluster: the one place where mathematics meets the wire.
        .systemLibrary(name: "CZeroMQ"),
        .target(
            name: "CWireMessages", linkerSettings: [.linkedLibrary("protobuf-c")]),
        .target(
            name: "Wire", dependencies: ["CWireMessages", "CZeroMQ", "CKernels", "Platform"],
            swiftSettings: strict),
        .target(
            name: "Cluster",
            dependencies: [
                "Adversarial", "CKernels", "Datasets", "Evaluation", "Hashing", "NeuralNetworks",
                "Platform", "PretrainedNetworks", "Recipes", "Tensors", "Wire",
            ],
            // Simulations go through its states ten thousand times: they stay optimized in debug builds, too.
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        // The protocol under every misfortune, in simulated time.
        .target(
            name: "Simulation",
            dependencies: ["Adversarial", "Cluster", "NeuralNetworks", "Tensors", "Wire"],
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "swiftgan",
            dependencies: [
                "Adversarial", "Benchmarks", "Cluster", "Datasets", "Evaluation", "Hashing",
                "NeuralNetworks", "Platform", "PretrainedNetworks", "Recipes", "Tensors", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .testTarget(name: "PlatformTests", dependencies: ["Platform"], swiftSettings: strict),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: strict),
        .testTarget(
            name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "Tensors"],
            swiftSettings: strict),
        .testTarget(
            name: "PretrainedNetworksTests", dependencies: ["PretrainedNetworks", "Tensors"],
            resources: [.copy("Networks")], swiftSettings: strict),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "Evaluation", "Tensors"],
            resources: [.copy("Pictures")], swiftSettings: strict),
        .testTarget(
            name: "RecipesTests",
            dependencies: [
                "Adversarial", "Datasets", "Evaluation", "NeuralNetworks", "PretrainedNetworks",
                "Recipes", "Tensors",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Datasets", "Evaluation", "PretrainedNetworks", "Tensors"],
            resources: [.copy("Networks")], swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: strict),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "Adversarial", "Cluster", "Datasets", "Evaluation", "Hashing", "Recipes",
                "Simulation", "Tensors", "Wire",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: ["Cluster", "Evaluation", "Tensors", "Wire", "swiftgan"],
            swiftSettings: strict),
    ]
)

// Fuzz targets have no main function of their own, so ordinary builds must not meet them: scripts/fuzz does.
if Context.environment["SWIFTGAN_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Adversarial", "CZlib", "Cluster", "Datasets", "Evaluation", "Hashing",
                "PretrainedNetworks", "Recipes", "Tensors", "Wire",
            ],
            swiftSettings: strict))
}
