import Tensors
import Testing

@testable import PretrainedNetworks

@Suite("Gradients through the operators of ONNX")
struct OperatorGradientTests {
    /// Nodes from "images", `[2, 3, 4, 5]`, to "y".
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let nodes: [ExportedModel.Node]

        init(_ testDescription: String, _ nodes: ExportedModel.Node...) {
            self.testDescription = testDescription
            self.nodes = nodes
        }
    }

    private static func node(
        _ kind: String, _ inputs: [String] = ["images"],
        _ attributes: [String: ExportedModel.Attribute] = [:], to output: String = "y"
    ) -> ExportedModel.Node {
        .init(kind: kind, name: "", inputs: inputs, outputs: [output], attributes: attributes)
    }

    private static let constants: [String: ExportedModel.Constant] = {
        let shapes: [(String, Shape, Range<Float>)] = [
            ("row", [5], -1..<1), ("channels", [3, 1, 1], -1..<1), ("divisors", [4, 5], 1..<2),
            ("taps", [4, 3, 3, 3], -1..<1), ("taps for each", [3, 1, 2, 2], -1..<1),
            ("four", [4], -1..<1), ("scale", [3], -1..<1), ("shift", [3], -1..<1),
            ("mean", [3], -1..<1), ("variance", [3], 0.5..<2), ("matrix", [60, 6], -1..<1),
            ("transposed", [6, 60], -1..<1), ("six", [6], -1..<1), ("columns", [5, 2], -1..<1),
        ]
        let random = RandomSource(seed: 8)
        var found = Dictionary(
            uniqueKeysWithValues: shapes.enumerated().map { index, each in
                let (name, shape, range) = each
                let numbers = random.uniform(
                    shape.elementCount, at: .init(.data, position: index), in: range)
                return (name, ExportedModel.Constant.floats(NDArray(numbers, shape: shape)))
            })
        found["low"] = .floats(NDArray([-0.3] as [Float], shape: []))
        found["high"] = .floats(NDArray([0.4] as [Float], shape: []))
        found["shape"] = .integers([-1, 6, 10])
        return found
    }()

    static let cases: [Case] = [
        Case("Add", node("Add", ["images", "channels"])),
        Case("Add of two branches", node("Tanh", to: "a"), node("Add", ["images", "a"])),
        Case("Sub", node("Sub", ["row", "images"])),
        Case("Mul", node("Mul", ["channels", "images"])),
        Case("Mul of images", node("Mul", ["images", "images"])),
        Case("Div", node("Div", ["images", "divisors"])),
        Case("Div by images", node("Sigmoid", to: "a"), node("Div", ["row", "a"])),
        Case("Relu", node("Relu")),
        Case("LeakyRelu", node("LeakyRelu", ["images"], ["alpha": .number(0.2)])),
        Case("Sigmoid", node("Sigmoid")), Case("Tanh", node("Tanh")),
        Case("Clip", node("Clip", ["images", "low", "high"])),
        Case("Clip from below", node("Clip", ["images"], ["min": .number(-0.3)])),
        Case("Softmax", node("Softmax", ["images"], ["axis": .integer(-1)])),
        Case(
            "BatchNormalization",
            node("BatchNormalization", ["images", "scale", "shift", "mean", "variance"])),
        Case(
            "Conv",
            node(
                "Conv", ["images", "taps", "four"],
                ["strides": .integers([2, 1]), "pads": .integers([1, 2, 0, 1])])),
        Case(
            "Conv of each channel",
            node(
                "Conv", ["images", "taps for each"],
                ["group": .integer(3), "dilations": .integers([1, 2])])),
        Case(
            "MaxPool",
            node(
                "MaxPool", ["images"],
                [
                    "kernel_shape": .integers([3, 3]), "strides": .integers([2, 2]),
                    "pads": .integers([1, 1, 1, 1]),
                ])),
        Case(
            "AveragePool",
            node(
                "AveragePool", ["images"],
                [
                    "kernel_shape": .integers([2, 3]), "strides": .integers([2, 1]),
                    "pads": .integers([0, 1, 0, 1]),
                ])),
        Case("GlobalAveragePool", node("GlobalAveragePool")),
        Case(
            "ReduceMean",
            node(
                "ReduceMean", ["images"], ["axes": .integers([2, -1]), "keepdims": .integer(0)])),
        Case("Flatten", node("Flatten")),
        Case(
            "Gemm", node("Flatten", to: "a"),
            node(
                "Gemm", ["a", "transposed", "six"],
                ["alpha": .number(0.5), "beta": .number(2), "transB": .integer(1)])),
        Case(
            "Gemm as it stands", node("Flatten", to: "a"), node("Gemm", ["a", "matrix"])),
        Case("MatMul", node("MatMul", ["images", "columns"])),
        Case("Reshape", node("Reshape", ["images", "shape"])),
        Case(
            "Unsqueeze and Squeeze",
            node("Unsqueeze", ["images"], ["axes": .integers([2])], to: "a"),
            node("Squeeze", ["a"], ["axes": .integers([2])])),
        Case("Transpose", node("Transpose", ["images"], ["perm": .integers([0, 2, 3, 1])])),
        Case(
            "Concat", node("Tanh", to: "a"),
            node("Concat", ["images", "a"], ["axis": .integer(1)])),
        Case("Pad", node("Pad", ["images"], ["pads": .integers([0, 0, 1, 0, 0, 1, 0, 2])])),
        Case("Identity", node("Identity")),
        Case("Dropout", node("Dropout", ["images"], ["ratio": .number(0.5)])),
        Case(
            "Constant", node("Constant", [], ["value_float": .number(0.5)], to: "half"),
            node("Mul", ["images", "half"])),
    ]

    /// Numbers in -1...1, a sixtieth apart in a mixed order: no two are nearly the same, and none is near an edge of Clip or Relu.
    private let images: NDArray = {
        let mixed = (0..<120).map { 37 * $0 % 120 }
        return NDArray(mixed.map { Float(2 * $0 + 1) / 120 - 1 }, shape: [2, 3, 4, 5])
    }()

    @Test("Slopes at the images are those of differences", arguments: cases)
    func slopes(operation: Case) throws {
        let graph = try ExportedGraph(
            ExportedModel(
                name: nil, input: "images", inputShape: [0, 3, 4, 5], output: "y",
                nodes: operation.nodes, constants: Self.constants))
        expectSlopes(at: images, tolerance: 1e-3) { [graph($0)] }
    }

    @Test("No operator is left out")
    func completeness() {
        let seen = Set(Self.cases.flatMap { $0.nodes.map(\.kind) })
        #expect(seen == Set(ExportedNode.operators.keys))
    }
}
