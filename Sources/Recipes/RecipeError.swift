/// A recipe or setting that does not exist or does not fit.
public struct RecipeError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// "; did you mean 'x'?" for what is otherwise called so, or for the nearest of some names, or all of them where none is near.
func suggestion(
    for name: String, among names: [String], otherNames: [String: [String]] = [:]
) -> String {
    let plain = name.lowercased().replacing("_", with: "-")
    if let meant = otherNames[plain] {
        return "; did you mean \(meant.map { "'\($0)'" }.joined(separator: " or "))?"
    }
    let nearest = names.min { editDistance(plain, $0) < editDistance(plain, $1) }
    // Two letters of three make another word.
    let most = name.count > 3 ? max(2, name.count / 3) : 1
    if let nearest, editDistance(plain, nearest) <= most {
        return "; did you mean '\(nearest)'?"
    }
    return
        "; there are: \(names.prefix(100).joined(separator: ", "))\(names.count > 100 ? "…" : "")"
}

/// How many letters to insert, delete or replace (Levenshtein, 1966).
private func editDistance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = next
        }
    }
    return row[b.count]
}
