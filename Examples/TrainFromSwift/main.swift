import SwiftGAN

// TrainFromSwift [ITERATIONS] [FOLDER]
let arguments = CommandLine.arguments.dropFirst()
var settings = Recipe.ring.defaults
settings.iterations = arguments.first.flatMap { Int($0) } ?? 2_000

let cluster = try LocalCluster(
    .ring, settings, output: arguments.dropFirst().first ?? "runs/ring-from-swift")
let trained = try cluster.train { event in
    switch event {
    case .progress(let progress) where progress.iteration % 100 == 0:
        let scalars = progress.scalars.map { "\($0.name) \($0.value)" }
        print("\(progress.iteration)/\(progress.iterations)", scalars.joined(separator: ", "))
    case .progress: break
    case .said(let line): print(line)
    }
}

// Samples are plain numbers: count how many lie within a tenth of the circle that the modes are on.
let samples = try trained.samples(1_000)
let numbers = samples.scalars
let near = (0..<samples.shape[0]).count { sample in
    let (x, y) = (numbers[2 * sample], numbers[2 * sample + 1])
    return abs((x * x + y * y).squareRoot() - 1) < 0.1
}
print("\(near) of \(samples.shape[0]) samples, \(samples.shape), lie near the circle")
print("weights sha256 \(trained.weights)")
