package import Wire

/// What a member and its coordinator know of each other, and when the member speaks; performs no I/O.
package struct Membership {
    package enum Action: Equatable {
        case sayHello
        case heartbeat
        /// Tell people that the coordinator is silent; once, until it is heard again.
        case complain
        /// Call the coordinator on a new connection.
        case redial
        /// The coordinator has been absent for too long.
        case giveUp
    }

    /// The start of the coordinator that welcomed this member last; nil before the first.
    package private(set) var session: String?
    /// Whether the coordinator knows this member, which sends heartbeats then; otherwise it says hello.
    private var isKnown = false
    private var clock = WakingClock()
    private var heardAt = Duration.zero
    private var calledAt = Duration.zero
    private var spokenAt: Duration?
    private var hasComplained = false

    package init() {}

    /// Hears a welcome.
    ///
    /// - Returns: Whether it is the first of this start of the coordinator, which numbers its plans anew.
    package mutating func welcome(by session: String) -> Bool {
        let isNew = session != self.session
        (self.session, isKnown, spokenAt) = (session, true, nil)
        return isNew
    }

    /// Hears that the coordinator does not know it.
    package mutating func introduce() { (isKnown, spokenAt) = (false, nil) }

    /// Hears the coordinator, whatever it says.
    package mutating func hear(now: ContinuousClock.Instant) {
        clock.look(at: now)
        (heardAt, hasComplained) = (clock.now, false)
    }

    /// The heartbeat that is due: what the member's loop said last, where that goes by the newest welcome; otherwise only
    /// that it lives.
    ///
    /// - Parameter busy: How long ago the loop said it.
    package func heartbeat(of member: String, said: Heartbeat?, busy: Duration) -> Heartbeat {
        var heartbeat = Heartbeat(
            member: member, plan: 0, attempt: 0, step: 0, session: session ?? "")
        if let said, said.session == heartbeat.session { heartbeat = said }
        heartbeat.busy = busy > Timeouts.silence ? busy / .seconds(1) : 0
        return heartbeat
    }

    /// Says what is due.
    ///
    /// - Parameter hasNews: Whether the coordinator waits for what the next heartbeat says: then it goes out at once.
    package mutating func actions(now: ContinuousClock.Instant, hasNews: Bool = false) -> [Action] {
        clock.look(at: now)
        let silence = clock.now - heardAt
        if silence >= Timeouts.absence { return [.giveUp] }
        var actions: [Action] = []
        if silence > Timeouts.silence, !hasComplained {
            hasComplained = true
            actions.append(.complain)
        }
        // ZeroMQ does not try again where keys did not fit, though the next coordinator's may.
        if silence > Timeouts.redial, clock.now - calledAt > Timeouts.redial {
            calledAt = clock.now
            actions.append(.redial)
        }
        let isDue = spokenAt.map { clock.now - $0 >= Timeouts.heartbeat } ?? true
        if isDue || hasNews && isKnown {
            spokenAt = clock.now
            actions.append(isKnown ? .heartbeat : .sayHello)
        }
        return actions
    }
}
