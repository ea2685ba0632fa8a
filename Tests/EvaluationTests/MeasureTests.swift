import Evaluation
import Foundation
import Tensors
import Testing

/// Recorded values are those of scipy, prdc and scikit-learn for the same numbers; 'scripts/compare-measures' compares more.
@Suite("Measures")
struct MeasureTests {
    private func waves(_ a: Double, _ b: Double, _ c: Double, scale: Double = 1, shift: Double = 0)
        -> Features
    {
        let values = (0..<120).map { index -> Double in
            let (i, j) = (Double(index / 3), Double(index % 3))
            let wave = sin(a * i + b * j + c) * (1 + 0.3 * j)
            return wave * scale + shift
        }
        return Features(count: 40, dimensions: 3, values: values)
    }

    private var samples: Features { waves(0.7, 1.9, 0.2, scale: 0.8, shift: 0.1) }
    private var reals: Features { waves(1.3, 0.6, 1.1) }

    private func isClose(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= 1e-6 * max(1, abs(expected))
    }

    @Test("Fréchet and kernel distances are those of others")
    func distances() {
        #expect(isClose(samples.frechetDistance(to: reals), 1.9656369767210042))
        #expect(isClose(samples.kernelDistance(to: reals), 1.3582149036583773))
    }

    @Test("So are precision, recall, density, coverage and nearest neighbours")
    func neighbourhoods() {
        let found = Neighbourhoods(of: samples, among: reals)
        #expect(isClose(found.precision, 0.55) && isClose(found.recall, 0.2))
        #expect(isClose(found.density, 0.395) && isClose(found.coverage, 0.225))
        let nearest = samples.distancesToNearest(of: reals)
        #expect(isClose(nearest.reduce(0, +) / 40, 0.8013275750185699))
    }

    @Test("In one dimension the sliced distance is the Wasserstein distance")
    func sliced() {
        func first(_ features: Features) -> Features {
            Features(
                count: 40, dimensions: 1,
                values: (0..<40).map { features.values[$0 * 3] })
        }
        let found = first(samples).slicedWasserstein(
            to: first(reals), directions: 3, random: RandomSource(seed: 5))
        #expect(isClose(found, 0.18185378684067838))
    }

    @Test("What is measured against itself is at no distance, and lies among itself")
    func same() {
        #expect(abs(reals.frechetDistance(to: reals)) < 1e-6)
        #expect(reals.slicedWasserstein(to: reals, random: RandomSource(seed: 1)) == 0)
        #expect(reals.distancesToNearest(of: reals).allSatisfy { $0 < 1e-6 })
        let found = Neighbourhoods(of: reals, among: reals)
        #expect(found.precision == 1 && found.recall == 1 && found.coverage == 1)
    }

    @Test("Modes count where a good sample is; divergence tells how evenly")
    func modes() {
        let centres: [SIMD2<Float>] = [[0, 0], [1, 0], [0, 1], [1, 1]]
        let points = NDArray(
            [0.01, 0, 0.02, 0.01, 1, 0.02, 0.8, 0.8, 0, 1] as [Float], shape: [5, 2])
        let found = ModeCoverage(points: points, centres: centres, deviation: 0.01)
        // Two at the first centre, one each at the second and third, and a bad one nearest to the fourth.
        #expect(found.found == 3 && isClose(found.good, 0.8))
        let shares = [0.4, 0.2, 0.2, 0.2]
        #expect(isClose(found.divergence, shares.reduce(0) { $0 + $1 * log($1 * 4) }))
        let one = ModeCoverage(modes: 4, nearest: [2, 2, 2], isGood: [true, true, true])
        #expect(one.found == 1 && isClose(one.divergence, log(4)))
    }

    @Test("Early stopping waits for its patience, and names the best")
    func earlyStopping() {
        func evaluations(_ values: [Double]) -> [(iteration: Int, metrics: [Metric])] {
            values.enumerated().map { index, value in
                (
                    index * 10,
                    [Metric("frechet-distance", value, real: 0, better: .smaller)]
                )
            }
        }
        func expect(_ found: (best: Int, isTimeToStop: Bool)?, _ best: Int, _ isTime: Bool) {
            #expect(found?.best == best && found?.isTimeToStop == isTime)
        }
        let stopping = EarlyStopping(on: "frechet-distance", patience: 2)
        #expect(stopping.verdict([]) == nil)
        expect(stopping.verdict(evaluations([5, 4, 6])), 10, false)
        expect(stopping.verdict(evaluations([5, 4, 6, 7, 1])), 10, true)
        expect(stopping.verdict(evaluations([.nan, 4, 3])), 20, false)
    }
}

@Suite("Signs of collapse")
struct SentinelTests {
    private func cloud(_ centres: [Double], count: Int = 400, seed: UInt64) -> Features {
        let offsets = RandomSource(seed: seed).normal(count, at: .init(.data), deviation: 0.05)
        return Features(
            count: count, dimensions: 1,
            values: (0..<count).map { centres[$0 % centres.count] + Double(offsets[$0]) })
    }

    @Test("A mode that samples leave out is missed, and no other; blurred samples miss nothing")
    func missed() {
        let reals = cloud([0, 1, 2, 3], seed: 1)
        let bins = Bins(of: reals, count: 8, random: RandomSource(seed: 1))
        #expect(bins.missedShare(by: cloud([0, 1, 2, 3], seed: 2)) == 0)
        #expect(abs(bins.missedShare(by: cloud([0, 1, 3], seed: 2)) - 0.25) < 0.1)
        let blurred = Features(
            count: 400, dimensions: 1, values: (0..<400).map { Double($0) / 100 - 0.5 })
        #expect(bins.missedShare(by: blurred) < 0.1)
    }

    @Test("The birthday paradox finds few different rows where there are few")
    func support() {
        let few = Features(
            count: 300, dimensions: 1, values: (0..<300).map { Double($0 * 7 % 20) })
        #expect(abs(few.support(alikeWithin: 0.1) - 20) < 2)
        let many = Features(count: 300, dimensions: 1, values: (0..<300).map { Double($0) })
        #expect(many.support(alikeWithin: 0.1) > 50_000)
    }

    private func evaluation(_ missed: Double, pairs: Double = 1) -> [Metric] {
        [
            Metric("missed-share", missed, real: 0, better: .smaller),
            Metric("pair-distance", pairs, real: 1, better: .nearer),
        ]
    }

    @Test("Who still finds more is young, and has not collapsed until it finds no more")
    func youth() {
        func firstCall(_ evaluations: [[Metric]]) -> Int? {
            evaluations.indices.first { Sentinel.verdict(Array(evaluations[...$0])) != .healthy }
        }
        let learning = [0.48, 0.45, 0.25, 0.2, 0.2, 0.18, 0.17, 0.08, 0.03, 0]
        #expect(firstCall(learning.map { evaluation($0) }) == nil)
        #expect(firstCall([0.5, 0.3, 0.2, 0.2, 0.2, 0.2].map { evaluation($0) }) == 5)
        #expect(firstCall([0.8, 0.5, 0.2, 0.3, 0.4].map { evaluation($0) }) == 4)
        let alike = [0.1, 0.2, 0.3, 0.4, 0.48, 0.6].map { evaluation(0, pairs: $0) }
        #expect(firstCall(alike) == nil)
        #expect(firstCall([0.1, 0.2, 0.2, 0.2, 0.2].map { evaluation(0, pairs: $0) }) == 4)
    }

    @Test("Two evaluations in a row make a collapse; the first of a run and single ones do not")
    func verdicts() {
        func verdict(_ missed: [Double]) -> Sentinel.Verdict {
            Sentinel.verdict(missed.map { evaluation($0) })
        }
        #expect(verdict([]) == .healthy && verdict([0.9, 0.9]) == .healthy)
        #expect(
            verdict([0, 0.3, 0.4]) == .collapsed(reason: "samples miss 40% of the data"))
        #expect(verdict([0, 0.3, 0]) == .healthy && verdict([0, 0.3, 0, 0.3]) == .healthy)
        let alike = [evaluation(0), evaluation(0, pairs: 0.3), evaluation(0, pairs: 0.2)]
        #expect(Sentinel.verdict(alike).reason?.contains("20% as much") == true)
    }
}
