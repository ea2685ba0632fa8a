/// Stops the program if a caller broke a rule, with the numbers that show how.
///
/// Unlike `precondition`, it gives this message in optimized builds, too.
@inline(__always)
package func require(
    _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #file,
    line: UInt = #line
) {
    if !condition { fatalError(message(), file: file, line: line) }
}
