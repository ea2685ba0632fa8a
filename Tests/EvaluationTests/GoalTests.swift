import Evaluation
import Testing

@Suite("Goals")
struct GoalTests {
    private func verdict(_ goal: Goal, _ value: Double) -> Goal.Verdict {
        goal.verdict([
            Metric("support", 3, real: 3, better: .nearer),
            Metric("modes", value, real: 8, better: .larger),
        ])
    }

    @Test("A bound itself is good enough, and what is no number is not")
    func bounds() {
        let most = Goal("modes", .atLeast(8))
        #expect(verdict(most, 8) == .reached && verdict(most, 9) == .reached)
        #expect(verdict(most, 7) == .missed && verdict(most, .nan) == .missed)
        let few = Goal("modes", .atMost(0.01))
        #expect(verdict(few, 0.01) == .reached && verdict(few, 0.011) == .missed)
        #expect(verdict(few, .nan) == .missed)
    }

    @Test("A metric that was not measured reaches no goal")
    func unmeasured() { #expect(verdict(Goal("class-accuracy", .atLeast(0)), 8) == .unmeasured) }

    @Test("Goals are written as one says them")
    func text() {
        #expect("\(Goal("modes", .atLeast(1000)))" == "modes at least 1000")
        #expect("\(Goal("mode-kl", .atMost(0.06)))" == "mode-kl at most 0.06")
    }
}
