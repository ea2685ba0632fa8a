/// One setting of a group: its name, what it means, and how text becomes its value.
public struct SettingField<Group: SettingGroup>: Sendable {
    public typealias Path<Value> = any WritableKeyPath<Group, Value> & Sendable

    let name: String
    let meaning: String
    /// The texts that are values, for use in errors.
    let expected: String
    /// Whether another value makes another run; if not, the setting may change on resuming.
    let isIdentity: Bool
    let text: @Sendable (Group) -> String
    /// Sets the value from text; returns false, and changes nothing, if the text is not a value.
    let assign: @Sendable (inout Group, String) -> Bool

    private init<Value>(
        _ name: String, _ path: Path<Value>, _ meaning: String, expected: String, isIdentity: Bool,
        text: @escaping @Sendable (Value) -> String,
        value: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.meaning = meaning
        self.expected = expected
        self.isIdentity = isIdentity
        self.text = { text($0[keyPath: path]) }
        assign = { group, text in
            guard let value = value(text) else { return false }
            group[keyPath: path] = value
            return true
        }
    }

    /// A whole number within a range; `isIdentity` says whether it decides the weights.
    public static func whole(
        _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ meaning: String,
        isIdentity: Bool = true
    ) -> Self {
        Self(
            name, path, meaning,
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            isIdentity: isIdentity, text: { String($0) },
            value: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } })
    }

    /// A number.
    public static func number(
        _ name: String, _ path: Path<Float>, _ range: ClosedRange<Float>, _ meaning: String
    ) -> Self {
        Self(
            name, path, meaning,
            expected: "a number from \(range.lowerBound) to \(range.upperBound)", isIdentity: true,
            text: { String($0) },
            value: { text in Float(text).flatMap { range.contains($0) ? $0 : nil } })
    }

    /// One of several names.
    public static func choice<Value: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: Path<Value>, _ meaning: String
    ) -> Self {
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(
            name, path, "\(meaning): \(known)", expected: "one of \(known)", isIdentity: true,
            text: { $0.rawValue }, value: { Value(rawValue: $0) })
    }

    /// A value that a text describes.
    ///
    /// - Parameter expected: What such a text is, for use in errors.
    public static func described<Value: LosslessStringConvertible & SendableMetatype>(
        _ name: String, _ path: Path<Value>, _ meaning: String, expected: String
    ) -> Self {
        Self(
            name, path, meaning, expected: expected, isIdentity: true, text: { $0.description },
            value: { Value($0) })
    }

    /// A setting that is yes or no.
    public static func flag(_ name: String, _ path: Path<Bool>, _ meaning: String) -> Self {
        Self(
            name, path, meaning, expected: "true or false", isIdentity: true,
            text: { String($0) }, value: { Bool($0) })
    }
}

/// A value that a setting cannot have, or that does not fit the other settings.
public struct SettingError: Error, CustomStringConvertible {
    public let description: String

    /// The error "NAME: expected …, found …; HINT", where `hint` is anything else that helps.
    public init(
        _ name: String, expected: String, found: some CustomStringConvertible, hint: String? = nil
    ) {
        description =
            "\(name): expected \(expected), found \(found)" + (hint.map { "; \($0)" } ?? "")
    }
}
