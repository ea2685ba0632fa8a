internal import Tensors

/// What settings there are.
extension Settings {
    /// One setting: its name, what it means, and how text becomes its value.
    public struct Field: Sendable {
        public let name: String
        public let meaning: String
        /// Whether another value makes another run: otherwise it may change on resuming.
        public let isIdentity: Bool
        /// The value of all runs from before there was this setting, whose files do not name it: with it, they are still the
        /// same runs.
        var former: String? = nil
        fileprivate let text: @Sendable (Settings) -> String
        /// Whether the text was a value; otherwise nothing is changed.
        fileprivate let assign: @Sendable (inout Settings, String) -> Bool
        fileprivate let expected: String
    }

    /// How many iterations a run can have.
    public static let iterationRange = 1...1_000_000_000

    public static let fields: [Field] = [
        whole("seed", \.seed, 0...Int.max, "the run's only source of randomness"),
        whole(
            "iterations", \.iterations, iterationRange, "how many iterations to train",
            isIdentity: false),
        whole("batch", \.batch, 1...1 << 20, "examples an iteration"),
        whole(
            "microbatch", \.microbatch, 1...1 << 20,
            "examples a lane computes at once; divides batch"),
        whole(
            "checkpoint-every", \.checkpointEvery, 1...1_000_000_000,
            "iterations between checkpoints", isIdentity: false),
        whole(
            "keep", \.keep, 1...1_000_000_000,
            "newest checkpoints that stay on disk, beside the best one and the last healthy one",
            isIdentity: false, former: "1000000000"),
        choice("objective", \.objective, "what the two networks minimize"),
        choice("architecture", \.architecture, "the family of the networks"),
        whole("side", \.side, 4...1024, "pixels a side of images that can have several"),
        whole(
            "classes", \.classes, 0...100_000, "classes of data that can have any number of them"),
        whole("latents", \.latents, 1...1 << 16, "length of a latent vector"),
        whole("width", \.width, 1...1 << 14, "channels or units of the networks"),
        whole(
            "growth", \.growth, 0...1_000_000_000,
            "iterations over which progan grows to its full size; 0: it has it from the start",
            former: "0"),
        choice("conditioning", \.conditioning, "how the networks are told the class"),
        whole(
            "critic-steps", \.criticSteps, 1...1000, "updates of the discriminator an iteration"),
        number(
            "discriminator-rate", \.discriminatorRate, 0...1, "step size of the discriminator"),
        number("generator-rate", \.generatorRate, 0...1, "step size of the generator"),
        number("first-decay", \.firstDecay, 0...0.9999, "Adam's decay of the first moment"),
        number("second-decay", \.secondDecay, 0...0.999999, "Adam's decay of the second moment"),
        number(
            "average-decay", \.averageDecay, 0...0.999999,
            "decay of the generator's moving average"),
        number("r1", \.realPenalty, 0...1e6, "weight of squared slopes at real examples"),
        number("r2", \.fakePenalty, 0...1e6, "weight of squared slopes at fakes"),
        number(
            "consistency", \.consistency, 0...1e6,
            "weight of how scores change when a real image is shifted"),
        number(
            "orthogonality", \.orthogonality, 0...1e6,
            "weight of how far the generator's weights are from orthogonal"),
        choice("critic-scaling", \.criticScaling, "what is done to the discriminator's weights"),
        flag(
            "minibatch-deviation", \.minibatchDeviation,
            "whether the discriminator sees how much examples differ"),
        whole("packing", \.packing, 1...64, "examples that are judged together (PacGAN)"),
        choice("augmentation", \.augmentation, "how images are changed before they are judged"),
        number(
            "noise", \.noise, 0...100, "deviation of noise on what is judged; it falls to nothing"),
        number(
            "top-share", \.topShare, 0.01...1,
            "share of the fakes, the best, that the generator learns from in the end"),
        whole(
            "annealing", \.annealing, 0...1_000_000_000,
            "iterations over which the next two, noise and top-share reach their ends"),
        number("rate-end", \.rateEnd, 0...1, "share of both rates that is left in the end"),
        number(
            "penalty-end", \.penaltyEnd, 0...1, "share of the penalties that is left in the end"),
        whole(
            "chunk", \.chunk, 1...16_384, "KiB of a network that travel as one message, at most"),
        choice(
            "precision", \.precision,
            "rounding of what matrix products and most convolutions multiply"),
        choice(
            "isa", \.instructions, "vector instructions that all hosts keep to",
            former: InstructionSet.native.rawValue),
    ]

    /// A setting's value as text.
    public subscript(field: Field) -> String { field.text(self) }

    /// Changes one setting, given as text.
    ///
    /// - Throws: ``RecipeError`` for an unknown name or a value outside its range.
    public mutating func set(_ name: String, to text: String) throws {
        guard let field = Self.fields.first(where: { $0.name == name }) else {
            throw RecipeError(
                "no setting is called '\(name)'\(suggestion(for: name, among: Self.fields.map(\.name), otherNames: Self.otherNames))"
            )
        }
        guard field.assign(&self, text) else {
            throw RecipeError("\(name): expected \(field.expected), found '\(text)'")
        }
    }

    /// What other programs and papers call settings.
    private static let otherNames: [String: [String]] = {
        let rates = ["discriminator-rate", "generator-rate"]
        return [
            "lr": rates, "learning-rate": rates, "rate": rates, "step-size": rates,
            "lr-d": ["discriminator-rate"], "d-lr": ["discriminator-rate"],
            "lr-g": ["generator-rate"], "g-lr": ["generator-rate"],
            "beta1": ["first-decay"], "beta2": ["second-decay"],
            "ema": ["average-decay"], "ema-decay": ["average-decay"],
            "epochs": ["iterations"], "steps": ["iterations"], "max-steps": ["iterations"],
            "batch-size": ["batch"], "bs": ["batch"], "micro-batch": ["microbatch"],
            "size": ["side"], "image-size": ["side"], "img-size": ["side"],
            "resolution": ["side"],
            "nz": ["latents"], "z-dim": ["latents"], "latent-dim": ["latents"],
            "ngf": ["width"], "ndf": ["width"], "channels": ["width"],
            "n-critic": ["critic-steps"], "gamma": ["r1", "r2"], "gp": ["r1", "r2"],
            "loss": ["objective"], "model": ["architecture"], "dtype": ["precision"],
        ]
    }()

    /// Changes the settings that a file names.
    ///
    /// - Throws: ``RecipeError`` that begins with the file's name.
    public mutating func set(_ entries: [String: String], from source: String) throws {
        do { for (name, value) in entries { try set(name, to: value) } } catch {
            throw RecipeError("\(source): \(error)")
        }
    }

    private typealias Path<Value> = any WritableKeyPath<Settings, Value> & Sendable

    private static func whole(
        _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ meaning: String,
        isIdentity: Bool = true, former: String? = nil
    ) -> Field {
        Field(
            name: name, meaning: meaning, isIdentity: isIdentity, former: former,
            text: { String($0[keyPath: path]) },
            assign: { settings, text in
                guard let value = Int(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            }, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    private static func number(
        _ name: String, _ path: Path<Float>, _ range: ClosedRange<Float>, _ meaning: String
    ) -> Field {
        Field(
            name: name, meaning: meaning, isIdentity: true, text: { String($0[keyPath: path]) },
            assign: { settings, text in
                guard let value = Float(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            }, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: Path<Value>, _ meaning: String, former: String? = nil
    ) -> Field {
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Field(
            name: name, meaning: "\(meaning): \(known)", isIdentity: true, former: former,
            text: { $0[keyPath: path].rawValue },
            assign: { settings, text in
                guard let value = Value(rawValue: text) else { return false }
                settings[keyPath: path] = value
                return true
            }, expected: "one of \(known)")
    }

    private static func flag(_ name: String, _ path: Path<Bool>, _ meaning: String) -> Field {
        Field(
            name: name, meaning: meaning, isIdentity: true, text: { String($0[keyPath: path]) },
            assign: { settings, text in
                guard let value = Bool(text) else { return false }
                settings[keyPath: path] = value
                return true
            }, expected: "true or false")
    }
}
