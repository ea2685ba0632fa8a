/// Why a process ends before its work is done, in one line, and with which exit code.
package struct Departure: Error, CustomStringConvertible {
    package let description: String
    package let code: Int32

    /// What the caller asked for cannot be: nothing is gained by trying again.
    package static func configuration(_ description: String) -> Departure {
        Departure(description: description, code: 78)
    }

    /// Somebody else is not there; trying again later may help.
    package static func temporary(_ description: String) -> Departure {
        Departure(description: description, code: 75)
    }

    /// Something broke.
    package static func failure(_ description: String) -> Departure {
        Departure(description: description, code: 1)
    }
}
