internal import Wire

/// What happens in a run, as its coordinator knows it: facts, which `events.jsonl` keeps and commands put into words.
package enum RunEvent: Codable, Equatable, Sendable {
    // MARK: The run

    /// A coordinator takes up the run, from its newest checkpoint where there is one.
    case begun(recipe: String, seed: Int, iteration: Int, build: String)
    /// It was to be resumed, and nothing of it was there.
    case nothingToResume(folder: String)
    /// Members can say hello there.
    case listening(endpoint: String)
    /// Something that the run cannot go on without is not there.
    case waiting(for: Lack)
    /// Nothing is lacking any more: what was last, and the seconds since anything did.
    case waited(for: Lack, seconds: Int)
    /// All members compute on from a checkpoint; from iteration 0, from the state before the first step.
    ///
    /// - Parameters:
    ///   - withoutProgress: How often in a row that came to no newer checkpoint.
    ///   - patience: The seconds that a parameter server may be silent from here on.
    case restored(
        iteration: Int, attempt: Int, because: Cause, withoutProgress: Int, patience: Int)
    /// A coordinator that was started again goes on with the parameter servers that outlived the one before.
    case adopted(iteration: Int)
    case askedToEnd
    /// The run is at its end, with these weights' hash.
    case done(weights: String)
    /// The run was asked to end, or something was not there: it can be resumed.
    case interrupted(reason: String)
    case failed(reason: String)

    // MARK: Members

    /// A worker brings lanes, a parameter server the slices that it keeps.
    case joined(member: Member, lanes: Int, slices: [Slice])
    /// A parameter server takes over when another that keeps the same is gone.
    case standsBy(member: Member, for: Member)
    case turnedAway(host: String, field: String, expected: String, found: String)
    case slow(member: Member, seconds: Int)
    case memberFailed(member: Member, reason: String)
    case gone(member: Member)

    // MARK: What is computed and written

    /// An iteration is done; `metrics.jsonl` has these, and `events.jsonl` does not.
    case iterated(progress: TrainingProgress)
    case checkpointed(iteration: Int)
    case sampled(iteration: Int)
    case notSampled(iteration: Int, reason: String)
    case measured(iteration: Int, metrics: [Value])
    /// The generator draws a part of the data alone.
    case collapsed(iteration: Int, reason: String, lastHealthy: Int?, endsRun: Bool)
    /// The checkpoint whose weights are the run's result, as a watched metric has it.
    case chosen(iteration: Int, metric: String, folder: String)
    /// The checkpoint that would be chosen so far was removed.
    case bestIsGone(iteration: Int, folder: String)
    /// A file ends before the checkpoint that the run goes on from.
    case linesLost(file: String, expected: Int, found: Int)
}

extension RunEvent {
    package struct Member: Codable, Equatable, Sendable {
        package enum Role: String, Codable, Sendable { case worker, parameterServer }

        package let role: Role
        /// Random, one for each start of a process, as in the ledger.
        package let id: String
        package let host: String

        package init(role: Role, id: String, host: String) {
            self.role = role
            self.id = id
            self.host = host
        }

        /// Which one, and where, as short as people need it.
        package var name: String { "\(id.prefix(6)) on \(host)" }
    }

    /// A part of a network.
    package struct Slice: Codable, Equatable, Sendable {
        package let network: String
        /// Which of how many, counted from 0.
        package let index: Int
        package let count: Int

        package init(network: String, index: Int, count: Int) {
            self.network = network
            self.index = index
            self.count = count
        }
    }

    package enum Lack: Codable, Equatable, Sendable {
        case slices(absent: [Slice])
        case workers(present: Int, wanted: Int)
        /// The disk is full.
        case room(reason: String)
    }

    /// Why all members restore a checkpoint.
    package enum Cause: String, Codable, Sendable {
        /// A coordinator has started, and there were no parameter servers to go on with.
        case started
        case serverJoined, serverGone
        /// No parameter server outlived the coordinator before this one.
        case noServerLeft
        /// Parameter servers have gone on from a checkpoint that is no longer there.
        case checkpointGone
    }

    /// A number and what it is called.
    package struct Value: Codable, Equatable, Sendable {
        package let name: String
        package let value: Double

        package init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }
}

extension RunEvent.Slice {
    init(_ slice: Hello.Slice) {
        self.init(network: slice.network, index: slice.index, count: slice.count)
    }
}
