import Foundation
import Glibc
import Synchronization
import Testing

/// A `swiftgan` process as a person starts it, from the build under test.
final class Command: @unchecked Sendable {
    private let process = Process()
    private let text = Mutex("")
    private let ended = DispatchSemaphore(value: 0)
    private let silent = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - environment: Beside this process's own.
    ///   - executable: Another than the program under test.
    init(
        _ arguments: [String], environment: [String: String] = [:],
        executable: URL = Command.executable
    ) throws {
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.executableURL = executable
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [ended] _ in ended.signal() }
        pipe.fileHandleForReading.readabilityHandler = { [weak self, silent] file in
            let data = file.availableData
            self?.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
            guard data.isEmpty else { return }
            file.readabilityHandler = nil
            silent.signal()
        }
        try process.run()
    }

    convenience init(_ arguments: String...) throws { try self.init(arguments) }

    /// Runs a shell's script, in which `$swiftgan` is the program.
    convenience init(shell script: String) throws {
        try self.init(
            ["-c", script], environment: ["swiftgan": Self.executable.path],
            executable: URL(fileURLWithPath: "/bin/bash"))
    }

    static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("swiftgan")

    var output: String { text.withLock { $0 } }

    /// Waits for the end, and for the last of what was printed.
    @discardableResult
    func wait(seconds: Double = 240) throws -> (code: Int32, output: String) {
        guard ended.wait(timeout: .now() + seconds) == .success else {
            kill()
            throw TestFailure(
                "\(process.arguments ?? []) did not end in \(seconds) s; it printed:\n\(output)")
        }
        // Whoever else has the pipe may outlive the process.
        _ = silent.wait(timeout: .now() + 2)
        silent.signal()
        return (process.terminationStatus, output)
    }

    /// SIGTERM, as whoever wants it to end in good order; SIGHUP, as a terminal that is closed.
    func terminate(by signal: Int32 = SIGTERM) {
        Foundation.kill(process.processIdentifier, signal)
    }

    /// SIGKILL, as the kernel does it when memory is short.
    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Waits until something was printed, and returns what a pattern's group matched there.
    func waitForOutput(_ pattern: Regex<(Substring, Substring)>, seconds: Double = 60) throws
        -> String
    {
        for _ in 0..<Int(seconds * 20) {
            if let match = output.firstMatch(of: pattern) { return String(match.1) }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw TestFailure("expected a certain line in:\n\(output)")
    }

    /// Bytes of memory that the process holds.
    var residentBytes: Int {
        get throws {
            let path = "/proc/\(process.processIdentifier)/statm"
            let fields = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ")
            guard fields.count > 1, let pages = Int(fields[1]) else {
                throw TestFailure("\(path): expected numbers, found \(fields)")
            }
            return pages * sysconf(Int32(_SC_PAGESIZE))
        }
    }

    deinit { if process.isRunning { kill() } }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A folder that goes away with the test.
final class TemporaryFolder {
    let path = "\(NSTemporaryDirectory())/swiftgan-test-\(UUID().uuidString.prefix(8))"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The hash in the last line of a training command.
func weights(_ result: (code: Int32, output: String)) throws -> String {
    guard result.code == 0,
        let match = result.output.firstMatch(of: /weights sha256 ([0-9a-f]{64})\n$/)
    else {
        throw TestFailure("exit code \(result.code), and no hash at the end of:\n\(result.output)")
    }
    return String(match.1)
}

/// Runs a command that must fail, with one line that holds all of `words`.
///
/// - Parameter expected: The exit code; nil: any but 0.
func expectRefusal(
    _ arguments: [String], _ words: String..., code expected: Int32? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let (code, output) = try Command(arguments).wait(seconds: 30)
    if let expected {
        #expect(code == expected, "\(output)", sourceLocation: sourceLocation)
    } else {
        #expect(code != 0, "\(output)", sourceLocation: sourceLocation)
    }
    let lines = output.split(separator: "\n").filter { $0.hasPrefix("swiftgan:") }
    #expect(lines.count == 1, "\(output)", sourceLocation: sourceLocation)
    for word in words {
        #expect(output.contains(word), "\(output)", sourceLocation: sourceLocation)
    }
}

/// Waits until a run's metrics have reached an iteration.
func waitForIteration(_ iteration: Int, inRun folder: String) throws {
    for _ in 0..<2400 {
        if try metrics(folder).contains(where: { $0.iteration >= iteration }) { return }
        Thread.sleep(forTimeInterval: 0.025)
    }
    throw TestFailure("\(folder) did not reach iteration \(iteration)")
}

/// Iteration and time of each line of a run's metrics.
func metrics(_ folder: String) throws -> [(iteration: Int, time: Double)] {
    let text = (try? String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let iteration = object["iteration"] as? Int, let time = object["time"] as? Double
        else { return nil }
        return (iteration, time)
    }
}

/// A port that the kernel finds free, with the next one free, too: the coordinator answers for data there.
func freePort() throws -> Int {
    for _ in 0..<100 {
        if let port = boundPort(0), boundPort(port + 1) != nil { return port }
    }
    throw TestFailure("no two free ports in a row")
}

/// Binds a port for a moment; 0 lets the kernel choose.
private func boundPort(_ port: Int) -> Int? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(clamping: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            guard bind(socket, generic, length) == 0, getsockname(socket, generic, &length) == 0
            else { return nil }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
    }
}

/// Whether Debian's Fashion-MNIST is here; tests that need it say so where it is not.
let hasFashionData = FileManager.default.fileExists(
    atPath: "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz")

let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""

/// Whether runs can be kept to AVX2 here.
let hasAVX2 = processors.contains(" avx2 ")
