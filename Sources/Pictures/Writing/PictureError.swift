/// Why a picture file can be neither read nor written, in one line.
public struct PictureError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    /// What a file gave instead of a picture.
    static func unread(_ problem: UnreadPicture) -> PictureError {
        let found =
            switch problem {
            case .damaged: "a damaged one, or one that is cut short"
            case .tooLarge: "a larger one"
            case .animated: "an animation"
            case .foreign: "something else, whatever its name says"
            case .unreadable: "one that cannot be read"
            case .empty: "an empty file"
            }
        return PictureError("expected a PNG, JPEG or WebP picture, found \(found)")
    }
}
