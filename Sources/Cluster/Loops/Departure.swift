/// Why a process ends before its work is done, in one line, and with which exit code.
package struct Departure: Error, CustomStringConvertible {
    package let description: String
    package let code: Int32

    /// Whether trying again later may help.
    var isTemporary: Bool { code == 75 }

    /// What the caller asked for cannot be: nothing is gained by trying again.
    package static func configuration(_ description: String) -> Departure {
        Departure(description: description, code: 78)
    }

    /// The system allows fewer threads than a process needs.
    ///
    /// - Parameters:
    ///   - lanes: Threads that were to compute.
    ///   - others: Threads that the process needs beside them.
    package static func threads(lanes: Int, others: Int = 0, allowed: Int) -> Departure {
        let expected =
            "expected \(lanes + others) threads\(lanes > 0 ? ", \(lanes) of them lanes" : "")"
        let limits = "'ulimit -u', 'ulimit -v' and the pids of a cgroup limit them"
        let fitting = min(lanes - 1, allowed - others)
        guard fitting > 0 else {
            return temporary("\(expected), the system allowed \(allowed); \(limits)")
        }
        return configuration(
            "\(expected), the system allowed \(allowed); --lanes \(fitting) makes do with them, or \(limits)"
        )
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
