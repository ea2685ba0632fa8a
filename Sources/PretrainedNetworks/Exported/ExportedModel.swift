internal import COnnxMessages
internal import Foundation
internal import Platform
internal import Tensors

/// The content of an ONNX file, before its operators are given a meaning: nodes in order, and constant arrays.
struct ExportedModel: Sendable {
    struct Node: Sendable {
        let kind: String
        let name: String
        /// The names of the node's inputs; an empty name means that an input is left out.
        let inputs: [String]
        let outputs: [String]
        let attributes: [String: Attribute]
    }

    enum Attribute: Sendable {
        case number(Float)
        case integer(Int)
        case word(String)
        case constant(Constant)
        case numbers([Float])
        case integers([Int])
        case unread(type: Int)
    }

    /// Numbers that are stored in the file.
    enum Constant: Sendable {
        case floats(NDArray)
        /// Extents and dimensions, whose own shape does not matter.
        case integers([Int])
    }

    /// The graph's name, if it has a meaningful one.
    let name: String?
    let input: String
    /// The input's shape, `[images, channels, height, width]`; 0 images mean any number.
    let inputShape: Shape
    /// The first of the graph's outputs.
    let output: String
    /// The nodes that lead to the output.
    let nodes: [Node]
    /// The arrays that these nodes read.
    let constants: [String: Constant]
}

extension ExportedModel {
    /// - Throws: ``PretrainedNetworkError`` if the file is missing, damaged, or needs something that we do not support.
    init(path: String) throws {
        let content: Data
        do { content = try RegularFile.content(of: path) } catch {
            throw PretrainedNetworkError("expected an ONNX file, found \(error)")
        }
        self = try content.withUnsafeBytes { try Self.withMessage($0, ExportedModel.init) }
    }

    private init(_ model: Onnx__ModelProto) throws {
        guard let graph = model.graph?.pointee else {
            throw PretrainedNetworkError("expected an ONNX model with a graph, found none")
        }
        let versions = elements(model.opset_import, model.n_opset_import) { $0 }
        let version = versions.first { Self.isUsual($0.domain) }?.version ?? 0
        guard version >= 7 else {
            throw PretrainedNetworkError(
                "expected operators of version 7 or newer, found \(version); export it with a newer opset"
            )
        }
        let title = text(graph.name)
        name = title.isEmpty || Self.namesOfExporters.contains(title) ? nil : title
        let known = Set(elements(graph.initializer, graph.n_initializer) { text($0.name) })
        let inputs = elements(graph.input, graph.n_input) { $0 }.filter {
            !known.contains(text($0.name))
        }
        guard inputs.count == 1 else {
            throw PretrainedNetworkError(
                "expected one input, the images, found \(inputs.count): \(inputs.map { text($0.name) }.joined(separator: ", "))"
            )
        }
        input = text(inputs[0].name)
        inputShape = try Self.imageShape(of: inputs[0])
        let outputs = elements(graph.output, graph.n_output) { text($0.name) }
        guard let first = outputs.first else {
            throw PretrainedNetworkError(
                "expected an output, whose values are the features, found none")
        }
        output = first
        // Heads beside the first output may have unknown operators, so they are ignored.
        var needed: Set = [first]
        var nodes: [Node] = []
        for node in elements(graph.node, graph.n_node, { $0 }).reversed() {
            let outputs = elements(node.output, node.n_output)
            guard outputs.contains(where: { !$0.isEmpty && needed.contains($0) }) else { continue }
            let node = try Node(node, outputs: outputs)
            needed.formUnion(node.inputs)
            nodes.append(node)
        }
        self.nodes = nodes.reversed()
        var constants: [String: Constant] = [:]
        for pointer in UnsafeBufferPointer(start: graph.initializer, count: graph.n_initializer) {
            guard let tensor = pointer?.pointee, needed.contains(text(tensor.name)) else {
                continue
            }
            constants[text(tensor.name)] = try Constant(tensor, name: text(tensor.name))
        }
        self.constants = constants
    }

    fileprivate static func isUsual(_ domain: UnsafePointer<CChar>?) -> Bool {
        ["", "ai.onnx"].contains(text(domain))
    }

    /// Exporters give these names to every graph, so they say nothing about this one.
    private static let namesOfExporters: Set = [
        "main_graph", "torch_jit", "torch-jit-export", "tf2onnx", "graph",
    ]

    private static func imageShape(of input: Onnx__ValueInfoProto) throws -> Shape {
        let type = input.type?.pointee.tensor_type?.pointee
        let extents = elements(type?.shape?.pointee.dim, type?.shape?.pointee.n_dim ?? 0) {
            Int($0.dim_value)
        }
        guard type?.elem_type == 1 else {
            throw PretrainedNetworkError(
                "expected images as float32, found \(typeName(type?.elem_type ?? 0))")
        }
        guard extents.count == 4, extents[0] >= 0, extents[0] <= 1 << 20,
            extents.dropFirst().allSatisfy({ (1...4096).contains($0) })
        else {
            throw PretrainedNetworkError(
                "expected images as [any, channels, height, width] with fixed extents of 1 to 4096, found \(extents) (0: not fixed); export it with a fixed image size"
            )
        }
        return Shape(extents)
    }

    fileprivate static func typeName(_ type: Int32) -> String {
        let names: [Int32: String] = [
            0: "no type", 1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool",
            10: "float16", 11: "float64", 16: "bfloat16",
        ]
        return names[type] ?? "type \(type)"
    }
}

extension ExportedModel.Node {
    fileprivate init(_ node: Onnx__NodeProto, outputs: [String]) throws {
        kind = text(node.op_type)
        name = text(node.name)
        self.outputs = outputs
        inputs = elements(node.input, node.n_input)
        guard ExportedModel.isUsual(node.domain) else {
            throw PretrainedNetworkError(
                "\(kind) '\(name)': expected an operator of ONNX itself, found one of \(text(node.domain))"
            )
        }
        var attributes: [String: ExportedModel.Attribute] = [:]
        for pointer in UnsafeBufferPointer(start: node.attribute, count: node.n_attribute) {
            guard let attribute = pointer?.pointee else { continue }
            attributes[text(attribute.name)] = try ExportedModel.Attribute(attribute, of: kind)
        }
        self.attributes = attributes
    }
}

extension ExportedModel.Attribute {
    fileprivate init(_ attribute: Onnx__AttributeProto, of kind: String) throws {
        switch (attribute.type, attribute.t) {
        case (1, _): self = .number(attribute.f)
        case (2, _): self = .integer(Int(attribute.i))
        case (3, _):
            let bytes = UnsafeBufferPointer(start: attribute.s.data, count: attribute.s.len)
            self = .word(String(decoding: bytes, as: UTF8.self).inOneLine)
        case (4, let tensor?):
            self = .constant(try ExportedModel.Constant(tensor.pointee, name: "\(kind)'s constant"))
        case (6, _): self = .numbers(list(attribute.floats, attribute.n_floats))
        case (7, _): self = .integers(list(attribute.ints, attribute.n_ints).map { Int($0) })
        default: self = .unread(type: Int(attribute.type))
        }
    }
}

extension ExportedModel.Constant {
    /// - Throws: ``PretrainedNetworkError`` if there are not as many numbers as the shape says.
    fileprivate init(_ tensor: Onnx__TensorProto, name: String) throws {
        guard tensor.data_location == 0 else {
            throw PretrainedNetworkError(
                "\(name): expected weights in the file itself, found them beside it; export it as one file"
            )
        }
        let extents = list(tensor.dims, tensor.n_dims).map { Int($0) }
        // This is a floating-point number, since extents from outside may be too many to multiply.
        let count = extents.reduce(1.0) { $0 * Double($1) }
        guard extents.count <= 8, extents.allSatisfy({ $0 >= 0 }), count < 0x1p31 else {
            throw PretrainedNetworkError(
                "\(name): expected up to 8 extents that fit memory, found \(extents.prefix(9))")
        }
        let raw = UnsafeRawBufferPointer(start: tensor.raw_data.data, count: tensor.raw_data.len)
        let found: Int
        switch tensor.data_type {
        case 1:
            let numbers: [Float] =
                raw.isEmpty ? list(tensor.float_data, tensor.n_float_data) : numbers(raw)
            found = raw.isEmpty ? numbers.count * 4 : raw.count
            guard count > 0, found == Int(count) * 4 else { break }
            // These are kept in the layouts that kernels want, since every slice of images needs them again.
            let storage = Storage.zeros(count: numbers.count)
            storage.pointer.update(from: numbers, count: numbers.count)
            self = .floats(
                NDArray(shape: Shape(extents), storage: storage, largestPackedCopy: .max))
            return
        case 7:
            let numbers: [Int64] =
                raw.isEmpty ? list(tensor.int64_data, tensor.n_int64_data) : numbers(raw)
            found = raw.isEmpty ? numbers.count * 8 : raw.count
            guard found == Int(count) * 8 else { break }
            self = .integers(numbers.map { Int($0) })
            return
        default:
            throw PretrainedNetworkError(
                "\(name): expected float32, or int64 for extents, found \(ExportedModel.typeName(tensor.data_type)); export it in float32"
            )
        }
        throw PretrainedNetworkError(
            "\(name): expected the numbers of \(extents), at least one, found \(found) bytes")
    }
}

// MARK: C structures, which live only while the file is read

extension ExportedModel {
    /// Decodes a file with a limit on memory, because a few bytes of a hostile file could ask for a hundred times as
    /// many.
    private static func withMessage<Result>(
        _ file: UnsafeRawBufferPointer, _ read: (Onnx__ModelProto) throws -> Result
    ) throws -> Result {
        var left = 2 * file.count + 64 << 20
        return try withUnsafeMutablePointer(to: &left) { left in
            var allocator = ProtobufCAllocator(
                alloc: { left, size in
                    guard let left = left?.assumingMemoryBound(to: Int.self), size <= left.pointee
                    else { return nil }
                    left.pointee -= size
                    return malloc(size)
                }, free: { free($1) }, allocator_data: left)
            let bytes = file.bindMemory(to: UInt8.self)
            guard
                let model = onnx__model_proto__unpack(&allocator, bytes.count, bytes.baseAddress)
            else {
                throw PretrainedNetworkError(
                    "expected an ONNX model, found \(file.count) bytes of something else, or of a part of one"
                )
            }
            defer { onnx__model_proto__free_unpacked(model, &allocator) }
            return try read(model.pointee)
        }
    }
}

/// A name from the file, without characters that could break a line of text.
private func text(_ pointer: UnsafePointer<CChar>?) -> String {
    pointer.map { String(cString: $0).inOneLine } ?? ""
}

private func elements<C, Result>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int, _ read: (C) -> Result
) -> [Result] {
    UnsafeBufferPointer(start: pointers, count: count).compactMap { $0.map { read($0.pointee) } }
}

private func elements(
    _ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int
) -> [String] { UnsafeBufferPointer(start: names, count: count).map { text($0) } }

private func list<Number>(_ numbers: UnsafeMutablePointer<Number>?, _ count: Int) -> [Number] {
    [Number](UnsafeBufferPointer(start: numbers, count: count))
}

/// Numbers as the processor stores them, little-endian as in the file; bytes that do not fill a number are left out.
private func numbers<Number: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> [Number] {
    (0..<(bytes.count / MemoryLayout<Number>.stride)).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.stride, as: Number.self)
    }
}

extension String {
    /// The text without line breaks and other invisible characters.
    fileprivate var inOneLine: String {
        let unseen: Set<Unicode.GeneralCategory> = [
            .control, .format, .lineSeparator, .paragraphSeparator,
        ]
        return String(
            String.UnicodeScalarView(
                unicodeScalars.filter { !unseen.contains($0.properties.generalCategory) }))
    }
}
