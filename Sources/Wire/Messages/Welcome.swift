// Made by scripts/check-messages --write from Protos/control.proto: change it there.
internal import CWireMessages

/// The answer to a Hello that fits.
package struct Welcome: Message, Hashable {
    package static let kind = MessageKind.welcome

    /// The run's settings, as in its run.yaml.
    package var yaml: String
    /// SHA-256 of the run's identity, in hexadecimal.
    package var run: String
    /// A random name, new for each start of a coordinator; members begin anew with each.
    package var session: String
    /// Whether members are to prove their arithmetic.
    package var needsProof: Bool

    package init(yaml: String, run: String, session: String, needsProof: Bool) {
        self.yaml = yaml
        self.run = run
        self.session = session
        self.needsProof = needsProof
    }

    package init(decoding frame: UnsafeRawBufferPointer) throws {
        self = try unpacked(frame, wire__welcome__unpack, Welcome.init)
    }

    package var encoded: [UInt8] { packed(Self.kind, structure) }
}

extension Welcome {
    init(_ c: Wire__Welcome) throws {
        yaml = text(c.yaml)
        run = text(c.run)
        session = text(c.session)
        needsProof = c.needs_proof != 0
    }

    func structure(in memory: CMemory) -> Wire__Welcome {
        var c = Wire__Welcome()
        wire__welcome__init(&c)
        c.yaml = memory.string(yaml)
        c.run = memory.string(run)
        c.session = memory.string(session)
        c.needs_proof = needsProof ? 1 : 0
        return c
    }
}
