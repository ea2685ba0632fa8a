internal import Foundation

/// A limit on the pixels that threads may have decoded at once, because many lanes and large pictures would fill the
/// memory.
final class PixelBudget: @unchecked Sendable {
    private let most: Int
    private let condition = NSCondition()
    private var taken = 0

    init(_ most: Int) { self.most = most }

    /// Waits until there is room; there is always room for one picture.
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
