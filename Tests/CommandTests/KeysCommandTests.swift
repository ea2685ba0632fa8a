import Foundation
import Glibc
import Testing
import Wire

extension Commands {
    @Suite("Keys keep strangers out", .serialized)
    struct KeysCommandTests {
        private let folder: TemporaryFolder
        private var keys: String { "\(folder.path)/keys" }

        init() throws {
            folder = try TemporaryFolder()
            #expect(try Command("keys", "create", keys).wait().code == 0)
        }

        private func mode(_ path: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return try #require(attributes[.posixPermissions] as? Int)
        }

        @Test("Keys are their owner's alone, and are never written over")
        func creation() throws {
            #expect(try mode(keys) == 0o700)
            let files = try FileManager.default.contentsOfDirectory(atPath: keys)
            #expect(
                files.sorted() == [
                    "coordinator.key", "coordinator.pub", "parameter-server.key",
                    "parameter-server.pub", "worker.key", "worker.pub",
                ])
            for file in files { #expect(try mode("\(keys)/\(file)") == 0o600) }
            let before = try String(contentsOfFile: "\(keys)/worker.key", encoding: .utf8)
            let (code, output) = try Command("keys", "create", keys).wait()
            #expect(code == 78 && output.contains("keys may be in use"), "\(output)")
            #expect(
                try String(contentsOfFile: "\(keys)/worker.key", encoding: .utf8) == before)
        }

        @Test("Keys that others can read, or that are damaged, missing or mixed, are refused")
        func refusals() throws {
            func expectRefusal(
                _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
            ) throws {
                let (code, output) = try Command(
                    "worker", "--coordinator", "tcp://127.0.0.1:9", "--keys", keys
                ).wait(seconds: 30)
                #expect(code == 78, sourceLocation: sourceLocation)
                #expect(output.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
                for word in words {
                    #expect(output.contains(word), "\(output)", sourceLocation: sourceLocation)
                }
            }
            let secret = "\(keys)/worker.key"
            chmod(secret, 0o640)
            try expectRefusal(secret, "found mode 640", "chmod go-rwx")
            chmod(secret, 0o600)
            chmod(keys, 0o777)
            try expectRefusal(keys, "found mode 777", "chmod go-w")
            chmod(keys, 0o700)
            let whole = try Data(contentsOf: URL(fileURLWithPath: secret))
            try whole.dropLast(5).write(to: URL(fileURLWithPath: secret))
            try expectRefusal(secret, "40 characters of Z85, found 36", "swiftgan keys create")
            try Data().write(to: URL(fileURLWithPath: secret))
            try expectRefusal(secret, "40 characters of Z85, found no such line")
            let other = try Data(contentsOf: URL(fileURLWithPath: "\(keys)/coordinator.key"))
            try other.write(to: URL(fileURLWithPath: secret))
            try expectRefusal("worker.pub: expected the public half of worker.key, found another")
            try whole.write(to: URL(fileURLWithPath: secret))
            try FileManager.default.removeItem(atPath: "\(keys)/coordinator.pub")
            try expectRefusal("coordinator.pub", "No such file")
        }

        @Test("A coordinator that was started without keys says so; with them, its worker joins")
        func forgotten() throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let lead = ["coordinator", "ring", "--iterations", "5", "--listen", endpoint]
            let output = ["--output", "\(folder.path)/run"]
            let worker = try Command("worker", "--coordinator", endpoint, "--keys", keys)
            let forgetful = try Command(lead + output)
            _ = try worker.waitForOutput(/(has no keys, or those of another cluster)/)
            _ = try forgetful.waitForOutput(/(turned away a process .* with keys)/)
            forgetful.kill()
            try forgetful.wait()
            let coordinator = try Command(lead + ["--keys", keys, "--resume"] + output)
            _ = try weights(coordinator.wait(seconds: 60))
            #expect(try worker.wait(seconds: 15).code == 0)
        }

        @Test("Amid strangers, a cluster with keys ends with the weights of one process")
        func strangers() throws {
            let ring = ["ring", "--iterations", "200"]
            let expected = try weights(
                Command(["train"] + ring + ["--output", "\(folder.path)/one"]).wait())
            let otherKeys = "\(folder.path)/others"
            try Command("keys", "create", otherKeys).wait()
            let port = try freePort()
            let endpoint = "tcp://127.0.0.1:\(port)"
            let coordinator = try Command(
                ["coordinator"] + ring + [
                    "--listen", endpoint, "--slices", "1", "--keys", keys, "--output",
                    "\(folder.path)/run",
                ])
            _ = try coordinator.waitForOutput(/(waiting for parameter servers)/)

            let before = try coordinator.residentBytes
            let foreign = try Command(
                "worker", "--coordinator", endpoint, "--keys", otherKeys)
            let keyless = try Command("worker", "--coordinator", endpoint)
            var crowd = try [port, port + 1].flatMap { try strangers(at: $0, halfOpen: 250) }
            try expectNoAnswer(toHelloAt: endpoint)
            #expect(try coordinator.residentBytes - before < 64 << 20)

            let members = try [
                Command("worker", "--coordinator", endpoint, "--keys", keys, "--lanes", "1"),
                Command(
                    "parameter-server", "--network", "generator", "--coordinator", endpoint,
                    "--keys", keys),
                Command(
                    "parameter-server", "--network", "discriminator", "--coordinator", endpoint,
                    "--keys", keys),
            ]
            try waitForIteration(20, inRun: "\(folder.path)/run")
            crowd += try [port, port + 1].flatMap { try strangers(at: $0, halfOpen: 250) }
            #expect(try weights(coordinator.wait()) == expected)
            for member in members { #expect(try member.wait(seconds: 15).code == 0) }
            for stranger in crowd { #expect(stranger.received.count <= 64, "more than a greeting") }

            #expect(coordinator.output.ranges(of: ": its key may not join").isEmpty)
            #expect(coordinator.output.ranges(of: "\(endpoint) without keys").count == 1)
            #expect(
                coordinator.output.ranges(of: "\(endpoint) with keys of another").count == 1)
            #expect(keyless.output.ranges(of: "requires keys").count == 1)
            #expect(foreign.output.ranges(of: "has no keys, or those of another").count == 1)
            for worker in [foreign, keyless] {
                #expect(worker.output.split(separator: "\n").count == 2, "\(worker.output)")
                worker.kill()
            }
        }

        /// Those who say nothing, noise, frames of 4 GiB, and greetings of other mechanisms and older versions.
        private func strangers(at port: Int, halfOpen: Int) throws -> [RawConnection] {
            var generator = SystemRandomNumberGenerator()
            let noise = (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let huge: [UInt8] = [0x02] + Array(repeating: 0, count: 3) + [1, 0, 0, 0, 0]
            let words: [[UInt8]] =
                [
                    noise, [0xFF] + noise, [5, 0, 1, 2, 3, 4],
                    greeting("NULL") + ready, greeting("PLAIN") + ready, greeting("CURVE") + huge,
                    greeting("CURVE") + noise,
                    [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 1, 5, 0, 0],
                ] + Array(repeating: [], count: halfOpen)
            return try words.map { bytes in
                let stranger = try RawConnection(port: port)
                stranger.send(bytes)
                return stranger
            }
        }

        private func greeting(_ mechanism: String) -> [UInt8] {
            [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + mechanism.utf8
                + Array(repeating: 0, count: 20 - mechanism.utf8.count + 32)
        }

        /// What follows a greeting without keys, and then a message.
        private var ready: [UInt8] {
            let fields: [UInt8] =
                [5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 6]
                + Array("DEALER".utf8)
            return [4, UInt8(fields.count)] + fields + [0, 1, MessageKind.hello.rawValue]
        }

        private func expectNoAnswer(toHelloAt endpoint: String) throws {
            let dealer = try Socket(.dealer, .control, in: Context())
            try dealer.connect(endpoint, to: .coordinator)
            let hello = Hello(build: "", member: "stranger", host: "nowhere", process: 1, lanes: 1)
            for _ in 0..<20 {
                dealer.send([Frame(copying: hello.encoded)])
                wait(on: [dealer.handle], milliseconds: 50)
            }
            let answer = dealer.receive()
            #expect(answer == nil)
        }
    }
}

/// A TCP connection that speaks no protocol by itself.
private final class RawConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw TestFailure("cannot connect to port \(port)") }
    }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What has arrived until now.
    var received: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return Array(bytes.prefix(max(0, count)))
    }

    deinit { close(descriptor) }
}
