internal import Foundation
package import Wire

/// A cluster's keys on disk: `ROLE.key`, which that role's hosts alone may have, and `ROLE.pub`, for everybody.
package struct KeyFolder {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The files that a host of a role needs.
    package static func files(for role: Role) -> [String] {
        [secretFile(role)] + Role.allCases.map(publicFile)
    }

    /// Makes the folder and all keys.
    ///
    /// - Throws: ``FolderError`` where it is there already, or cannot be written.
    package func create() throws {
        guard mkdir(path, 0o700) == 0 else {
            let found = errno == EEXIST ? "one, whose keys may be in use" : systemError()
            throw FolderError(
                "\(path): expected to make a folder for keys, found \(found); name another")
        }
        do {
            for role in Role.allCases {
                let pair = try KeyPair.random()
                try write(
                    """
                    # The secret key of a SwiftGAN cluster's role \(role.rawValue): for that role's hosts, and nobody else.
                    \(Self.secretField)\(pair.secretKey.text)

                    """, to: Self.secretFile(role))
                try write(
                    """
                    # The public key of a SwiftGAN cluster's role \(role.rawValue): for every host of the cluster.
                    \(Self.publicField)\(pair.publicKey.text)

                    """, to: Self.publicFile(role))
            }
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    /// What a process of a role needs to know.
    ///
    /// - Throws: ``FolderError`` for files that are not there, damaged, of different clusters, or open to others.
    package func keyring(for role: Role) throws -> Keyring {
        // Who can write the folder can put other keys into it.
        _ = try open(path, refusing: 0o022, "a folder that only its owner can write", "go-w")
        let file = Self.secretFile(role)
        let secretKey = try key(
            Self.secretField, in: file, refusing: 0o077, "a file that only its owner can read",
            "go-rwx")
        var publicKeys: [Role: CurveKey] = [:]
        for role in Role.allCases {
            publicKeys[role] = try key(
                Self.publicField, in: Self.publicFile(role), refusing: 0o022,
                "a file that only its owner can write", "go-w")
        }
        guard let own = KeyPair(secretKey: secretKey), own.publicKey == publicKeys[role] else {
            throw FolderError(
                "\(path)/\(Self.publicFile(role)): expected the public half of \(file), found another; copy both from one 'swiftgan keys create'"
            )
        }
        return Keyring(own: own, publicKeys: publicKeys)
    }
}

extension KeyFolder {
    private static let secretField = "secret-key = "
    private static let publicField = "public-key = "

    private static func secretFile(_ role: Role) -> String { "\(role.rawValue).key" }
    private static func publicFile(_ role: Role) -> String { "\(role.rawValue).pub" }

    private func write(_ text: String, to name: String) throws {
        let file = Foundation.open(
            "\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8)
        guard file >= 0, Foundation.write(file, bytes, bytes.count) == bytes.count,
            close(file) == 0
        else { throw FolderError("\(path)/\(name): cannot be written: \(systemError())") }
    }

    private func key(
        _ field: String, in name: String, refusing bits: mode_t, _ expected: String,
        _ remedy: String
    ) throws -> CurveKey {
        let file = "\(path)/\(name)"
        let handle = try open(file, refusing: bits, expected, remedy)
        let data = (try? handle.readToEnd()) ?? Data()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        let values = lines.filter { $0.hasPrefix(field) }.map { $0.dropFirst(field.count) }
        guard values.count == 1, let key = CurveKey(text: String(values[0])) else {
            let found = values.first.map { "\($0.utf8.count)" } ?? "no such line"
            throw FolderError(
                "\(file): expected '\(field)' and 40 characters of Z85, found \(found); copy the file again, or make new ones with 'swiftgan keys create'"
            )
        }
        return key
    }

    /// Opens what must not have some permissions; what is asked about is what is read then.
    private func open(
        _ file: String, refusing bits: mode_t, _ expected: String, _ remedy: String
    ) throws -> FileHandle {
        let descriptor = Foundation.open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FolderError(
                "\(file): expected \(expected), found \(systemError()); 'swiftgan keys create' makes keys, and says which file each host needs"
            )
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & bits == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw FolderError(
                "\(file): expected \(expected), found mode \(mode); 'chmod \(remedy) \(file)' makes it so"
            )
        }
        return handle
    }
}
