/// The settings of a run, in groups: those that every run has, and those of its game and its data.
///
/// Each setting has one name: on the command line, in `--set`, in configuration files and in `run.yaml`. In code it is a property
/// of its group, `settings[CriticSettings.self].objective`. Those of ``RunSettings`` need no group: `settings.seed`.
@dynamicMemberLookup
public struct Settings: Equatable, Sendable {
    private var groups: [any SettingGroup]

    /// The settings of every run, and then those of the game and its data, each group of a different type.
    public init(
        run: RunSettings = RunSettings(), optimizer: OptimizerSettings = OptimizerSettings(),
        _ others: any SettingGroup...
    ) {
        groups = [run, optimizer] + others
        let names = fields.map(\.name)
        precondition(Set(names).count == names.count, "two settings of one name: \(names)")
    }

    /// A group that the run has.
    public subscript<Group: SettingGroup>(_ type: Group.Type) -> Group {
        get {
            guard let group = self[ifPresent: type] else { Self.lack(type) }
            return group
        }
        set {
            guard let index = groups.firstIndex(where: { $0 is Group }) else { Self.lack(type) }
            groups[index] = newValue
        }
    }

    private static func lack(_ type: any SettingGroup.Type) -> Never {
        fatalError("the recipe's defaults have no \(type), which its game asks for")
    }

    /// A group, where the run has it.
    public subscript<Group: SettingGroup>(ifPresent type: Group.Type) -> Group? {
        for group in groups {
            if let group = group as? Group { return group }
        }
        return nil
    }

    /// What every run has.
    public subscript<Value>(dynamicMember path: WritableKeyPath<RunSettings, Value>) -> Value {
        get { self[RunSettings.self][keyPath: path] }
        set { self[RunSettings.self][keyPath: path] = newValue }
    }

    public subscript<Value>(dynamicMember path: KeyPath<RunSettings, Value>) -> Value {
        self[RunSettings.self][keyPath: path]
    }

    /// Checks each group, and whether the groups fit together.
    public func validate() throws {
        for group in groups { try group.validate(among: self) }
    }

    public static func == (one: Settings, other: Settings) -> Bool {
        one.groups.map { AnyHashable($0) } == other.groups.map { AnyHashable($0) }
    }
}

// The settings as text.
extension Settings {
    /// One setting of the run, whichever group it is in.
    public struct Field: Sendable {
        public let name: String
        public let meaning: String
        /// Whether another value makes another run; if not, the setting may change on resuming.
        public let isIdentity: Bool
        fileprivate let expected: String
        fileprivate let text: @Sendable (Settings) -> String
        fileprivate let assign: @Sendable (inout Settings, String) -> Bool

        fileprivate init<Group>(_ field: SettingField<Group>) {
            name = field.name
            meaning = field.meaning
            isIdentity = field.isIdentity
            expected = field.expected
            text = { field.text($0[Group.self]) }
            assign = { field.assign(&$0[Group.self], $1) }
        }
    }

    /// All settings that the run has, in the order of `run.yaml`.
    public var fields: [Field] {
        func fields<Group: SettingGroup>(of _: Group) -> [Field] { Group.fields.map { Field($0) } }
        return groups.flatMap { fields(of: $0) }
    }

    /// A setting's value as text.
    public subscript(field: Field) -> String { field.text(self) }

    /// Changes one setting.
    ///
    /// - Throws: ``SettingError`` if the text is not one of its values.
    public mutating func set(_ field: Field, to text: String) throws {
        guard field.assign(&self, text) else {
            let shown = text.count > 100 ? "\(text.prefix(100))…" : text
            throw SettingError(field.name, expected: field.expected, found: "'\(shown)'")
        }
    }
}
