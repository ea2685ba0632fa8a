import Foundation
import Platform
import Testing

@Suite("Files and folders that are made")
struct UnfinishedFileTests {
    private let folder =
        "\(NSTemporaryDirectory())/swiftgan-unfinished-\(UUID().uuidString.prefix(8))"

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func reason(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test(
        "Of a file that is not finished nothing is left, whether it is given up or the process ends"
    )
    func unfinished() throws {
        try makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let file = UnfinishedFile("\(folder)/given-up")
            try Data([1]).write(to: URL(fileURLWithPath: file.path))
            #expect(try names() == ["given-up.part"])
        }
        #expect(try names() == [])
        let file = UnfinishedFile("\(folder)/ended")
        try Data([1]).write(to: URL(fileURLWithPath: file.path))
        UnfinishedFile.removeAll()
        #expect(try names() == [])
        #expect(!file.finish())
        try UnfinishedFile.write(Data([7]), to: "\(folder)/whole")
        try UnfinishedFile.write(Data([7, 8]), to: "\(folder)/whole")
        #expect(try names() == ["whole"])
        #expect(try RegularFile.content(of: "\(folder)/whole") == Data([7, 8]))
    }

    @Test("What cannot be made is told in the system's words")
    func refused() throws {
        try makeFolder("\(folder)/a/b/")
        try makeFolder("\(folder)/a/b")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try UnfinishedFile.write(Data(), to: "\(folder)/file")
        #expect(reason { try makeFolder("\(folder)/file") } == "File exists")
        #expect(reason { try makeFolder("\(folder)/file/c") } == "Not a directory")
        #expect(
            reason { try UnfinishedFile.write(Data(), to: "\(folder)/none/file") }
                == "No such file or directory")
        #expect(
            reason { try UnfinishedFile.write(Data(), to: "\(folder)/a") } == "Is a directory")
    }
}
