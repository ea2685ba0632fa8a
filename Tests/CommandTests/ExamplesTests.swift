import Foundation
import Testing

extension Commands {
    /// The programs of `Examples`.
    @Suite("What is built on the library", .serialized)
    struct ExamplesTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        @Test(
            "Every command knows a recipe of one's own, and a cluster of processes gives its weights",
            arguments: [
                ("OwnRecipe", "checkerboard"), ("TwoCritics", "two-critics"),
            ])
        func ownRecipe(program: String, recipe: String) throws {
            func command(_ arguments: String...) throws -> Command {
                try Command(arguments, executable: example(program))
            }
            let options = [recipe, "--iterations", "20", "--set", "width=16"]
            let one = try Command(
                ["train"] + options + ["--lanes", "1", "--output", run],
                executable: example(program)
            ).wait()
            let two = try Command(
                ["launch"] + options + ["--workers", "2", "--output", "\(run)-launched"],
                executable: example(program)
            ).wait()
            #expect(try weights(one) == weights(two))
            #expect(try command("recipes").wait().output.contains("\(recipe): "))
            #expect(try command("sample", run, "--output", "\(run).png").wait().code == 0)
            #expect(FileManager.default.fileExists(atPath: "\(run).png"))
            #expect(try command("audit", run).wait().output.hasSuffix("clean\n"))
            #expect(try command("status", run).wait().output.contains("iteration 20 of 20, done"))
            let evaluated = try command("evaluate", run, "--count", "100").wait()
            #expect(evaluated.output.contains("frechet-distance"), "\(evaluated.output)")
            // A program without the recipe says so.
            try expectRefusal(["status", run], "no recipe is called '\(recipe)'", code: 78)
        }

        @Test("Each of two critics learns, and reports its scores")
        func twoCritics() throws {
            _ = try weights(
                Command(
                    ["train", "two-critics", "--iterations", "20", "--output", run],
                    executable: example("TwoCritics")
                ).wait())
            let lines = try String(contentsOfFile: "\(run)/metrics.jsonl", encoding: .utf8)
                .split(separator: "\n")
            for critic in ["places", "differences"] {
                let scores = try lines.map { line in
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                    let name = "discriminator.\(critic).score-of-reals"
                    return try #require((object as? [String: Any])?[name] as? Double)
                }
                #expect(Set(scores).count == 20, "\(critic) \(scores)")
            }
        }

        @Test("Trained from Swift, a recipe has the weights of the command line")
        func fromSwift() throws {
            let fromSwift = try Command(
                ["20", run], executable: example("TrainFromSwift")
            ).wait()
            let trained = try Command(
                "train", "ring", "--iterations", "20", "--output", "\(run)-trained"
            ).wait()
            #expect(try weights(fromSwift) == weights(trained))
            #expect(fromSwift.output.contains("of 1000 samples, [1000, 2], lie near the circle"))
        }
    }
}

/// A program of `Examples`, from the build under test.
private func example(_ name: String) -> URL {
    Command.executable.deletingLastPathComponent().appendingPathComponent(name)
}
