import Foundation
import Testing

@testable import Cluster

@Suite("The names of a run's classes")
struct ClassNamesTests {
    @Test("None without the file; one that is damaged is named")
    func damaged() throws {
        let folder = "\(NSTemporaryDirectory())/swiftgan-classes-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try DataExtract.classNames(in: folder) == [])
        let file = "\(folder)/classes.json"
        try #"["cats", "dogs"]"#.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try DataExtract.classNames(in: folder) == ["cats", "dogs"])
        try #"["cats", "d"#.write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: FolderError.self) {
            try DataExtract.classNames(in: folder)
        }
        #expect(error?.description.hasPrefix("\(file): expected a list") == true)
    }
}
