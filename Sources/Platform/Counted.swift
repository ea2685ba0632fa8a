/// A count with its noun, such as "1 picture" or "2 pictures".
package func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
