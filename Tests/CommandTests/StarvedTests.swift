import Foundation
import Testing

extension Commands {
    /// What the system refuses: to take words, or to give threads, descriptors, sizes.
    @Suite("Starved processes", .serialized)
    struct StarvedTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func shell(_ script: String) throws -> (code: Int32, output: String) {
            try Command(shell: "cd \(folder.path); \(script)").wait(seconds: 60)
        }

        /// The hash of the last checkpoint's weights and moments.
        private func hash(_ run: String) throws -> String {
            try String(
                contentsOfFile: "\(folder.path)/\(run)/checkpoints/00000020.safetensors.sha256",
                encoding: .utf8)
        }

        @Test("A run whose words nobody takes ends as any other, and none of them is in its files")
        func unheard() throws {
            let train = "$swiftgan train ring --iterations 20 --output"
            #expect(try shell("\(train) heard").code == 0)
            let expected = try hash("heard")
            let results = [
                ("closed", "<&- >&- 2>&-"), ("full", ">/dev/full 2>/dev/full"),
                ("gone", "| true; exit ${PIPESTATUS[0]}"),
            ]
            for (name, ending) in results {
                #expect(try shell("\(train) \(name) \(ending)").code == 0)
                #expect(try hash(name) == expected)
                for file in ["run.yaml", "metrics.jsonl", "ledger.jsonl", "attempt"] {
                    let text = try String(
                        contentsOfFile: "\(folder.path)/\(name)/\(file)", encoding: .utf8)
                    #expect(!text.contains("joined") && !text.contains("sha256 "), "\(file)")
                }
            }
        }

        @Test(
            "A command whose output is its result ends with 1 and a line where that cannot be written"
        )
        func unheardResult() throws {
            _ = try shell("$swiftgan train ring --iterations 20 --output run")
            for command in ["recipes", "status run", "audit run", "--help", "train --help"] {
                for (place, reason) in [
                    (">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"),
                ] {
                    let (code, output) = try shell("$swiftgan \(command) \(place)")
                    #expect(code == 1)
                    #expect(
                        output
                            == "swiftgan: standard output: expected to write the result there, found \(reason)\n"
                    )
                }
            }
            let (code, output) = try shell(
                "(sleep 0.5; exec $swiftgan recipes) | true; exit ${PIPESTATUS[0]}")
            #expect(code == 128 + SIGPIPE)
            #expect(output.isEmpty)
        }

        @Test("Fewer threads than lanes: how many there are, and what makes do with them")
        func fewThreads() throws {
            let (code, output) = try shell(
                "ulimit -v 16000000; $swiftgan train ring --iterations 5 --lanes 1000 --output run")
            #expect(code == 78)
            let match = try #require(
                output.firstMatch(
                    of:
                        /^swiftgan: expected 1016 threads, 1000 of them lanes, the system allowed (\d+); --lanes (\d+) makes do/
                ), "\(output)")
            #expect(Int(match.1) == Int(match.2).map { $0 + 16 })
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/run"))
        }

        @Test("Hardly any threads, descriptors or bytes a file: a line each")
        func hardlyAny() throws {
            let train = "$swiftgan train ring --iterations 5 --output run"
            for (limit, code, word) in [
                ("-v 400000", 75 as Int32, "the system allowed"),
                ("-n 20", 78, "'ulimit -n 64'"), ("-f 1", 1, "File too large"),
            ] {
                let name = limit.filter(\.isNumber)
                let result = try shell("ulimit \(limit); \(train)\(name)")
                #expect(result.code == code, "\(result.output)")
                #expect(result.output.contains(word), "\(result.output)")
                #expect(
                    result.output.split(separator: "\n").count { $0.hasPrefix("swiftgan:") } == 1)
            }
        }

        @Test("More memory than any system has: a line")
        func noMemory() throws {
            let (code, output) = try shell(
                "ulimit -v 1600000; $swiftgan train ring --set width=1024 --batch-size 32768 --microbatch 32768 --lanes 1 --iterations 1 --output run"
            )
            #expect(code == 1, "\(output)")
            #expect(
                output.contains("MiB more memory, but the system has none; a smaller microbatch"))
        }

        @Test("A folder, a pipe or a device in the place of a file is told by what it is")
        func noFiles() throws {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/folder", withIntermediateDirectories: true)
            try #require(mkfifo("\(folder.path)/pipe", 0o600) == 0)
            for recipe in ["chorales", "emoji"] {
                for (path, kind) in [
                    ("folder", "a folder"), ("pipe", "a pipe"), ("/dev/zero", "a device"),
                ] {
                    let (code, output) = try shell("$swiftgan train \(recipe) --data \(path)")
                    #expect(code == 78)
                    #expect(output.contains("\(path): expected"), "\(output)")
                    #expect(output.contains("found \(kind)"), "\(output)")
                }
            }
        }

        @Test(
            "A terminal's progress is one line within its width; what cannot write over a line gets whole ones",
            .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
        func terminal() throws {
            func output(_ terminal: String, _ name: String) throws -> String {
                try shell(
                    "TERM=\(terminal) script -qec 'stty cols 40; $swiftgan train ring --iterations 60 --output \(name)' /dev/null"
                ).output
            }
            let shown = try output("xterm", "xterm").split(separator: "\r\u{1b}[K").dropFirst()
            #expect(shown.count >= 2)
            for part in shown {
                let line = part.prefix { $0 != "\r\n" }
                #expect(line.count <= 39 && line.hasPrefix("iteration "), "\(line)")
            }
            #expect(shown.last?.hasPrefix("iteration 60/60  done  ") == true)
            let dumb = try output("dumb", "dumb")
            #expect(!dumb.contains("\u{1b}") && dumb.contains("generator.loss"))
            let (_, piped) = try shell("$swiftgan train ring --iterations 60 --output piped")
            #expect(!piped.utf8.contains(UInt8(ascii: "\r")))
            #expect(
                piped.contains(/iteration 60\/60  done .* generator\.loss [0-9.]+\nrun in piped/))
        }

        @Test("A run.yaml of no examples, or of more than can be counted, is refused")
        func strangeCount() throws {
            _ = try shell("$swiftgan train ring --iterations 5 --output run")
            for count in ["0", "-1", "9223372036854775807"] {
                let (code, output) = try shell(
                    "sed -i 's/^data-count: .*/data-count: \(count)/' run/run.yaml; $swiftgan audit run"
                )
                #expect(code == 78)
                #expect(output.contains("expected data-count from 1 to 1099511627776"), "\(output)")
            }
        }
    }
}
