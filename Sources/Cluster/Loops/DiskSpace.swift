internal import Foundation
internal import Synchronization

/// Waits where the disk is full, and training with it, until there is room: nothing is lost.
final class DiskSpace: Sendable {
    private let hurried = Atomic(false)
    private let observe: @Sendable (RunEvent) -> Void

    init(observe: @escaping @Sendable (RunEvent) -> Void) { self.observe = observe }

    /// Waits no more: the run ends soon.
    func hurry() { hurried.store(true, ordering: .relaxed) }

    var isHurried: Bool { hurried.load(ordering: .relaxed) }

    /// Writes as soon as there is room.
    ///
    /// - Throws: What is wrong beside a full disk; also that, where the run is to end: the newest checkpoint is there.
    func patiently(_ write: () throws -> Void) throws {
        var lack: (RunEvent.Lack, since: ContinuousClock.Instant)?
        while true {
            do {
                try write()
                if let (lack, since) = lack {
                    observe(.waited(for: lack, seconds: Int((.now - since) / .seconds(1))))
                }
                return
            } catch let error as FolderError where error.isForWantOfSpace {
                if isHurried { throw error }
                if lack == nil {
                    let room = RunEvent.Lack.room(reason: "\(error)")
                    lack = (room, since: .now)
                    observe(.waiting(for: room))
                }
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }
}
