internal import Tensors

/// Pictures of one size in memory, a byte for each pixel of a channel, each with its class.
struct PictureSet: Sendable {
    /// `[channels, side, side]`, of one channel or three.
    let shape: Shape
    /// The class of each, from 0.
    private(set) var labels: [Int] = []
    private var bytes: [UInt8] = []

    init(shape: Shape) { self.shape = shape }

    var count: Int { labels.count }

    /// The numbers of the pictures of each class.
    func numbers(classes: Int) -> [[Int]] {
        var numbers = Array(repeating: [Int](), count: classes)
        for (number, label) in labels.enumerated() { numbers[label].append(number) }
        return numbers
    }

    /// The bytes of a picture, channel by channel.
    func picture(_ number: Int) -> ArraySlice<UInt8> {
        let size = shape.elementCount
        return bytes[(number * size)..<((number + 1) * size)]
    }

    /// Adds a picture `[channels, side, side]`; the three channels of one in colour become their mean where pictures are grey.
    mutating func append(_ picture: [UInt8], label: Int) {
        let plane = shape[1] * shape[2]
        precondition(picture.count == shape.elementCount || picture.count == 3 * plane)
        if picture.count == shape.elementCount {
            bytes += picture
        } else {
            bytes += (0..<plane).map { pixel in
                let sum = (0..<3).reduce(0) { $0 + Int(picture[pixel + $1 * plane]) }
                return UInt8((sum + 1) / 3)
            }
        }
        labels.append(label)
    }

    /// Adds pictures in -1...1, one after another, of a class.
    mutating func append(_ pictures: [Float], count: Int, label: Int) {
        let size = pictures.count / max(1, count)
        for number in 0..<count {
            append(
                pictures[(number * size)..<((number + 1) * size)].map {
                    UInt8(max(0, min(255, ($0 + 1) * 127.5 + 0.5)))
                }, label: label)
        }
    }

    /// Some of the pictures, with their classes or others.
    func selected(_ numbers: [Int], labels: [Int]? = nil) -> PictureSet {
        var selected = PictureSet(shape: shape)
        for (row, number) in numbers.enumerated() {
            selected.append(Array(picture(number)), label: labels?[row] ?? self.labels[number])
        }
        return selected
    }

    /// These pictures and then others of the same shape.
    static func + (left: PictureSet, right: PictureSet) -> PictureSet {
        var sum = left
        sum.bytes += right.bytes
        sum.labels += right.labels
        return sum
    }

    /// Some pictures as they are, `[numbers, channels, side, side]` in -1...1.
    func tensor(_ numbers: some Collection<Int>) -> Tensor {
        let values = numbers.flatMap { picture($0).map(Self.value) }
        return Tensor(values, shape: Shape([numbers.count] + shape))
    }

    /// The same in colour: the three channels of a grey picture are alike.
    func colourTensor(_ numbers: some Collection<Int>) -> Tensor {
        let pictures = tensor(numbers)
        return shape[0] == 3
            ? pictures : .concatenated([pictures, pictures, pictures], along: 1)
    }

    /// The brightness in -1...1 of a byte.
    static func value(_ byte: UInt8) -> Float { Float(byte) * (2 / 255) - 1 }
}

/// Draws pictures of some classes evenly, however many there are of each.
struct EvenDraws {
    private let classes: [[Int]]

    init(_ pictures: PictureSet, classes: Int) {
        self.classes = pictures.numbers(classes: classes).filter { !$0.isEmpty }
    }

    /// The numbers of `count` pictures: the classes come in turn, and of each a picture is drawn.
    func numbers(_ count: Int, step: Int, stream: Int, _ random: RandomSource) -> [Int] {
        (0..<count).map { row in
            let own = classes[(step * count + row) % classes.count]
            let place = RandomSource.Place(
                .classes, network: stream, iteration: step, position: row)
            return own[Int((UInt64(random.words(0, at: place)[0]) * UInt64(own.count)) >> 32)]
        }
    }
}
