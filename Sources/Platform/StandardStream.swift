internal import Glibc
internal import Synchronization

/// Standard output or standard error, written to in whole lines from any thread.
///
/// What is said never ends a run and never holds one up. A line that finds no room waits for it while the process
/// goes on, and later lines are dropped once too many wait. Where the system refuses to write, as on a full disk or
/// to a reader that is gone, the line is dropped; so is what a reader that has stopped does not take in the end.
package final class StandardStream: Sendable {
    package static let output = StandardStream(STDOUT_FILENO)
    package static let error = StandardStream(STDERR_FILENO)

    /// Bytes that wait for room, at most.
    private static let mostWaiting = 64 << 10
    /// Bytes that a pipe with any room at all takes without a wait (PIPE_BUF).
    private static let piece = 4096
    /// How long a stream may stay full in the end.
    private static let usualPatience = Duration.seconds(5)

    private struct State {
        var waiting: [UInt8] = []
        var lastWritten = UInt8(ascii: "\n")

        var isMidLine: Bool { (waiting.last ?? lastWritten) != UInt8(ascii: "\n") }
    }

    private let descriptor: Int32
    /// Whether the command's caller waits where a result finds no room.
    private let isWaitedFor: Bool
    private let patience: Duration
    private let state = Mutex(State())
    /// Whether lines can be written over: a terminal that knows how.
    package let isTerminal: Bool

    init(_ descriptor: Int32, patience: Duration = usualPatience) {
        self.descriptor = Self.withoutWaits(descriptor) ?? descriptor
        self.patience = patience
        isWaitedFor = fcntl(descriptor, F_GETFL) & O_NONBLOCK == 0
        let kind = getenv("TERM").map { String(cString: $0) } ?? ""
        isTerminal = isatty(descriptor) == 1 && kind != "" && kind != "dumb"
    }

    /// The same terminal or pipe, opened again so that writing there never waits, whoever else writes; nil for anything else.
    ///
    /// To set the descriptor itself so would change it for all processes that have it.
    private static func withoutWaits(_ descriptor: Int32) -> Int32? {
        var status = stat()
        let isPipe = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        let isWritable = fcntl(descriptor, F_GETFL) & O_ACCMODE != O_RDONLY
        guard isWritable, isPipe || isatty(descriptor) == 1 else { return nil }
        let path = "/proc/self/fd/\(descriptor)"
        let own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return own >= 0 ? own : nil
    }

    /// Makes writing safe; to be called before the process opens anything.
    ///
    /// A standard descriptor that the caller closed would be given to the next file or socket that is opened, and what
    /// is said would be written there. Such a number is taken by one that refuses to be written to (or read, for standard
    /// input), so that it still counts as closed. A reader that is gone, and a file that may grow no more, are
    /// errors from now on and not the end of the process.
    package static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO
        where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest number that is free is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Writes a line now, or once there is room for it.
    package func say(_ line: String) {
        state.withLock { state in
            add(line, to: &state)
            _ = write(&state, untilDone: false)
        }
    }

    /// Writes a line over the one that was shown last, cut to the width of the terminal; drops it where it cannot be
    /// written now.
    ///
    /// - Parameter line: Of ASCII characters, each a cell wide.
    package func show(_ line: String) {
        let isTerminal = isTerminal
        state.withLock { state in
            guard state.waiting.isEmpty else { return _ = write(&state, untilDone: false) }
            if isTerminal {
                // The last column stays empty: some terminals go to the next line when it is written.
                state.waiting += Array("\r\u{1b}[K\(line.prefix(max(1, width - 1)))".utf8)
            } else {
                add(line, to: &state)
            }
            // What cannot be shown now would be old when it could.
            let all = state.waiting.count
            _ = write(&state, untilDone: false)
            if state.waiting.count == all { state.waiting = [] }
        }
    }

    /// Writes a line that is a command's result, and waits until it is written.
    ///
    /// - Throws: ``StreamError`` where it cannot be.
    package func deliver(_ line: String) throws(StreamError) {
        let code = state.withLock { state in
            state.waiting += Array("\(line)\n".utf8)
            return write(&state, untilDone: true, isResult: true)
        }
        if code != 0 { throw StreamError(code: code) }
    }

    /// Waits until what was said is written, and the last line is a whole one; what is not taken for long is dropped.
    package func finish() {
        state.withLock { state in
            if state.isMidLine { state.waiting.append(UInt8(ascii: "\n")) }
            // What was not taken is not tried again.
            if write(&state, untilDone: true) != 0 { state.lastWritten = UInt8(ascii: "\n") }
        }
    }

    private func add(_ line: String, to state: inout State) {
        guard state.waiting.count <= Self.mostWaiting else { return }
        if state.isMidLine { state.waiting.append(UInt8(ascii: "\n")) }
        state.waiting += Array("\(line)\n".utf8)
    }

    /// Writes what waits; where that is refused, drops it.
    ///
    /// - Returns: 0, or the error's number.
    private func write(_ state: inout State, untilDone: Bool, isResult: Bool = false) -> Int32 {
        var movedAt = ContinuousClock.now
        while !state.waiting.isEmpty {
            var code = EAGAIN
            if hasRoom(milliseconds: untilDone ? 100 : 0) {
                let count = state.waiting.prefix(Self.piece).withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress, $0.count)
                }
                if count > 0 {
                    state.lastWritten = state.waiting[count - 1]
                    state.waiting.removeFirst(count)
                    movedAt = .now
                    continue
                }
                code = count < 0 ? errno : EIO
            }
            switch code {
            case EINTR: continue
            case EAGAIN where !untilDone: return EAGAIN
            case EAGAIN
            where isResult && isWaitedFor || ContinuousClock.now - movedAt < patience:
                // Ready, and yet refused: not to be asked without a pause.
                if hasRoom(milliseconds: 0) { usleep(10_000) }
            default:
                state.waiting = []
                return code
            }
        }
        return 0
    }

    /// Whether a piece can be written without a wait, or writing it would tell what is wrong.
    private func hasRoom(milliseconds: Int32) -> Bool {
        var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&item, 1, milliseconds) > 0
    }

    /// Columns of the terminal, which may change at any time.
    private var width: Int {
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }
}

/// Why a command's result could not be written.
package struct StreamError: Error, CustomStringConvertible {
    let code: Int32

    package var description: String {
        "standard output: expected to write the result there, found \(String(cString: strerror(code)))"
    }

    /// Whether nobody reads any more.
    package var isReaderGone: Bool { code == EPIPE }
}
