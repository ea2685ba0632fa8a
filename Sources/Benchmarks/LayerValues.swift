internal import NeuralNetworks
public import Tensors

/// The values that a layer computes from some numbers, for comparison with another library: output, gradients, and
/// gradients of gradients.
struct LayerValues: Sendable {
    let name: String
    /// The input, `[batch, …]`.
    let input: Shape
    let build: @Sendable (inout ParameterTree) -> any Layer

    static let all: [LayerValues] = [
        .init(name: "linear", input: [5, 7]) { Linear(&$0, "layer", from: 7, to: 3) },
        .init(name: "convolution-k4s2", input: [4, 64, 16, 16]) {
            Convolution(
                &$0, "layer", from: 64, to: 128, kernel: 4, stride: 2, padding: 1, hasBias: true)
        },
        .init(name: "convolution-k4s2-small", input: [4, 64, 8, 8]) {
            Convolution(
                &$0, "layer", from: 64, to: 64, kernel: 4, stride: 2, padding: 1, hasBias: true)
        },
        .init(name: "convolution-k3s1", input: [3, 96, 9, 14]) {
            Convolution(&$0, "layer", from: 96, to: 96, kernel: 3, padding: 1, hasBias: true)
        },
        .init(name: "convolution-thin", input: [3, 3, 11, 8]) {
            Convolution(&$0, "layer", from: 3, to: 64, kernel: 3, padding: 1, hasBias: true)
        },
        .init(name: "convolution-1d", input: [3, 6, 21]) {
            Convolution(
                &$0, "layer", from: 6, to: 8, kernel: 5, dimensions: 1, stride: 2, padding: 2,
                hasBias: true)
        },
        .init(name: "convolution-3d", input: [2, 4, 5, 6, 7]) {
            Convolution(
                &$0, "layer", from: 4, to: 6, kernel: 3, dimensions: 3, padding: 1, hasBias: true)
        },
        .init(name: "convolution-dilated", input: [2, 6, 12, 12]) {
            Convolution(
                &$0, "layer", from: 6, to: 4, kernel: 3, padding: 2, dilation: 2, hasBias: true)
        },
        .init(name: "convolution-groups", input: [2, 32, 9, 9]) {
            Convolution(
                &$0, "layer", from: 32, to: 32, kernel: 3, padding: 1, groups: 2, hasBias: true)
        },
        .init(name: "transposed-k4s2", input: [4, 128, 8, 8]) {
            TransposedConvolution(
                &$0, "layer", from: 128, to: 64, kernel: 4, stride: 2, padding: 1, hasBias: true)
        },
        .init(name: "transposed-thin", input: [4, 64, 8, 8]) {
            TransposedConvolution(
                &$0, "layer", from: 64, to: 3, kernel: 4, stride: 2, padding: 1, hasBias: true)
        },
        .init(name: "batch-normalization", input: [6, 16, 5, 5]) {
            BatchNormalization(&$0, "layer", channels: 16)
        },
        .init(name: "layer-normalization", input: [4, 6, 5, 5]) {
            ExampleNormalization(&$0, "layer", over: .layer, channels: 6)
        },
        .init(name: "instance-normalization", input: [4, 6, 5, 5]) {
            ExampleNormalization(&$0, "layer", over: .instance, channels: 6)
        },
        .init(name: "gru", input: [4, 6, 5]) {
            Recurrent(&$0, "layer", cell: .gru, from: 5, units: 7)
        },
        .init(name: "lstm", input: [4, 6, 5]) {
            Recurrent(&$0, "layer", cell: .lstm, from: 5, units: 7)
        },
        .init(name: "average-pooling", input: [2, 16, 8, 6]) { _ in AveragePooling() },
        .init(name: "maximum-pooling", input: [2, 16, 8, 6]) { _ in MaximumPooling() },
        .init(name: "bilinear", input: [2, 16, 5, 6]) { _ in BilinearUpsampling() },
        .init(name: "nearest", input: [2, 16, 5, 6]) { _ in NearestUpsampling() },
        .init(name: "pixel-shuffle", input: [2, 16, 5, 6]) { _ in PixelShuffle() },
        .init(name: "leaky", input: [3, 40]) { _ in LeakyReLU() },
        .init(name: "tanh", input: [3, 40]) { _ in Tanh() },
    ]

    /// For input x, weights w and output y = f(x, w), these are the gradients of L = Σ tanh(y)·u for x and w, and those
    /// of Σ (∂L/∂x)².
    func values(_ random: RandomSource) -> [NamedValue] {
        let (network, module) = Network.single("network") { build(&$0) }
        let buffer = network.initialWeights(random, number: 0)
        for index in network.range(of: .weight) where buffer.pointer[index] == 0 {
            buffer.pointer[index] = 0.1 * Float(index % 5 - 2)
        }
        let x = Tensor.variable(
            NDArray(random.normal(input.elementCount, at: .init(.data)), shape: input))
        let pass = ForwardPass(network.weights(in: buffer), .training, isDifferentiable: true)
        let y = module(x, pass)
        let u = Tensor(
            random.uniform(y.shape.elementCount, at: .init(.samples), in: 0.5..<1.5),
            shape: y.shape)
        let loss = (y.tanh() * u).sum()
        let slope = gradient(of: loss, withRespectTo: x, isDifferentiable: true)
        let weightGradients = network.weightGradients(
            of: [loss], upstream: [Tensor(1)], from: pass, isDifferentiable: true)
        let penalty = slope.squared().sum()
        let secondOfInput = gradients(of: penalty, withRespectTo: [x], isDifferentiable: true)[0]
        let second = network.weightGradients(of: [penalty], upstream: [Tensor(1)], from: pass)
        var values = [
            NamedValue("\(name)/x", x.value), NamedValue("\(name)/u", u.value),
            NamedValue("\(name)/y", y.value), NamedValue("\(name)/first/x", slope.value),
        ]
        if let secondOfInput { values.append(.init("\(name)/second/x", secondOfInput.value)) }
        values += network.values(in: buffer, prefix: "\(name)/w/")
        values += network.named(weightGradients, prefix: "\(name)/first/")
        values += network.named(second, prefix: "\(name)/second/")
        return values
    }
}

/// An array with a name, as it is written to a file.
public struct NamedValue {
    public let name: String
    public let value: NDArray

    init(_ name: String, _ value: NDArray) {
        self.name = name
        self.value = value
    }
}

extension Network {
    /// The weights of a flat buffer, each with its name.
    func values(in buffer: Storage, prefix: String) -> [NamedValue] {
        layout.filter { $0.entry.role == .weight }.map { entry, range in
            NamedValue(
                prefix + entry.name, NDArray(shape: entry.shape, storage: buffer.view(range)))
        }
    }

    /// The gradients in the order of declaration, each with its parameter's name; missing ones are left out.
    func named(_ gradients: [Tensor?], prefix: String) -> [NamedValue] {
        zip(declaredNames, gradients).compactMap { name, gradient in
            gradient.map { NamedValue(prefix + name, $0.value) }
        }
    }
}
