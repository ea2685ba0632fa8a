import Foundation
import Testing

extension Commands {
    @Suite("Runs on a folder of pictures", .serialized)
    struct PictureCommandTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }
        private var pictures: String { "\(folder.path)/pictures" }
        private var training: [String] {
            [
                "image-folder", "--data", pictures, "--set", "resolution=16", "--set", "width=4",
                "--set", "classes=2", "--set", "conditioning=projection", "--batch-size", "8",
                "--microbatch", "4", "--set", "checkpoint-every=2",
            ]
        }

        /// Two pixels by two of one colour.
        private static let red =
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8xSXCwMDAxMDAwMDAAAAOMAEcbQh8xwAAAABJRU5ErkJggg=="
        private static let blue =
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGNkiDrBwMDAxMDAwMDAAAAM+gEmrPohZgAAAABJRU5ErkJggg=="

        init() throws {
            folder = try TemporaryFolder()
            for (name, picture) in [("cats", Self.red), ("dogs", Self.blue)] {
                try FileManager.default.createDirectory(
                    atPath: "\(pictures)/\(name)", withIntermediateDirectories: true)
                let content = try #require(Data(base64Encoded: picture))
                for number in 10..<70 {
                    try content.write(
                        to: URL(fileURLWithPath: "\(pictures)/\(name)/\(number).png"))
                }
            }
        }

        private func sample(_ name: String) throws -> Data {
            let path = "\(folder.path)/sample.png"
            try? FileManager.default.removeItem(atPath: path)
            let (code, output) = try Command(
                "sample", run, "--class", name, "--count", "4", "--output", path
            ).wait()
            #expect(code == 0, "\(output)")
            return try Data(contentsOf: URL(fileURLWithPath: path))
        }

        /// The files of shared pictures that a process has open.
        private func sharedPictures(_ process: String) throws -> Set<String> {
            let folder = "/proc/\(process)/fd"
            let manager = FileManager.default
            let files = try manager.contentsOfDirectory(atPath: folder).compactMap {
                try? manager.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
            }
            return Set(files.filter { $0.contains("/swiftgan-pictures-") })
        }

        @Test("Classes are called by their names; a run inside its own data goes on with these")
        func classes() throws {
            let inside = ["train"] + training + ["--output", "\(pictures)/runs/first"]
            let first = try Command(inside + ["--iterations", "2"]).wait()
            _ = try weights(first)
            #expect(first.output.contains("classes: 0 cats, 1 dogs\n"), "\(first.output)")
            let resumed = try Command(inside + ["--iterations", "4", "--resume", "--strict"]).wait()
            let whole = try Command(
                ["train"] + training + ["--output", run, "--iterations", "4"]
            ).wait()
            #expect(try weights(resumed) == weights(whole))
            #expect(
                resumed.output.contains(
                    "runs/first, the folder of a run, is not among the pictures"),
                "\(resumed.output)")
            #expect(try sample("dogs") == sample("1"))
            #expect(try sample("dogs") != sample("cats"))
            let (code, output) = try Command("sample", run, "--class", "dog").wait()
            #expect(code == 78)
            #expect(
                output
                    == "swiftgan: --class: expected the name of a class or 0 to 1, found dog; did you mean 'dogs'?\n"
            )
        }

        @Test("Workers of a host share one copy of the pictures, which goes away with them")
        func oneCopy() throws {
            let single = try Command(
                ["train"] + training + ["--output", "\(run)-single", "--iterations", "60"]
            ).wait()
            let launch = try Command(
                ["launch"] + training + ["--workers", "2", "--output", run, "--iterations", "60"])
            let second = try launch.waitForOutput(/worker 2 is process (\d+)/)
            let first = try launch.waitForOutput(/worker 1 is process (\d+)/)
            var files: [Set<String>] = []
            // A worker that is late has none yet.
            for _ in 0..<400 where files.count < 2 || files.contains([]) {
                Thread.sleep(forTimeInterval: 0.05)
                files = try [first, second].map(sharedPictures)
            }
            #expect(files.count == 2 && files[0].count == 1 && files[0] == files[1])
            #expect(try weights(launch.wait()) == weights(single))
            let left = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
            #expect(!left.contains { $0.hasPrefix("swiftgan-pictures-") })
        }

        @Test(
            "What is no picture is said in one line; --strict refuses it before anything is begun")
        func strict() throws {
            try Data("GIF89a".utf8).write(to: URL(fileURLWithPath: "\(pictures)/cats/film.gif"))
            let (code, output) = try Command(
                ["train"] + training + ["--output", run, "--strict"]
            ).wait()
            #expect(code == 78)
            #expect(
                output
                    == "swiftgan: \(pictures): expected whole PNG, JPEG and WebP pictures alone, found GIF 1; the first is cats/film.gif; without --strict they are passed over\n"
            )
            #expect(!FileManager.default.fileExists(atPath: run))
            let trained = try Command(
                ["train"] + training + ["--output", run, "--iterations", "1"]
            ).wait()
            #expect(
                trained.output.contains(
                    "\(pictures): passed over: GIF 1; the first is cats/film.gif; --strict refuses them\n"
                ))
        }
    }
}
