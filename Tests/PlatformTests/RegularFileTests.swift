import Foundation
import Platform
import Testing

@Suite("Files that are read whole")
struct RegularFileTests {
    private let folder =
        "\(NSTemporaryDirectory())/swiftgan-platform-\(UUID().uuidString.prefix(8))"

    private func reason(_ path: String, most: Int = 100) -> String? {
        do {
            _ = try RegularFile.content(of: path, most: most)
            return nil
        } catch { return error.description }
    }

    @Test(
        "A file gives its bytes; folders, pipes, devices and what is too large are told by what they are"
    )
    func kinds() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (file, pipe) = ("\(folder)/file", "\(folder)/pipe")
        try Data([7, 0, 255]).write(to: URL(fileURLWithPath: file))
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(try RegularFile.content(of: file) == Data([7, 0, 255]))
        #expect(reason(file, most: 2) == "3 bytes, which are more than 2")
        #expect(reason(folder) == "a folder")
        #expect(reason(pipe) == "a pipe")
        #expect(reason("/dev/zero") == "a device")
        #expect(reason("\(folder)/none") == "No such file or directory")
    }
}
