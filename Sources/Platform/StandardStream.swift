internal import Glibc
internal import Synchronization

/// Standard output or standard error, written to in whole lines from any thread.
///
/// Output never ends a run and never holds one up. A line that finds no room waits for it while the process goes on,
/// and once too many lines wait, later ones are dropped. If the system refuses to write, as on a full disk or to a
/// reader that is gone, the line is dropped. At the end, lines that a stopped reader does not take are dropped as well.
package final class StandardStream: Sendable {
    package static let output = StandardStream(STDOUT_FILENO)
    package static let error = StandardStream(STDERR_FILENO)

    /// The most bytes that wait for room.
    private static let mostWaiting = 64 << 10
    /// The number of bytes that a pipe with any room at all takes without a wait (PIPE_BUF).
    private static let piece = 4096
    /// How long a stream may stay full at the end of the process.
    private static let usualPatience = Duration.seconds(5)

    private struct State {
        var waiting: [UInt8] = []
        var lastWritten = UInt8(ascii: "\n")

        var isMidLine: Bool { (waiting.last ?? lastWritten) != UInt8(ascii: "\n") }
    }

    private let descriptor: Int32
    /// Whether the command's caller waits when a result finds no room.
    private let isWaitedFor: Bool
    private let patience: Duration
    private let state = Mutex(State())
    /// Whether lines can be overwritten, which needs a capable terminal.
    package let isTerminal: Bool

    init(_ descriptor: Int32, patience: Duration = usualPatience) {
        self.descriptor = Self.withoutWaits(descriptor) ?? descriptor
        self.patience = patience
        isWaitedFor = fcntl(descriptor, F_GETFL) & O_NONBLOCK == 0
        let kind = getenv("TERM").map { String(cString: $0) } ?? ""
        isTerminal = isatty(descriptor) == 1 && kind != "" && kind != "dumb"
    }

    /// The same terminal or pipe, opened again so that writing never waits, whichever processes write; nil for anything
    /// else.
    ///
    /// Changing the descriptor itself would change it for all processes that share it.
    private static func withoutWaits(_ descriptor: Int32) -> Int32? {
        var status = stat()
        let isPipe = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        let isWritable = fcntl(descriptor, F_GETFL) & O_ACCMODE != O_RDONLY
        guard isWritable, isPipe || isatty(descriptor) == 1 else { return nil }
        let path = "/proc/self/fd/\(descriptor)"
        let own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return own >= 0 ? own : nil
    }

    /// Makes writing safe; it must be called before the process opens anything.
    ///
    /// If the caller closed a standard descriptor, its number would be given to the next file or socket that is opened,
    /// and output would be written there. Such a number is taken by a descriptor that cannot be written to (or read,
    /// for standard input), so that it still counts as closed. From now on, a reader that is gone and a file that may
    /// not grow are errors, and do not end the process.
    package static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO
        where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one.
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

    /// Writes a line over the one that was shown last, cut to the width of the terminal; drops it if it cannot be
    /// written now.
    ///
    /// - Parameter line: The line, of ASCII characters that are one cell wide each.
    package func show(_ line: String) {
        let isTerminal = isTerminal
        state.withLock { state in
            guard state.waiting.isEmpty else { return _ = write(&state, untilDone: false) }
            if isTerminal {
                // The last column stays empty, because some terminals go to the next line when it is written.
                state.waiting += Array("\r\u{1b}[K\(line.prefix(max(1, width - 1)))".utf8)
            } else {
                add(line, to: &state)
            }
            // A line that cannot be shown now would be outdated later.
            let all = state.waiting.count
            _ = write(&state, untilDone: false)
            if state.waiting.count == all { state.waiting = [] }
        }
    }

    /// Writes a line that is a command's result, and waits until it is written.
    ///
    /// - Throws: ``StreamError`` if it cannot be written.
    package func deliver(_ line: String) throws(StreamError) {
        let code = state.withLock { state in
            state.waiting += Array("\(line)\n".utf8)
            return write(&state, untilDone: true, isResult: true)
        }
        if code != 0 { throw StreamError(code: code) }
    }

    /// Waits until all output is written and the last line is complete; output that is not taken for long is dropped.
    package func finish() {
        state.withLock { state in
            if state.isMidLine { state.waiting.append(UInt8(ascii: "\n")) }
            // Output that was not taken is not tried again.
            if write(&state, untilDone: true) != 0 { state.lastWritten = UInt8(ascii: "\n") }
        }
    }

    private func add(_ line: String, to state: inout State) {
        guard state.waiting.count <= Self.mostWaiting else { return }
        if state.isMidLine { state.waiting.append(UInt8(ascii: "\n")) }
        state.waiting += Array("\(line)\n".utf8)
    }

    /// Writes the output that waits, and drops it if the system refuses.
    ///
    /// - Returns: 0, or the number of the error.
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
                // The stream is ready and yet refuses, so it must not be asked without a pause.
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

    /// The columns of the terminal, which may change at any time.
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

    /// Whether the reader is gone.
    package var isReaderGone: Bool { code == EPIPE }
}
