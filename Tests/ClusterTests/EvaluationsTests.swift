import Cluster
import Foundation
import Testing

@Suite("What was measured of a run")
struct EvaluationsTests {
    @Test(
        "Images that still grow are no collapse: metrics count from their full size on",
        arguments: [(0, 30), (10, 30), (30, 50), (50, nil)] as [(Int, Int?)])
    func growing(grown: Int, collapse: Int?) throws {
        let path = NSTemporaryDirectory() + "evaluations-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = stride(from: 10, through: 50, by: 10).map { iteration in
            #"{"iteration":\#(iteration),"count":10,"seed":0,"metrics":[{"name":"missed-share","value":0.9,"real":0,"better":"smaller"}]}"#
        }
        try lines.map { $0 + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
        let evaluations = try Evaluations(path: path, judgedFrom: grown)
        #expect(evaluations.collapse?.iteration == collapse)
    }
}
