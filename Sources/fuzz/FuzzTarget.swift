internal import Foundation

/// Called by libFuzzer once, before anything else.
///
/// `fuzz table` tells what there is and `fuzz seeds DECODER FOLDER` writes sound inputs; both end the process. Otherwise
/// the variable `DECODER` says what is tried, since all arguments are libFuzzer's.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
    let words = CommandLine.arguments.dropFirst()
    if words.first == "table" {
        for decoder in Decoder.all {
            print(decoder.name, decoder.longest, decoder.memory, decoder.bound, separator: "\t")
        }
        exit(0)
    }
    if words.first == "seeds", words.count == 3, let decoder = Decoder.named(words[2]) {
        do {
            for (number, seed) in try decoder.seeds().enumerated() {
                try Data(seed).write(to: URL(fileURLWithPath: "\(words[3])/seed-\(number)"))
            }
            exit(0)
        } catch { fatalError("\(decoder.name): expected seeds, found \(error)") }
    }
    return 0
}

private let chosen: Decoder = {
    let name = ProcessInfo.processInfo.environment["DECODER"] ?? ""
    guard let decoder = Decoder.named(name) else {
        fatalError("expected DECODER to be one that 'fuzz table' tells, found '\(name)'")
    }
    return decoder
}()

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    do { try chosen.decode(UnsafeRawBufferPointer(start: start, count: count)) } catch {
        // An unreadable message is a failure, too.
        let words = "\(error)"
        guard words.utf8.count <= 1_000, !words.contains(where: \.isNewline) else {
            fatalError("expected one clear line, found \(words.utf8.count) bytes: \(words)")
        }
    }
    return 0
}
