import Foundation
import Testing

@testable import Cluster

@Suite("Files of lines")
struct LineFileTests {
    private let path = NSTemporaryDirectory() + "lines-\(UUID().uuidString)"

    private func content() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("A line that was cut short is taken off, and the next begins where it did")
    func torn() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "one\ntwo\nthr".write(toFile: path, atomically: true, encoding: .utf8)
        try LineFile(path: path).append("three")
        #expect(try content() == "one\ntwo\nthree\n")
    }

    @Test("What is looked for is found in the last line that has it, and all lines stay")
    func last() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try LineFile(path: path)
        #expect(file.last { Int($0) } == nil)
        for line in ["1", "2", "three", ""] { try file.append(line) }
        #expect(file.last { Int($0) } == 2)
        #expect(try content() == "1\n2\nthree\n\n")
    }

    @Test("Lines come off the end, however long they are, up to the first that stays")
    func dropping() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try LineFile(path: path)
        let long = String(repeating: "ä", count: 9_000)
        for line in ["one", long, "two", long + "x", ""] { try file.append(line) }
        #expect(file.dropLast { $0 != "two" } == "two")
        try file.append("three")
        #expect(try content() == "one\n\(long)\ntwo\nthree\n")
        #expect(file.dropLast { _ in true } == nil)
        #expect(try content() == "")
    }
}
