internal import Wire

/// Which steps' reports a coordinator has taken; a report is said again until its sender knows that it is on disk.
struct ReportedSteps {
    /// The lines of all steps below this one are on disk.
    private(set) var written: Int
    /// Steps whose lines are being written.
    private var recording: Set<Int> = []

    init(from step: Int) { written = step }

    /// Takes those reports of steps below `end` that are news.
    mutating func take(_ reports: [Heartbeat.Report], below end: Int) -> [Heartbeat.Report] {
        reports.filter { written..<end ~= $0.step && recording.insert($0.step).inserted }
    }

    mutating func wrote(below step: Int) {
        written = max(written, step)
        recording = recording.filter { $0 >= step }
    }
}
