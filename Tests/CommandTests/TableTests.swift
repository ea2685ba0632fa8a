import Foundation
import Testing

extension Commands {
    @Suite("Tables", .serialized)
    struct TableTests {
        private let folder: TemporaryFolder
        private var data: String { "\(folder.path)/people.csv" }

        init() throws {
            folder = try TemporaryFolder()
            var text = "id;age;city;income\r\n"
            for row in 0..<400 {
                let city = ["Paris", "Lima", "Oslo"][row * row % 3]
                let income = row % 5 == 0 ? "" : "\(1_000 + row * 37 % 613),50"
                text += "\(row + 1);\(18 + row * 7 % 60);\(city);\(income)\r\n"
            }
            try text.write(toFile: data, atomically: true, encoding: .utf8)
        }

        private func run(
            _ command: String, _ options: String..., in name: String, failpoint: String? = nil
        ) throws -> (code: Int32, output: String) {
            try Command(
                [
                    command, "table", "--data", data, "--iterations", "12", "--set", "width=8",
                    "--set", "checkpoint-every=4", "--batch-size", "32", "--microbatch", "8",
                    "--output", "\(folder.path)/\(name)",
                ] + options, environment: failpoint.map { ["SWIFTGAN_FAILPOINT": $0] } ?? [:]
            ).wait()
        }

        private func lines(_ file: String) throws -> [String] {
            try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "\r\n")
                .filter { !$0.isEmpty }
        }

        @Test("have the same weights on one lane or two, with one worker or three, and when killed")
        func sameWeights() throws {
            let expected = try weights(run("train", "--lanes", "1", in: "one-lane"))
            let others = try [
                run("train", "--lanes", "2", in: "two-lanes"),
                run("launch", "--workers", "1", in: "one-worker"),
                run("launch", "--workers", "3", "--lanes", "1", in: "three-workers"),
            ]
            for other in others { #expect(try weights(other) == expected) }
            let killed = try run("train", in: "killed", failpoint: "ledger-written:7")
            #expect(killed.code == SIGKILL, "\(killed.output)")
            #expect(try weights(run("train", "--resume", in: "killed")) == expected)
        }

        @Test("come out in the dialect and the formats of the data, which need not be there")
        func sampled() throws {
            let trained = try run("train", in: "run")
            #expect(trained.code == 0, "\(trained.output)")
            #expect(trained.output.contains("column 'id': identifier"))
            try FileManager.default.removeItem(atPath: data)
            let file = "\(folder.path)/made.csv"
            func sample(_ options: String...) throws -> [String] {
                let sampled = try Command(
                    ["sample", "\(folder.path)/run", "--output", file] + options
                ).wait()
                #expect(sampled.code == 0, "\(sampled.output)")
                return try lines(file)
            }
            let all = try sample("--count", "300")
            #expect(all.count == 301 && all[0] == "id;age;city;income")
            for (number, line) in all.dropFirst().enumerated() {
                let cells = line.components(separatedBy: ";")
                #expect(cells.count == 4 && cells[0] == "\(number + 1)")
                #expect((18...77).contains(Int(cells[1]) ?? 0), "\(line)")
                #expect(["Paris", "Lima", "Oslo"].contains(cells[2]), "\(line)")
                #expect(cells[3].isEmpty || cells[3].hasSuffix(",50"), "\(line)")
            }
            // A row depends on its number and the seed alone.
            #expect(try sample("--count", "5") == Array(all.prefix(6)))
            let old = try sample("--count", "40", "--where", "age>=40", "--where", "city=Lima")
            #expect(old.count == 41)
            for line in old.dropFirst() {
                let cells = line.components(separatedBy: ";")
                #expect((Int(cells[1]) ?? 0) >= 40 && cells[2] == "Lima", "\(line)")
            }
        }

        @Test(
            "refuse conditions that cannot be, in one line",
            arguments: [
                ("town=Lima", "expected a column that is learned"),
                ("age", "expected a condition"), ("age>=old", "expected age to be compared"),
                ("city>Lima", "expected = or != with city"), ("city=Atlantis", "expected a text"),
                ("id=3", "expected a column that is learned"),
            ])
        func conditions(condition: String, expected: String) throws {
            _ = try weights(run("train", "--iterations", "1", in: "run"))
            let sampled = try Command(
                "sample", "\(folder.path)/run", "--count", "5", "--where", condition, "--output",
                "\(folder.path)/made.csv"
            ).wait()
            #expect(sampled.code == 78 && sampled.output.contains(expected), "\(sampled.output)")
            #expect(sampled.output.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/made.csv"))
        }

        @Test("are measured by trees, columns, pairs and copies")
        func measured() throws {
            _ = try weights(run("train", in: "run"))
            let found = try Command(
                "evaluate", "\(folder.path)/run", "--data", data, "--count", "40"
            ).wait()
            #expect(found.code == 0, "\(found.output)")
            for name in ["columns", "pairs", "two-sample-auc", "prediction", "copies"] {
                #expect(found.output.contains(name), "\(found.output)")
            }
        }
    }
}
