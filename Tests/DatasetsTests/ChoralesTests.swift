import Datasets
import Foundation
import Tensors
import Testing

@Suite("Chorales")
struct ChoralesTests {
    private func chorales(_ text: String, heldOut: Bool = false) throws -> Chorales {
        let path = "\(NSTemporaryDirectory())/swiftgan-chorales-\(UUID().uuidString)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Chorales(path: path, heldOut: heldOut)
    }

    private func piece(_ steps: Int, _ pitches: String = "[60,57,-1,36]") -> String {
        "[" + Array(repeating: pitches, count: steps).joined(separator: ",") + "]"
    }

    @Test("Each bar begins a window of two; a voice's pitch is 1, all else -1")
    func windows() throws {
        let found = try chorales("{\"train\":[\(piece(64)),\(piece(31))],\"test\":[\(piece(32))]}")
        #expect(found.count == 3)
        let scalars = try found.examples([0]).values.scalars
        #expect(scalars.count == 4 * 32 * 48 && scalars.count { $0 == 1 } == 3 * 32)
        #expect(
            scalars[60 - 36] == 1 && scalars[(2 * 32) * 48..<(3 * 32) * 48].allSatisfy { $0 == -1 })
        #expect(scalars[3 * 32 * 48] == 1)
    }

    @Test("What is no chorale is refused")
    func refusals() {
        func message(_ text: String) -> String {
            do {
                _ = try chorales(text)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message("hello").contains("expected JSON with pieces"))
        #expect(message("{\"train\":[]}").contains("expected pieces of at least two bars"))
        #expect(
            message("{\"train\":[\(piece(32, "[1,2]"))]}").contains(
                "expected steps of 4 pitches, found 2"))
        #expect(
            message(String(repeating: " ", count: 1 << 23 + 1)).contains(
                "expected at most 8388608 bytes of JSON, found more"))
        #expect(
            message("{\"train\":[\(piece(32, "[99,60,60,60]"))]}").contains(
                "expected pitches from 36 to 83, or -1, found 99"))
    }
}
