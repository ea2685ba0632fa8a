// Made by scripts/check-messages --write from Protos/data.proto: change it there.

/// The values that are kept for each number of a network.
package enum Component: UInt32, Sendable, CaseIterable {
    case weights = 0
    case firstMoment = 1
    case secondMoment = 2
    case average = 3
}
