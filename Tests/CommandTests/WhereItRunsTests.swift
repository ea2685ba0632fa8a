import Foundation
import Glibc
import Testing

extension Commands {
    @Suite("Where it runs", .serialized)
    struct WhereItRunsTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }
        private static let ring = ["ring", "--iterations", "10"]

        init() throws { folder = try TemporaryFolder() }

        /// The hash of one process's run.
        private static let plain = Result {
            let folder = try TemporaryFolder()
            return try weights(
                Command(["train"] + ring + ["--output", "\(folder.path)/run"]).wait())
        }

        @Test(
            "A process that is kept to one processor has one lane",
            .enabled(
                if: FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset"),
                "needs taskset"),
            arguments: ["train", "worker"])
        func affinity(command: String) throws {
            let (_, output) = try Command(
                ["-c", "0", Command.executable.path, command, "--help"],
                executable: URL(fileURLWithPath: "/usr/bin/taskset")
            ).wait()
            let words = output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("Any number gives the same weights. (default: 1)"))
        }

        @Test("The version is the build that all hosts of a cluster must have")
        func version() throws {
            let (code, output) = try Command("--version").wait()
            #expect(code == 0)
            #expect(
                output.contains(/^swiftgan \d+\.\d+\.\d+ format \d+, oneDNN \d+\.\d+\.\d+\n$/),
                "\(output)")
        }

        @Test("A folder for temporary files whose path is too long for a socket's")
        func longTemporaryFolder() throws {
            let long = "\(folder.path)/\(String(repeating: "x", count: 120))"
            try FileManager.default.createDirectory(
                atPath: long, withIntermediateDirectories: true)
            let launched = try Command(
                ["launch"] + Self.ring + ["--workers", "1", "--output", run],
                environment: ["TMPDIR": long]
            ).wait()
            #expect(try weights(launched) == Self.plain.get())
        }

        @Test(
            "A cluster over IPv6: the loopback address is this host alone",
            .enabled(if: hasIPv6, "needs IPv6"))
        func loopback() throws {
            let coordinator = try Command(
                ["coordinator"] + Self.ring
                    + ["--listen", "tcp://[::1]:*", "--slices", "1", "--output", run])
            let endpoint = try coordinator.waitForOutput(/listening at (tcp:[^\n]*)\n/)
            #expect(endpoint.hasPrefix("tcp://[::1]:"))
            let members =
                try ["generator", "discriminator"].map {
                    try Command(
                        "parameter-server", "--network", $0, "--listen", "tcp://[::1]:*",
                        "--coordinator", endpoint)
                } + [Command("worker", "--coordinator", endpoint)]
            #expect(try weights(coordinator.wait()) == Self.plain.get())
            for member in members { #expect(try member.wait().code == 0) }
        }

        @Test(
            "One that listens at all addresses is called over either",
            .enabled(if: hasIPv6, "needs IPv6"), arguments: ["127.0.0.1", "[::1]"])
        func anyAddress(host: String) throws {
            let coordinator = try Command(
                ["coordinator"] + Self.ring
                    + ["--listen", "tcp://[::]:*", "--insecure", "--output", run])
            let port = try coordinator.waitForOutput(/listening at tcp:[^\n]*:(\d+)\n/)
            let worker = try Command("worker", "--coordinator", "tcp://\(host):\(port)")
            #expect(try weights(coordinator.wait()) == Self.plain.get())
            #expect(try worker.wait().code == 0)
        }

        @Test("Names to listen at, as well as to call")
        func names() throws {
            let coordinator = try Command(
                ["coordinator"] + Self.ring + ["--listen", "tcp://localhost:*", "--output", run])
            let endpoint = try coordinator.waitForOutput(/listening at (tcp:[^\n]*)\n/)
            let worker = try Command("worker", "--coordinator", endpoint)
            #expect(try weights(coordinator.wait()) == Self.plain.get())
            #expect(try worker.wait().code == 0)
        }

        @Test(
            "Who waits for a coordinator says what stands in the way",
            arguments: [
                ["worker"], ["parameter-server", "--network", "generator"],
            ])
        func obstacles(command: [String]) throws {
            let nameless = "tcp://no-such-host.invalid:5700"
            let shut = "tcp://127.0.0.1:\(try freePort())"
            let waiting = try [nameless, shut].map {
                try Command(command + ["--coordinator", $0, "--insecure"])
            }
            defer { for command in waiting { command.kill() } }
            let name = try waiting[0].waitForOutput(/waiting for the coordinator at ([^\n]*)\n/)
            #expect(
                name.hasPrefix("\(nameless): the name no-such-host.invalid does not resolve: "))
            let port = try waiting[1].waitForOutput(/waiting for the coordinator at ([^\n]*)\n/)
            #expect(port == "\(shut): nothing listens there")
        }

        @Test("The last port has no next one for data, and nothing but a number can be called")
        func ports() throws {
            for arguments in [
                ["coordinator", "ring", "--output", run, "--listen", "tcp://127.0.0.1:65535"],
                ["worker", "--coordinator", "tcp://127.0.0.1:65535"],
                [
                    "parameter-server", "--network", "generator", "--coordinator",
                    "tcp://127.0.0.1:65535",
                ],
                ["worker", "--coordinator", "tcp://127.0.0.1:*"],
                ["worker", "--coordinator", "tcp://127.0.0.1:0"],
            ] {
                let (code, output) = try Command(arguments).wait(seconds: 30)
                #expect(
                    code == 78 && output.contains("expected a port from 1 to 65534"), "\(output)")
            }
            #expect(!FileManager.default.fileExists(atPath: run))
        }

        @Test("Data that changed since: how many there were and are, and what to do")
        func changedData() throws {
            func write(_ count: UInt8) throws {
                let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28]
                let pixels = [UInt8](repeating: 7, count: Int(count) * 784)
                try Data(header + pixels).write(
                    to: URL(fileURLWithPath: "\(folder.path)/train-images-idx3-ubyte"))
            }
            try write(70)
            let train = [
                "train", "fashion", "--data", folder.path, "--set", "width=4", "--output", run,
                "--iterations",
            ]
            _ = try weights(Command(train + ["1"]).wait())
            try write(69)
            let (code, output) = try Command(train + ["2", "--resume"]).wait()
            #expect(code == 78)
            for words in ["70 examples (", "found 69 examples (", "--data", "--output"] {
                #expect(output.contains(words), "\(output)")
            }
            let other = try Command(train + ["2"]).wait()
            #expect(other.code == 78 && other.output.contains("data of 70 examples"))
        }
    }
}

/// Whether this host has the loopback address of IPv6.
private let hasIPv6 = {
    let socket = Glibc.socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
        }
    }
}()
