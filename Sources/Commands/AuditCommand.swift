import Adversarial
import ArgumentParser
import Cluster
import Datasets
import Foundation
import Platform
import Recipes

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract:
            "Prove from a run's ledger that each example was used once an epoch; tell who computed what.",
        discussion:
            "Reads ledger.jsonl and the newest checkpoint, whether or not the run goes on. Ends with 1 where something is amiss."
    )

    @Argument(help: "The run's folder.")
    var folder: String

    func run() throws {
        try reportingErrors {
            let audit = try Audit(folder: folder, among: Program.recipes)
            let settings = audit.run.settings
            try tell(
                "\(audit.run.recipe.name), seed \(settings.seed): \(audit.steps) of \(audit.run.steps) steps in \(counted(audit.attempts, "attempt")), \(audit.replays) of them taken again"
            )
            for (part, usage) in audit.usage.enumerated() {
                let place =
                    audit.usage.count > 1 ? ", part \(part + 1) of \(audit.usage.count)" : ""
                try tell(
                    "examples\(place): each of \(usage.count) once in each of \(usage.epochs) epochs, and \(usage.rest) of the next"
                )
            }
            let all = audit.shares.reduce(0) { $0 + $1.leaves }
            for share in audit.shares {
                let percent = String(format: "%.1f", 100 * Double(share.leaves) / Double(all))
                try tell(
                    "worker \(share.member.prefix(6)) on \(share.host), process \(share.process): \(share.leaves) leaves, \(percent)%"
                )
            }
            for fault in audit.faults { try tell("amiss: \(fault)") }
            try tell(audit.faults.isEmpty ? "clean" : counted(audit.faults.count, "fault"))
            if !audit.faults.isEmpty { throw ExitCode(1) }
        }
    }
}
