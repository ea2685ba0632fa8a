internal import Foundation

/// Makes a folder, and those that contain it, if they do not exist yet.
package func makeFolder(_ path: String) throws(FileRefusal) {
    guard mkdir(path, 0o777) != 0 else { return }
    var status = stat()
    switch errno {
    case EEXIST where stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR: return
    case ENOENT where (path as NSString).deletingLastPathComponent != path && !path.isEmpty:
        let outer = (path as NSString).deletingLastPathComponent
        guard !outer.isEmpty else { throw FileRefusal.system(code: ENOENT) }
        try makeFolder(outer)
        guard mkdir(path, 0o777) == 0 else { throw FileRefusal.system() }
    case let code: throw FileRefusal.system(code: code)
    }
}

/// Whether there is a folder at a path, or a link to one.
package func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue
}
