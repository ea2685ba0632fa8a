import Cluster
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "What is one",
        arguments: [
            ("tcp://127.0.0.1:5700", true), ("tcp://host:*", true), ("tcp://[::1]:5700", true),
            ("tcp://[fe80::1%eth0]:5700", true), ("ipc:///tmp/x", true), ("tcp://::1:5700", false),
            ("tcp://[]:5700", false), ("tcp://[x:5700", false), ("tcp://host", false),
            ("tcp://host:65536", false),
            ("tcp://:5700", false), ("host:5700", false),
        ])
    func form(endpoint: String, isOne: Bool) { #expect(endpoint.isEndpoint == isOne) }

    @Test(
        "What only this host can call",
        arguments: [
            ("tcp://127.0.0.1:1", true), ("tcp://127.9.8.7:1", true), ("tcp://localhost:1", true),
            ("tcp://[::1]:1", true), ("tcp://[0:0:0:0:0:0:0:1]:1", true),
            ("tcp://[::ffff:127.0.0.1]:1", true), ("ipc:///tmp/x", true), ("tcp://[::]:1", false),
            ("tcp://0.0.0.0:1", false), ("tcp://[2001:db8::1]:1", false),
            ("tcp://127.0.0.1.example.org:1", false), ("tcp://[::ffff:10.0.0.1]:1", false),
        ])
    func local(endpoint: String, isLocal: Bool) { #expect(endpoint.isLocalEndpoint == isLocal) }

    @Test("Any address becomes the one that a host is known by, in brackets where it is IPv6's")
    func anyHost() {
        #expect("tcp://0.0.0.0:5".replacingAnyHost(by: "10.0.0.2") == "tcp://10.0.0.2:5")
        #expect("tcp://[::]:5".replacingAnyHost(by: "2001:db8::2") == "tcp://[2001:db8::2]:5")
        #expect("tcp://[::]:5".replacingAnyHost(by: "[2001:db8::2]") == "tcp://[2001:db8::2]:5")
        #expect("tcp://[::]:5".replacingAnyHost(by: "::ffff:10.0.0.2") == "tcp://10.0.0.2:5")
        for host in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "localhost"] {
            #expect("tcp://[::]:5".replacingAnyHost(by: host) == "tcp://[::]:5")
        }
        #expect("tcp://10.0.0.1:5".replacingAnyHost(by: "10.0.0.2") == "tcp://10.0.0.1:5")
        #expect("tcp://0.0.0.0:5".replacingAnyHost(by: nil) == "tcp://0.0.0.0:5")
    }

    @Test("Data have the next port")
    func data() {
        #expect("tcp://[::1]:5700".dataEndpoint == "tcp://[::1]:5701")
        #expect("tcp://host:*".dataEndpoint == "tcp://host:*")
        #expect("ipc:///tmp/x".dataEndpoint == "ipc:///tmp/x-data")
    }
}
