internal import CKernels
internal import Foundation

/// How many processors this process may use, whatever the host has.
package enum Processors {
    /// What affinity (`taskset`) and the quotas of control groups (`docker run --cpus`) leave to it; part of a processor counts
    /// as one.
    package static var available: Int {
        let quota = quota { try? String(contentsOfFile: $0, encoding: .utf8) }
        return max(1, min(Int(kernel_processors()), quota.map { Int($0.rounded(.up)) } ?? .max))
    }

    /// Processors that the control groups of this process, and all that these are in, allow, of both versions; nil: any.
    ///
    /// - Parameter read: The text of a file; nil where there is none.
    package static func quota(_ read: (String) -> String?) -> Double? {
        let groups = (read("/proc/self/cgroup") ?? "").split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(
                String.init)
        }
        let mounts = (read("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap {
            Mount($0)
        }
        return groups.flatMap { group -> [Double] in
            guard group.count == 3,
                let mount = mounts.first(where: { $0.holds(controllers: group[1]) })
            else { return [] }
            return mount.folders(of: group[2]).compactMap { folder in
                mount.isUnified
                    ? quota(read("\(folder)/cpu.max")?.split(whereSeparator: \.isWhitespace))
                    : quota(
                        [
                            read("\(folder)/cpu.cfs_quota_us"), read("\(folder)/cpu.cfs_period_us"),
                        ].compactMap { $0?.split(whereSeparator: \.isWhitespace).first })
            }
        }.min()
    }

    /// Microseconds of processors in a period of microseconds; the first is `max` or -1 where there is no quota.
    private static func quota(_ words: [Substring]?) -> Double? {
        guard let words, words.count == 2, let quota = Double(words[0]),
            let period = Double(words[1]), quota > 0, period > 0
        else { return nil }
        return quota / period
    }

    /// Where a hierarchy of control groups is to be seen.
    private struct Mount {
        /// Whether it is of version 2, which has one hierarchy for all controllers.
        let isUnified: Bool
        /// The group that is at the mount point.
        private let root: String
        private let point: String
        private let options: [Substring]

        /// A line of `/proc/self/mountinfo`; nil for what is no mount of control groups.
        init?(_ line: Substring) {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            let (fields, kind) = (halves[0].split(separator: " "), halves[1].split(separator: " "))
            guard fields.count > 4, kind.count > 2, ["cgroup", "cgroup2"].contains(kind[0]) else {
                return nil
            }
            isUnified = kind[0] == "cgroup2"
            root = String(fields[3])
            point = String(fields[4]).replacing("\\040", with: " ")
            options = kind[2].split(separator: ",")
        }

        /// - Parameter controllers: Those of a line of `/proc/self/cgroup`; none in version 2.
        func holds(controllers: String) -> Bool {
            isUnified
                ? controllers.isEmpty
                : options.contains("cpu") && controllers.split(separator: ",").contains("cpu")
        }

        /// A group's folder, and those of the groups that it is in, as far as they can be seen from here.
        func folders(of group: String) -> [String] {
            let top = root == "/" ? "" : root
            guard group == root || group.hasPrefix("\(top)/") else { return [point] }
            let names = group.dropFirst(top.count).split(separator: "/")
            return (0...names.count).map {
                ([point] + names.prefix($0).map(String.init)).joined(separator: "/")
            }
        }
    }
}
