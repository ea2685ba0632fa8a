/// What a member and its coordinator know of each other; performs no I/O.
package struct Membership {
    /// The start of the coordinator that welcomed this member last; nil before the first.
    package private(set) var session: String?
    /// Whether the coordinator knows this member, which beats then; otherwise it says hello.
    package private(set) var isKnown = false

    package init() {}

    /// Hears a welcome.
    ///
    /// - Returns: Whether it is the first of this start of the coordinator, which numbers its plans anew.
    package mutating func welcome(by session: String) -> Bool {
        let isNew = session != self.session
        (self.session, isKnown) = (session, true)
        return isNew
    }

    /// Hears that the coordinator does not know it.
    package mutating func introduce() { isKnown = false }
}
