import Foundation
import Testing

@testable import Cluster

@Suite("A run's lock")
struct RunLockTests {
    @Test("A folder in use is told from a file system that locks nothing")
    func reasons() {
        #expect(
            FolderError.unlocked("runs/x", code: EWOULDBLOCK).description.contains(
                "found one that a coordinator is using"))
        for code in [ENOLCK, ENOTSUP, EINVAL, ENOSYS] {
            let error = FolderError.unlocked("runs/x", code: code)
            #expect(error.description.hasPrefix("runs/x: expected a file system that locks files"))
            #expect(error.description.contains(String(cString: strerror(code))))
        }
    }
}
