import Evaluation
import Foundation
import Pictures
import Tensors
import Testing

extension Commands {
    @Suite("More labelled pictures", .serialized)
    struct AugmentCommandTests {
        private let folder: TemporaryFolder

        /// Blots of several brightnesses: four classes to learn from, two with labels, more of these to test with, and a pool.
        init() throws {
            folder = try TemporaryFolder()
            var seed: UInt64 = 0
            for (name, levels, count) in [
                ("base", 4, 12), ("labelled", 2, 4), ("test", 2, 6), ("pool", 2, 20),
            ] {
                for level in 0..<levels {
                    let path = "\(folder.path)/\(name)/level\(level)"
                    try FileManager.default.createDirectory(
                        atPath: path, withIntermediateDirectories: true)
                    seed += 1
                    let low = Float(level) * 0.3 - 1
                    let values = RandomSource(seed: seed).uniform(
                        count * 256, at: .init(.data), in: low..<(low + 0.5))
                    let blots = Picture.images(NDArray(values, shape: [count, 1, 16, 16]))
                    for (index, blot) in blots.enumerated() {
                        try blot.write(to: "\(path)/\(index).png")
                    }
                }
            }
        }

        private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

        private func augment(
            _ output: String, _ options: String..., steps: Int = 4
        ) throws -> String {
            let ended = try Command(
                [
                    "augment", path("labelled"), "--output", path(output), "--side", "16",
                    "--per-class", "6", "--iterations", "2", "--steps", "\(steps)", "--draws", "2",
                ] + options
            ).wait()
            #expect(ended.code == 0, "\(ended.output)")
            return ended.output
        }

        private func report(_ output: String) throws -> String {
            try String(contentsOfFile: path("\(output)/report.md"), encoding: .utf8)
        }

        private func pictures(_ output: String) throws -> [Data] {
            try (0..<2).flatMap { level in
                try (1...6).map { number in
                    try Data(
                        contentsOf: URL(
                            fileURLWithPath: path("\(output)/level\(level)/000\(number).png")))
                }
            }
        }

        private let arms = [
            "real, as they are", "real, with the usual changes", "real, and 25% synthetic",
            "real, and 50% synthetic", "real, and 75% synthetic", "synthetic alone",
        ]

        @Test("With other classes: the same pictures and report on one lane or two, and again")
        func base() throws {
            let test = ["--test", path("test")]
            _ = try augment("one", "--base", path("base"), "--lanes", "1", test[0], test[1])
            let first = (try pictures("one"), try report("one"))
            for arm in arms { #expect(first.1.contains("| \(arm) |"), "\(first.1)") }
            #expect(first.1.contains("named 12 pictures of the test"))
            #expect(Set(first.0).count == 12)
            _ = try augment("two", "--base", path("base"), "--lanes", "2", test[0], test[1])
            #expect(try pictures("two") == first.0)
            // The report names the folder of the base, and nothing of its own.
            #expect(try report("two") == first.1)
            // A run that was trained is taken as it is, and gives the same pictures.
            _ = try augment("three", "--base", path("one/run"), test[0], test[1])
            #expect(try pictures("three") == first.0)
            let again = try augment("one", "--base", path("base"), test[0], test[1])
            #expect(!again.contains("iteration 1/2"), "\(again)")
            #expect(try pictures("one") == first.0)
            // Without a test, folds of the labelled pictures are left out in turn.
            _ = try augment("folds", "--base", path("one/run"))
            #expect(try report("folds").contains("each fold of the labelled pictures"))
        }

        @Test(
            "With a pool: its pictures are named, and a classifier also learns from them directly")
        func pool() throws {
            let output = try augment(
                "named", "--unlabelled", path("pool"), "--test", path("test"), steps: 40)
            #expect(output.contains("named with certainty"))
            for arm in arms + ["real, and 75% of the pool as it was named"] {
                #expect(try report("named").contains("| \(arm) |"))
            }
            #expect(try pictures("named").count == 12)
        }

        @Test("With neither: little is promised, and nothing compared without a test")
        func neither() throws {
            let output = try augment("neither")
            #expect(output.contains("Little is to be expected"))
            #expect(output.contains("no report: --test FOLDER is needed"))
            #expect(try report("neither").contains("Little is to be expected"))
            #expect(try pictures("neither").count == 12)
        }

        @Test("Refusals are one line")
        func refused() throws {
            let output = ["--output", path("refused")]
            try expectRefusal(
                ["augment", path("labelled"), "--base", "a", "--unlabelled", "b"] + output,
                "expected --base or --unlabelled, found both", code: 78)
            try expectRefusal(
                ["augment", path("labelled"), "--side", "28"] + output, "16, 32, 64 or 128",
                code: 78)
            try FileManager.default.createDirectory(
                atPath: path("lonely/level1"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: path("labelled/level0"), toPath: path("lonely/level0"))
            try FileManager.default.copyItem(
                atPath: path("labelled/level1/0.png"), toPath: path("lonely/level1/0.png"))
            try expectRefusal(
                ["augment", path("lonely"), "--base", path("base")] + output,
                "expected two pictures of each class to compare by, found one of level1", code: 78)
            try expectRefusal(
                ["augment", path("labelled"), "--output", path("labelled")], "a folder apart from",
                code: 78)
            _ = try augment("grown", "--base", path("base"), "--no-report")
            try expectRefusal(
                ["augment", path("labelled"), "--base", path("grown/run")] + output,
                "expected a run of pictures of 32 pixels a side, found 16", code: 78)
            try expectRefusal(
                [
                    "enlarge", path("grown/run"), path("labelled/level0/0.png"), "--output",
                    path("a.png"),
                ],
                "'swiftgan augment --base' takes this run", code: 78)
        }
    }
}
