internal import Tensors

// Operators that look at images through windows, and operators that average all pixels.
extension ExportedNode {
    /// Windows along height and width, and their number.
    private struct Windows {
        let sides: [Int]
        let strides: [Int]
        let dilations: [Int]
        let before: [Int]
        let after: [Int]
        let counts: [Int]
        /// The number of pixels after the last window, which are too few for another.
        let rests: [Int]

        /// The pixels of each window along one of these two dimensions, as far as they lie within the image.
        func ranges(_ d: Int, of extent: Int) -> [Range<Int>] {
            (0..<counts[d]).map { window in
                let start = window * strides[d] - before[d]
                return max(0, start)..<min(extent, start + sides[d])
            }
        }
    }

    private mutating func windows(of sides: [Int], over extents: Shape) throws -> Windows {
        let (strides, dilations) = (try pair("strides"), try pair("dilations"))
        let reaches = (0..<2).map { (sides[$0] - 1) * dilations[$0] + 1 }
        let pads = try integers("pads") ?? [0, 0, 0, 0]
        let fit = try word("auto_pad") ?? "NOTSET"
        guard pads.count == 4, (0..<4).allSatisfy({ (0..<reaches[$0 % 2]).contains(pads[$0]) }),
            fit == "NOTSET" || pads == [0, 0, 0, 0]
        else {
            throw refusal("four pads, each smaller than windows of \(reaches)", found: "\(pads)")
        }
        var (before, after) = (Array(pads[0..<2]), Array(pads[2..<4]))
        switch fit {
        case "NOTSET", "VALID": break
        case "SAME_UPPER", "SAME_LOWER":
            for d in 0..<2 {
                let last = (extents[d] - 1) / strides[d] * strides[d]
                let total = max(0, last + reaches[d] - extents[d])
                before[d] = fit == "SAME_UPPER" ? total / 2 : total - total / 2
                after[d] = total - before[d]
            }
        default: throw refusal("an auto_pad of ONNX", found: "'\(fit)'")
        }
        let rooms = (0..<2).map { extents[$0] + before[$0] + after[$0] - reaches[$0] }
        guard rooms.allSatisfy({ $0 >= 0 }) else {
            throw refusal("windows of \(reaches) within images", found: "images of \(extents)")
        }
        return Windows(
            sides: sides, strides: strides, dilations: dilations, before: before, after: after,
            counts: (0..<2).map { rooms[$0] / strides[$0] + 1 },
            rests: (0..<2).map { rooms[$0] % strides[$0] })
    }

    mutating func convolution() throws -> Meaning {
        let x = try computed(ranks: 3...3)
        let weights = try floats(1, rank: 4)
        let groups = try integer("group") ?? 1
        let sides = Array(weights.shape.dropFirst(2))
        let stated = try integers("kernel_shape") ?? sides
        guard groups > 0, x.shape[0] % groups == 0, weights.shape[0] % groups == 0,
            weights.shape[1] == x.shape[0] / groups, stated == sides
        else {
            throw refusal(
                "weights for \(x.shape[0]) channels in \(groups) groups and windows of \(stated)",
                found: "\(weights.shape)")
        }
        let windows = try windows(of: sides, over: x.shape.dropFirst())
        // A kernel may write the windows of an image side by side.
        let factors: [Int] = [x.shape[0]] + sides + windows.counts
        let taps = factors.reduce(1.0) { $0 * Double($1) }
        guard taps <= 0x1p28 else {
            throw refusal("windows of at most 2^28 numbers in all", found: "\(taps)")
        }
        var geometry = ConvolutionGeometry(groups: groups)
        geometry.strides = Shape(windows.strides)
        geometry.dilations = Shape(windows.dilations)
        geometry.paddingBefore = Shape(windows.before)
        geometry.paddingAfter = Shape(windows.after)
        let bias = try inputCount > 2 ? floats(2, [weights.shape[0]]) : nil
        return try step(x, [weights.shape[0]] + windows.counts) { [geometry] x in
            let result = x.convolved(with: Tensor(weights), geometry)
            return bias.map { result.biased(by: Tensor($0)) } ?? result
        }
    }

    private mutating func pooling() throws -> (Computed, Windows) {
        let x = try computed(ranks: 3...3)
        let sides = try pair("kernel_shape")
        let windows = try windows(of: sides, over: x.shape.dropFirst())
        guard windows.dilations == [1, 1] else {
            throw refusal("dilations of 1", found: "\(windows.dilations)")
        }
        // If windows fill the image, rounding up and rounding down give the same.
        if windows.rests != [0, 0] { try expect("ceil_mode", 0) }
        _ = attribute("ceil_mode")
        return (x, windows)
    }

    mutating func maximumPooling() throws -> Meaning {
        let (x, windows) = try pooling()
        _ = attribute("storage_order")
        let rows = windows.ranges(0, of: x.shape[1])
        let columns = windows.ranges(1, of: x.shape[2])
        return try step(x, [x.shape[0]] + windows.counts) {
            $0.maximumPooled(3, over: columns).maximumPooled(2, over: rows)
        }
    }

    mutating func averagePooling() throws -> Meaning {
        let (x, windows) = try pooling()
        let countsPadding = try integer("count_include_pad") ?? 0 != 0
        // Each row and column of the result is a mean of some rows or columns of the image.
        let means = (0..<2).map { d in
            let extent = x.shape[d + 1]
            let ranges = windows.ranges(d, of: extent)
            let shares = ranges.flatMap { range in
                let share = 1 / Float(countsPadding ? windows.sides[d] : range.count)
                return (0..<extent).map { range.contains($0) ? share : 0 }
            }
            return NDArray(shares, shape: [ranges.count, extent])
        }
        return try step(x, [x.shape[0]] + windows.counts) {
            $0.mixed(rows: Tensor(means[0]), columns: Tensor(means[1]))
        }
    }

    mutating func globalAverage() throws -> Meaning {
        let x = try computed(ranks: 2...7)
        let others = Array(2...x.shape.rank)
        return try step(x, [x.shape[0]] + others.map { _ in 1 }) { $0.mean(over: others) }
    }

    mutating func mean() throws -> Meaning {
        let x = try computed()
        try expect("noop_with_empty_axes", 0)
        guard let axes = try integers("axes", orInput: 1), !axes.isEmpty else {
            throw refusal("axes without that of the images", found: "none, which means all")
        }
        let over = try dimensions(axes, rank: x.shape.rank + 1)
        let keeps = try integer("keepdims") ?? 1 != 0
        let extents = x.shape.indices.compactMap { d in
            over.contains(d + 1) ? (keeps ? 1 : nil) : x.shape[d]
        }
        return try step(x, extents) {
            $0.mean(over: over).reshaped(to: Shape([$0.shape[0]] + extents))
        }
    }
}
