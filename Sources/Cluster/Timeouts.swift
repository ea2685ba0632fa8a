/// Every wait of the cluster that a clock ends, in one place.
///
/// Each is long enough for the shorter ones within it; ``areChained`` says so, and every coordinator checks it as it starts.
package enum Timeouts {
    /// Between two heartbeats of a member.
    package static let heartbeat = Duration.milliseconds(500)
    /// After this long without a heartbeat, the coordinator looks whether a member's connection is still there.
    package static let doubt = Duration.milliseconds(1_500)
    /// After this long without a heartbeat, a worker's leaves are given to others, and a server is told of as slow.
    package static let silence = Duration.milliseconds(2_500)
    /// After this long without a heartbeat, a server is taken for dead though its connection is there: then everybody restores.
    package static let death = Duration.seconds(10)
    /// How long a member that asks to leave is kept for the coordinator may be asked to end, too.
    package static let grace = Duration.seconds(1)
    /// How long after a first signal others count as the same wish.
    package static let oneWish = Duration.seconds(1)
    /// How long a run that is asked to stop may take to reach a whole iteration and save it.
    package static let parting = Duration.seconds(20)
    /// How long a pull for a step ahead waits before it is told where the chunk is.
    package static let patience = Duration.milliseconds(200)
    /// After this long without an answer, a request is repeated.
    package static let answer = Duration.seconds(1)
    /// At most this long until a lost connection is tried again.
    package static let reconnection = Duration.seconds(1)
    /// After this long without a leaf, a worker's speed counts as unknown.
    package static let memory = Duration.seconds(30)
    /// Between two looks of a worker without leaves at whether the others want help.
    package static let look = Duration.seconds(1)
    /// Between two looks at whether leaves are shared out well.
    package static let weighing = Duration.seconds(1)
    /// After this long without a word, a coordinator is called on a new connection.
    package static let redial = Duration.seconds(5)
    /// How long a coordinator that was started again waits for servers that live on.
    package static let adoption = Duration.seconds(6)
    /// How long the last word of a run may take to reach everybody.
    package static let farewell = Duration.seconds(3)
    /// How long a coordinator may be absent before its members give up.
    package static let absence = Duration.seconds(600)

    /// Whether each outlasts what it waits for.
    package static var areChained: Bool {
        // Some heartbeats may be lost, or late, before anybody is taken for dead.
        doubt >= heartbeat * 3 && silence >= heartbeat * 4
            && silence >= reconnection + heartbeat * 2
            && death >= silence * 4
            && parting > death + grace + heartbeat
            && patience < answer && answer < silence
            // Members of a coordinator that is gone notice by their next heartbeat, connect, and say hello.
            && adoption >= reconnection + heartbeat * 2 + silence
            && redial > silence && absence > adoption * 10
            // Heartbeats tell of new speeds before leaves are shared out again.
            && weighing > heartbeat && memory > weighing + silence
    }
}
