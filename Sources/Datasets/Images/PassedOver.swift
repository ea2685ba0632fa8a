internal import Pictures

/// A count, by reason, of everything in a folder besides the pictures that are read.
struct PassedOver: Sendable {
    private var reasons: [(name: String, count: Int)] = []
    /// The first file or folder that was skipped.
    private var first: String?

    /// - Parameter path: The path below the folder.
    mutating func add(_ reason: String, _ path: String) {
        if let known = reasons.firstIndex(where: { $0.name == reason }) {
            reasons[known].count += 1
        } else {
            reasons.append((reason, 1))
        }
        if first == nil { first = path }
    }

    var isEmpty: Bool { reasons.isEmpty }

    /// A text such as "GIF 12, damaged 3; the first is cats/7.gif".
    var description: String {
        let counts = reasons.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
        return "\(counts); the first is \(shown(first ?? ""))"
    }
}

extension UnreadPicture {
    /// The reason as it appears in a count of what was passed over.
    var reason: String {
        switch self {
        case .damaged: "damaged"
        case .tooLarge: "above 64 megapixels"
        case .animated: "animated WebP"
        case .foreign: "not what the name says"
        case .unreadable: "unreadable"
        case .empty: "empty"
        }
    }
}

/// A file name as a part of one line, whatever characters it has.
package func shown(_ name: String) -> String {
    String(
        String.UnicodeScalarView(
            name.unicodeScalars.map {
                $0.properties.generalCategory == .control ? "\u{fffd}" : $0
            }))
}
