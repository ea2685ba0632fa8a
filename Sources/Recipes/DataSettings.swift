public import Adversarial

/// How large pictures are, for recipes that can have several sizes.
public struct ImageSettings: SettingGroup {
    public var resolution = 32

    public init() {}

    public static let fields: [SettingField<Self>] = [
        .whole("resolution", \.resolution, 4...1024, "pixels a side of images")
    ]
}

/// What is in a folder that can have any number of classes.
public struct FolderSettings: SettingGroup {
    public var classes = 0

    public init() {}

    public static let fields: [SettingField<Self>] = [
        .whole("classes", \.classes, 0...100_000, "how many folders are classes; 0: none")
    ]
}
