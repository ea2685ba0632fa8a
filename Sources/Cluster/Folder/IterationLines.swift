internal import Adversarial
internal import Foundation

// Files with a line an iteration, or for some iterations.
extension LineFile {
    /// Takes lines of iterations off the end that will be computed again, and what is no such line.
    ///
    /// - Returns: The last iteration that has a line then; 0 where none has.
    @discardableResult
    func takeOffLines(after iteration: Int) -> Int {
        func number(_ line: String) -> Int? {
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            let found = (object as? [String: Any])?["iteration"] as? Int
            return found.flatMap { RunSettings.iterationRange.contains($0) ? $0 : nil }
        }
        return dropLast { line in number(line).map { $0 > iteration } ?? true }
            .flatMap(number) ?? 0
    }
}
