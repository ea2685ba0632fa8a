// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same rules; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Whether this is the package that is worked on.
///
/// SwiftPM refuses unsafe flags in a package that another one depends on by version, and keeps such a package in a folder of this
/// name.
let isDependency = Context.packageDirectory.split(separator: "/").dropLast().last == "checkouts"

/// Loops over many numbers stay optimized in debug builds: unoptimized they run about a hundred times slower.
let optimizedC: [CSetting] = isDependency ? [] : [.unsafeFlags(["-O3"])]
let optimized: [SwiftSetting] =
    strict + (isDependency ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))])

let package = Package(
    name: "SwiftGAN",
    products: [
        .executable(name: "swiftgan", targets: ["swiftgan"]),
        .library(
            name: "SwiftGAN", targets: ["SwiftGAN"]),
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
        .target(name: "CKernels", cSettings: optimizedC),
        .target(
            name: "Tensors", dependencies: ["COneDNN", "CKernels", "Platform"],
            swiftSettings: strict),
        .target(
            name: "NeuralNetworks", dependencies: ["Tensors", "CKernels"], swiftSettings: strict),
        .target(
            name: "COnnxMessages", linkerSettings: [.linkedLibrary("protobuf-c")]),
        .target(
            name: "CClassifiers",
            exclude: [
                "fashion.safetensors", "mnist.safetensors", "moving-clothes.safetensors",
            ]),
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
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .systemLibrary(name: "CWebP"),
        .target(
            name: "Pictures", dependencies: ["CJPEG", "CPNG", "CWebP", "CZlib", "Platform"],
            // Pictures are loops over many pixels.
            swiftSettings: optimized),
        .systemLibrary(name: "CSodium"),
        .target(name: "Hashing", dependencies: ["CSodium"], swiftSettings: strict),
        .target(
            name: "Datasets",
            dependencies: ["CKernels", "CZlib", "Hashing", "Pictures", "Platform", "Tensors"],
            // Data are loops over many numbers.
            swiftSettings: optimized),
        .systemLibrary(name: "COpenBLAS"),
        .systemLibrary(name: "CXGBoost"),
        .target(
            name: "Evaluation",
            dependencies: [
                "COpenBLAS", "CXGBoost", "Datasets", "NeuralNetworks", "Pictures", "Platform",
                "PretrainedNetworks", "Tensors",
            ],
            // Measures are loops over many numbers.
            swiftSettings: optimized),
        .target(
            name: "Recipes",
            dependencies: [
                "Adversarial", "Datasets", "Evaluation", "Hashing", "NeuralNetworks",
                "PretrainedNetworks", "Tensors",
                .product(name: "Yams", package: "Yams"),
            ],
            // What is hidden, drawn and coloured of pictures are loops over many pixels.
            swiftSettings: optimized),

        // What trained generators do to pictures that people have.
        .target(
            name: "PictureEditing",
            dependencies: ["Adversarial", "NeuralNetworks", "Pictures", "Tensors"],
            // Masks are loops over many pixels.
            swiftSettings: optimized),

        // More labelled pictures, and whether they help.
        .target(
            name: "DataAugmentation",
            dependencies: [
                "Adversarial", "Cluster", "Datasets", "Hashing", "NeuralNetworks", "PictureEditing",
                "Pictures", "Platform", "PretrainedNetworks", "Recipes", "Tensors",
            ],
            // Changes of pictures are loops over many pixels.
            swiftSettings: optimized),

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
                "Pictures", "Platform", "PretrainedNetworks", "Recipes", "Tensors", "Wire",
            ],
            // Simulations go through its states ten thousand times.
            swiftSettings: optimized),
        // The protocol under every misfortune, in simulated time.
        .target(
            name: "Simulation",
            dependencies: ["Adversarial", "Cluster", "NeuralNetworks", "Tensors", "Wire"],
            swiftSettings: optimized),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // The commands, the library that holds them with all that recipes are made of, and the program.
        .target(
            name: "Commands",
            dependencies: [
                "Adversarial", "DataAugmentation", "Benchmarks", "Cluster", "Datasets",
                "Evaluation",
                "Hashing", "NeuralNetworks", "PictureEditing", "Pictures", "Platform",
                "PretrainedNetworks",
                "Recipes", "Tensors", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "SwiftGAN",
            dependencies: [
                "Adversarial", "Cluster", "Commands", "Datasets", "Evaluation", "Hashing",
                "NeuralNetworks", "Pictures", "PretrainedNetworks", "Recipes", "Tensors",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "swiftgan", dependencies: ["SwiftGAN"], path: "Sources/Program",
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
            name: "PicturesTests", dependencies: ["CZlib", "Pictures"],
            resources: [.copy("Pictures")], swiftSettings: strict),
        .testTarget(
            name: "DatasetsTests",
            dependencies: ["Datasets", "Evaluation", "Hashing", "Pictures", "Tensors"],
            swiftSettings: strict),
        .testTarget(
            name: "RecipesTests",
            dependencies: [
                "Adversarial", "Datasets", "Evaluation", "Hashing", "NeuralNetworks",
                "PretrainedNetworks", "Recipes", "Tensors",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Datasets", "Evaluation", "Pictures", "PretrainedNetworks", "Tensors"],
            resources: [.copy("Networks")], swiftSettings: strict),
        .testTarget(
            name: "PictureEditingTests",
            dependencies: [
                "Adversarial", "NeuralNetworks", "PictureEditing", "Pictures", "Tensors",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DataAugmentationTests",
            dependencies: ["DataAugmentation", "Datasets", "Pictures", "Tensors"],
            swiftSettings: strict),
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
            dependencies: ["Cluster", "Evaluation", "Pictures", "Tensors", "Wire", "swiftgan"],
            swiftSettings: strict),
    ]
)

// The examples make up a package, Examples/Package.swift. Here the same files are built for the tests, with what is public alone.
for name in ["OwnRecipe", "TrainFromSwift", "TwoCritics"] {
    package.targets.append(
        .executableTarget(
            name: name, dependencies: ["SwiftGAN"], path: "Examples/\(name)",
            packageAccess: false))
}

// Fuzz targets have no main function of their own, so ordinary builds must not meet them: scripts/fuzz does.
if Context.environment["SWIFTGAN_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Adversarial", "CZlib", "Cluster", "Datasets", "Hashing", "Pictures",
                "PretrainedNetworks", "Recipes", "Tensors", "Wire",
            ],
            swiftSettings: strict))
}
