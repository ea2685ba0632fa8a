internal import CWireMessages

/// What is kept for each number of a network.
package enum Component: Int, Sendable, CaseIterable {
    case weights, firstMoment, secondMoment, average
}

/// A node of the tree over the leaves: node (level, index) covers leaves `index << level ..< (index + 1) << level`.
package struct TreeNode: Hashable, Sendable {
    package var level: Int
    package var index: Int

    package init(level: Int, index: Int) {
        self.level = level
        self.index = index
    }
}

/// The sum of the leaves below a tree node, for one chunk; the numbers follow in a frame of their own.
package struct Push: Message, Equatable {
    package static let kind = MessageKind.push
    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var step: Int
    package var node: TreeNode
    package var chunk: Int
    package var crc32c: UInt32
    /// Who computed it.
    package var member: String

    package init(
        run: UInt64, attempt: Int, network: Int, step: Int, node: TreeNode, chunk: Int,
        crc32c: UInt32, member: String
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.step = step
        self.node = node
        self.chunk = chunk
        self.crc32c = crc32c
        self.member = member
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__push__unpack) { c in
            Push(
                run: c.run, attempt: Int(c.attempt), network: Int(c.network),
                step: try ordinal(c.step),
                node: TreeNode(level: Int(c.level), index: Int(c.index)), chunk: Int(c.chunk),
                crc32c: c.crc32c, member: text(c.member))
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Push()
        wire__push__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.step = UInt64(step)
        c.level = UInt32(node.level)
        c.index = UInt32(node.index)
        c.chunk = UInt32(chunk)
        c.crc32c = crc32c
        c.member = memory.string(member)
        return pack(c, body)
    }
}

/// Wants a chunk as it is valid for a step.
package struct Pull: Message, Hashable {
    package static let kind = MessageKind.pull
    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var step: Int
    package var chunk: Int
    package var component: Component

    package init(
        run: UInt64, attempt: Int, network: Int, step: Int, chunk: Int, component: Component
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.step = step
        self.chunk = chunk
        self.component = component
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__pull__unpack) { c in
            Pull(
                run: c.run, attempt: Int(c.attempt), network: Int(c.network),
                step: try ordinal(c.step),
                chunk: Int(c.chunk), component: try Component(c.component))
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Pull()
        wire__pull__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.step = UInt64(step)
        c.chunk = UInt32(chunk)
        c.component = component.wire
        return pack(c, body)
    }
}

/// A chunk that is valid for some steps; the numbers follow in a frame of their own.
package struct Part: Message, Equatable {
    package static let kind = MessageKind.part
    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var chunk: Int
    package var component: Component
    package var steps: ClosedRange<Int>
    package var crc32c: UInt32

    package init(
        run: UInt64, attempt: Int, network: Int, chunk: Int, component: Component,
        steps: ClosedRange<Int>,
        crc32c: UInt32
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.chunk = chunk
        self.component = component
        self.steps = steps
        self.crc32c = crc32c
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__part__unpack) { c in
            guard c.first <= c.last else { throw MessageError() }
            return try Part(
                run: c.run, attempt: Int(c.attempt), network: Int(c.network), chunk: Int(c.chunk),
                component: Component(c.component),
                steps: ordinal(c.first)...ordinal(c.last),
                crc32c: c.crc32c)
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__Part()
        wire__part__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.chunk = UInt32(chunk)
        c.component = component.wire
        c.first = UInt64(steps.lowerBound)
        c.last = UInt64(steps.upperBound)
        c.crc32c = crc32c
        return pack(c, body)
    }
}

/// Where a chunk is: the step it needs next, and the leaves that it lacks for that.
package struct At: Message, Equatable {
    package static let kind = MessageKind.at
    package var run: UInt64
    package var attempt: Int
    package var network: Int
    package var chunk: Int
    /// The step that the answered ``Pull`` wanted.
    package var wanted: Int
    package var next: Int
    package var missing: [Int]

    package init(
        run: UInt64, attempt: Int, network: Int, chunk: Int, wanted: Int, next: Int, missing: [Int]
    ) {
        self.run = run
        self.attempt = attempt
        self.network = network
        self.chunk = chunk
        self.wanted = wanted
        self.next = next
        self.missing = missing
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__at__unpack) { c in
            At(
                run: c.run, attempt: Int(c.attempt), network: Int(c.network), chunk: Int(c.chunk),
                wanted: try ordinal(c.wanted), next: try ordinal(c.next),
                missing: UnsafeBufferPointer(start: c.missing, count: c.n_missing).map(Int.init))
        }
    }

    package func withEncoding<R>(_ memory: CMemory, _ body: (UnsafeRawPointer) -> R) -> R {
        var c = Wire__At()
        wire__at__init(&c)
        c.run = run
        c.attempt = UInt32(attempt)
        c.network = UInt32(network)
        c.chunk = UInt32(chunk)
        c.wanted = UInt64(wanted)
        c.next = UInt64(next)
        c.n_missing = missing.count
        c.missing = memory.array(missing.map(UInt32.init))
        return pack(c, body)
    }
}

extension Component {
    fileprivate init(_ wire: Wire__Component) throws {
        guard let component = Component(rawValue: Int(wire.rawValue)) else { throw MessageError() }
        self = component
    }

    fileprivate var wire: Wire__Component { Wire__Component(rawValue: UInt32(rawValue)) }
}
