public import NeuralNetworks

/// Settings of which pair of networks plays, and how large it is.
public struct NetworkSettings: SettingGroup {
    public var architecture = Architecture.dcgan
    public var latentSize = 100
    public var width = 64
    public var conditioning = NetworkDesign.Conditioning.none
    public var criticScaling = WeightScaling.none
    public var minibatchDeviation = false
    public var growth = 0

    public init() {}

    public static let fields: [SettingField<Self>] = [
        .choice("architecture", \.architecture, "the family of the networks"),
        .whole("latent-size", \.latentSize, 1...1 << 16, "length of a latent vector"),
        .whole("width", \.width, 1...1 << 14, "channels or units of the networks"),
        .choice("conditioning", \.conditioning, "how the networks are told the class"),
        .choice("critic-scaling", \.criticScaling, "how the discriminator's weights are scaled"),
        .flag(
            "minibatch-deviation", \.minibatchDeviation,
            "whether the discriminator sees how much examples differ"),
        .whole(
            "growth", \.growth, 0...1_000_000_000,
            "iterations over which progan grows to its full size; 0: full size from the start"),
    ]

    public func validate(among settings: Settings) throws {
        guard architecture != .sagan || width >= 8 else {
            throw SettingError("width", expected: "at least 8 for sagan", found: width)
        }
        guard growth == 0 || architecture == .progan else {
            throw SettingError(
                "growth", expected: "0, since \(architecture.rawValue) does not grow",
                found: growth, hint: "progan does")
        }
        let packing = settings[ifPresent: CriticSettings.self]?.augmentation.packing ?? 1
        guard packing == 1 || conditioning == .none else {
            throw SettingError(
                "packing", expected: "1 with conditioning (\(conditioning.rawValue))",
                found: packing, hint: "a pack has no single class")
        }
    }
}
