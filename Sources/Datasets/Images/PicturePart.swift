/// Which pictures of a set are wanted.
public enum PicturePart: Sendable {
    /// Those that are trained on.
    case training
    /// Those that training never sees.
    case heldOut
    case all

    /// Whether pictures that are held out belong to the part, or those that are not.
    func contains(isHeldOut: Bool) -> Bool {
        switch self {
        case .training: !isHeldOut
        case .heldOut: isHeldOut
        case .all: true
        }
    }

    /// Whether it has a picture of a set without parts of its own, where every tenth number is held out.
    func contains(_ number: Int) -> Bool { contains(isHeldOut: number % 10 == 9) }
}
