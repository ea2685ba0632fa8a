internal import Hashing
internal import Pictures
public import Tensors

/// Clips of grey pictures that move, `[frames, 1, side, side]`, made by counting: their content and their motion are known
/// (in the manner of Moving MNIST; Srivastava et al., 2015).
///
/// Each picture comes once in each ``Motion``, with a phase, a speed, a direction and a place of its own. All of it is basic
/// arithmetic, so every host draws the same bits.
public struct MovingPictures: Dataset {
    /// The ways in which pictures move, in the order of their classes.
    public enum Motion: String, CaseIterable, Sendable {
        case across
        case upAndDown = "up-and-down"
        case circle
        case swelling
    }

    public let count: Int
    public let fields: [Field]
    public let manifest: DataManifest
    public let classNames = Motion.allCases.map(\.rawValue)
    /// Half a frame's side: that of a picture which is not swollen.
    private let size: Int
    private let frames: Int
    private let pictures: IDXImages
    private let random: RandomSource
    private let isHeldOut: Bool

    /// - Parameters:
    ///   - pictures: Grey pictures without classes, which fill a frame's half.
    ///   - side: Pixels a side of a frame, an even number.
    ///   - frames: How many frames a clip has.
    ///   - random: What phases, speeds and places follow from.
    ///   - isHeldOut: Whether they differ from those of clips that are trained on.
    ///   - isLabelled: Whether each clip comes with the number of its motion.
    public init(
        _ pictures: IDXImages, side: Int, frames: Int, random: RandomSource, isHeldOut: Bool,
        isLabelled: Bool
    ) {
        precondition(side.isMultiple(of: 2) && frames > 0, "\(frames) frames of \(side) pixels")
        self.isHeldOut = isHeldOut
        self.pictures = pictures
        self.frames = frames
        self.random = random
        size = side / 2
        count = pictures.count * Motion.allCases.count
        fields = [.clip([frames, 1, side, side])] + (isLabelled ? [.label] : [])
        manifest = DataManifest(
            count: count,
            digest: SHA256.digest(
                of:
                    "moving \(pictures.manifest.digest), \(frames) frames of \(side), seed \(random.seed), labelled \(isLabelled), held out \(isHeldOut)"
            ))
    }

    public func read(_ index: Int, into arrays: [UnsafeMutablePointer<Float>]) {
        precondition(index >= 0 && index < count && arrays.count == fields.count)
        let (number, motion) = index.quotientAndRemainder(dividingBy: Motion.allCases.count)
        let picture = picture(number)
        let path = Path(
            Motion.allCases[motion], frames: frames,
            random.uniform(5, at: .init(.data, network: isHeldOut ? 1 : 0, position: index)))
        let side = 2 * size
        for frame in 0..<frames {
            draw(
                picture, path.place(at: frame), into: arrays[0] + frame * side * side, side: side)
        }
        if arrays.count > 1 { arrays[1][0] = Float(motion) }
    }

    /// A picture `[size, size]` whose pixels are the means of those that they cover.
    private func picture(_ number: Int) -> [Float] {
        let shape = pictures.fields[0].shape
        let (height, width) = (shape[1], shape[2])
        let from = [Float](unsafeUninitializedCapacity: height * width) { buffer, count in
            if let start = buffer.baseAddress { pictures.read(number, into: [start]) }
            count = height * width
        }
        func shares(_ places: Int) -> [[(Int, Float)]] {
            covered(places, by: size).map { cell in
                cell.map { ($0.pixel, Float($0.share) / Float(places)) }
            }
        }
        let (rows, columns) = (shares(height), shares(width))
        var result = [Float](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0..<size {
                var sum: Float = 0
                for (y, down) in rows[row] {
                    for (x, across) in columns[column] {
                        sum += from[y * width + x] * down * across
                    }
                }
                result[row * size + column] = sum
            }
        }
        return result
    }

    /// Draws a picture around a place of a black frame, between whose pixels it may lie.
    private func draw(
        _ picture: [Float], _ place: Path.Place, into frame: UnsafeMutablePointer<Float>, side: Int
    ) {
        func pixel(_ row: Int, _ column: Int) -> Float {
            guard (0..<size).contains(row), (0..<size).contains(column) else { return -1 }
            return picture[row * size + column]
        }
        let (middle, centre) = (Float(side) / 2, Float(size) / 2 - 0.5)
        for row in 0..<side {
            let y = (Float(row) + 0.5 - middle * (1 + place.y)) / place.scale + centre
            let top = Int(y.rounded(.down))
            for column in 0..<side {
                let x = (Float(column) + 0.5 - middle * (1 + place.x)) / place.scale + centre
                let left = Int(x.rounded(.down))
                let (down, right) = (y - Float(top), x - Float(left))
                let upper = pixel(top, left) * (1 - right) + pixel(top, left + 1) * right
                let lower = pixel(top + 1, left) * (1 - right) + pixel(top + 1, left + 1) * right
                // Shares add up to one but for rounding.
                frame[row * side + column] = max(-1, min(1, upper * (1 - down) + lower * down))
            }
        }
    }
}

extension MovingPictures {
    /// Where a picture is in each frame of a clip.
    struct Path {
        private let motion: Motion
        private let phase: Float
        /// Turns from one frame to the next, in either direction.
        private let speed: Float
        private let rest: SIMD2<Float>

        /// A place of the centre, in -1...1 of the frame, and how large the picture is.
        struct Place {
            var (x, y): (Float, Float)
            var scale: Float = 1
        }

        /// - Parameter draws: Five numbers in 0..<1: of phase, speed, direction, and where the centre rests.
        init(_ motion: Motion, frames: Int, _ draws: [Float]) {
            self.motion = motion
            phase = draws[0]
            speed = (draws[2] < 0.5 ? -1 : 1) * (0.8 + 0.4 * draws[1]) / Float(frames)
            rest = (SIMD2(draws[3], draws[4]) * 2 - 1) * 0.1
        }

        func place(at frame: Int) -> Place {
            let turn = phase + speed * Float(frame)
            let (sine, cosine) = (Self.sine(turn), Self.sine(turn + 0.25))
            switch motion {
            case .across: return Place(x: 0.4 * sine, y: 2 * rest.y)
            case .upAndDown: return Place(x: 2 * rest.x, y: 0.4 * sine)
            case .circle: return Place(x: rest.x + 0.35 * cosine, y: rest.y + 0.35 * sine)
            case .swelling: return Place(x: rest.x, y: rest.y, scale: 1 + 0.4 * sine)
            }
        }

        /// The sine of a number of turns to within .001, by basic arithmetic: a parabola, made rounder by its square.
        private static func sine(_ turns: Float) -> Float {
            let part = turns - turns.rounded(.down)
            let half = part < 0.5 ? part : part - 0.5
            let parabola = 16 * half * (0.5 - half)
            let rounder = 0.775 * parabola + 0.225 * parabola * parabola
            return part < 0.5 ? rounder : -rounder
        }
    }
}
