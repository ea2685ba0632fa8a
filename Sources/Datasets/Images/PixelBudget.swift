internal import Foundation

/// How many pixels threads may have decoded at once: many lanes and large pictures would fill the memory.
final class PixelBudget: @unchecked Sendable {
    private let most: Int
    private let condition = NSCondition()
    private var taken = 0

    init(_ most: Int) { self.most = most }

    /// Waits until there is room, which there always is for one.
    func take(_ pixels: Int) {
        condition.lock()
        while taken > 0 && taken + pixels > most { condition.wait() }
        taken += pixels
        condition.unlock()
    }

    func giveBack(_ pixels: Int) {
        condition.lock()
        taken -= pixels
        condition.broadcast()
        condition.unlock()
    }
}
