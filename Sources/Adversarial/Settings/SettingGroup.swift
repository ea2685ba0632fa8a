/// Settings that belong together, declared beside the code that uses them.
///
/// A new game declares its own group, and its recipe names it: the command line, `run.yaml` and the run's identity follow.
///
/// ```swift
/// struct SharpeningSettings: SettingGroup {
///     var factor = 4
///     var pixelWeight: Float = 1
///
///     static let fields: [SettingField<Self>] = [
///         .whole("factor", \.factor, 2...8, "how many times as large images become"),
///         .number("pixel-weight", \.pixelWeight, 0...1e6, "weight of the pixels' mean difference"),
///     ]
/// }
///
/// let settings = Settings(SharpeningSettings { $0.factor = 2 }, CriticSettings())
/// ```
public protocol SettingGroup: Hashable, Sendable {
    /// The settings, in the order of `run.yaml`.
    static var fields: [SettingField<Self>] { get }

    /// The group with its usual values.
    init()

    /// Checks what no range can express: whether settings fit together, including those of other groups.
    ///
    /// - Throws: ``SettingError``.
    func validate(among settings: Settings) throws
}

extension SettingGroup {
    /// The usual values with some changes.
    public init(_ change: (inout Self) -> Void) {
        self.init()
        change(&self)
    }

    public func validate(among settings: Settings) throws {}
}
