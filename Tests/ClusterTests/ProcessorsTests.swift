import Cluster
import Testing

@Suite("Processors that this process may use")
struct ProcessorsTests {
    private func quota(_ files: [String: String]) -> Double? { Processors.quota { files[$0] } }

    @Test("There is one at least, and quotas only take some away")
    func available() { #expect(Processors.available >= 1) }

    @Test("The smallest quota of a group and of those that it is in counts")
    func unified() {
        var files = [
            "/proc/self/cgroup": "0::/jobs/17/step\n",
            "/proc/self/mountinfo": """
            22 1 8:1 / / rw - ext4 /dev/sda1 rw
            31 22 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
            """,
            "/sys/fs/cgroup/jobs/17/step/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/jobs/17/cpu.max": "250000 100000\n",
            "/sys/fs/cgroup/jobs/cpu.max": "800000 100000\n",
        ]
        #expect(quota(files) == 2.5)
        files["/sys/fs/cgroup/jobs/17/step/cpu.max"] = "50000 100000\n"
        #expect(quota(files) == 0.5)
        files["/proc/self/cgroup"] = "0::/\n"
        #expect(quota(files) == nil)
    }

    @Test("Version 1 has a hierarchy for processors, which a container may see a part of")
    func versionOne() {
        let cpu = "/sys/fs/cgroup/cpu,cpuacct"
        var files = [
            "/proc/self/cgroup": "5:memory:/docker/abc\n3:cpuacct,cpu:/docker/abc\n0::/other\n",
            "/proc/self/mountinfo": """
            40 30 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
            41 30 0:33 /docker/abc \(cpu) ro,relatime master:11 - cgroup cgroup rw,cpu,cpuacct
            """,
            "\(cpu)/cpu.cfs_quota_us": "300000\n", "\(cpu)/cpu.cfs_period_us": "100000\n",
        ]
        #expect(quota(files) == 3)
        files["\(cpu)/cpu.cfs_quota_us"] = "-1\n"
        #expect(quota(files) == nil)
        files["\(cpu)/cpu.cfs_quota_us"] = nil
        #expect(quota(files) == nil)
    }

    @Test("Whole hosts, and files that say something else, have no quota")
    func none() {
        #expect(quota([:]) == nil)
        #expect(quota(["/proc/self/cgroup": "nonsense", "/proc/self/mountinfo": "a - b"]) == nil)
    }
}
