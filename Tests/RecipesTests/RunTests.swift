import Adversarial
import Datasets
import Recipes
import Tensors
import Testing

@Suite("Recipes and settings")
struct RunTests {
    private func run(_ recipe: Recipe = .ring, _ change: (inout Settings) throws -> Void = { _ in })
        throws -> Run
    {
        var settings = recipe.defaults
        try change(&settings)
        let data = try Run.openData(.ring, settings, DataRequest(path: nil))
        return try Run(recipe: recipe, settings: settings, manifest: data.manifest)
    }

    @Test(
        "A run.yaml describes its run to the last setting", arguments: [Recipe].builtIn.map(\.name))
    func roundTrip(name: String) throws {
        let run = try run([Recipe].builtIn.named(name)) {
            $0[OptimizerSettings.self].learningRate.generator = 0.00037
        }
        let again = try Run(yaml: run.yaml, source: "test", among: .builtIn)
        #expect(again.settings == run.settings && again.identity == run.identity)
        #expect(again.yaml == run.yaml)
    }

    @Test(
        "A run.yaml tells how many examples each part of the data has, and reads nothing else there"
    )
    func dataCounts() throws {
        let one = try run()
        #expect(one.yaml.contains("\ndata-count: \(one.manifest.count)\n"))
        let two = try Run(
            recipe: .ring, settings: one.settings,
            manifest: DataManifest(counts: [1067, 1334], digest: one.manifest.digest))
        #expect(two.yaml.contains("\ndata-count: 1067, 1334\n"))
        let again = try Run(yaml: two.yaml, source: "test", among: .builtIn)
        #expect(again.manifest == two.manifest && again.manifest.count == 1334)
        #expect("\(again.manifest)".hasPrefix("1067 and 1334 examples ("))
        for wrong in ["", "0", "1067,", "1067, 0", "1067 1334", "-5"] {
            let yaml = two.yaml.replacing("1067, 1334", with: "'\(wrong)'")
            #expect(throws: RecipeError.self) {
                _ = try Run(yaml: yaml, source: "test", among: .builtIn)
            }
        }
    }

    @Test("Whatever changes the weights changes the identity; where to stop does not")
    func identity() throws {
        let run = try run()
        // Points know no augmentation, and perceptrons are what draws them, which do not grow.
        let others = ["augmentation", "consistency", "architecture", "growth"]
        for field in run.settings.fields where !others.contains(field.name) {
            let changed = try self.run { settings in
                let value = [
                    "microbatch": "32", "batch-size": "512", "ema-decay": "0.5",
                    "beta2": "0.25", "precision": "bfloat16", "objective": "hinge",
                    "conditioning": "projection",
                    "critic-scaling": "spectral", "minibatch-deviation": "true", "packing": "2",
                    "beta1": "0.25", "isa": "avx2",
                ]
                try settings.set(
                    field, to: value[field.name] ?? (settings[field].contains(".") ? "0.125" : "77")
                )
            }
            #expect((changed.identity != run.identity) == field.isIdentity, "\(field.name)")
        }
    }

    @Test("A run that grows over other iterations is another one")
    func growth() throws {
        func grown(_ iterations: Int) throws -> Run {
            try run(.emoji) {
                $0[NetworkSettings.self].architecture = .progan
                $0[NetworkSettings.self].growth = iterations
            }
        }
        #expect(try grown(100).identity != grown(0).identity)
        #expect(try grown(100).identity != grown(200).identity)
    }

    @Test("Remedies come one beside the other, each where it fits")
    func remedies() throws {
        var settings = Recipe.fashion.defaults
        for (remedy, words) in zip(
            Remedy.allCases,
            ["packing=2", "objective=relativistic r1=1.0 r2=1.0", "r1=4.0 r2=4.0"])
        {
            settings = try #require(remedy.applied(to: settings, of: .fashion))
            #expect(remedy.description(settings).contains(words))
        }
        #expect(settings[CriticSettings.self].augmentation.packing == 2)
        #expect(Remedy.packing.applied(to: settings, of: .fashion) == nil)
        #expect(
            Remedy.packing.applied(
                to: Recipe.fashionConditional.defaults, of: .fashionConditional) == nil)
    }

    @Test("Text that is no short list of settings is refused in one short line")
    func hostileText() {
        // Each name stands for two of the one before: the last for 2^64.
        let aliases = (1...64).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        let bomb = "a0: &a0 [x]\n\(aliases.joined(separator: "\n"))\n? *a64\n: 1\n"
        let long = String(repeating: "x", count: 300)
        for (text, words) in [
            (bomb, "expected neither anchors nor aliases"),
            (String(repeating: "#", count: 1 << 17), "expected at most 65536 bytes"),
            (
                "\(long): 1",
                "at most 256 bytes in a line, and a value of at most 8192, found 300 and 1"
            ),
            ("seed: \"1\\n2\"", "found 4 and 3"),
            ("a: 1\na: 2", "expected YAML"), ("seed: [1", "expected YAML"),
            ("format: 7\nrecipe: \(String(repeating: "x", count: 8_000))", "no recipe is called"),
            (String(repeating: "[", count: 60_000), "expected"),
            (String(repeating: "{a: ", count: 15_000), "expected"),
        ] {
            let error = #expect(throws: RecipeError.self) {
                _ = try Run(yaml: text, source: "x.yaml", among: .builtIn)
            }
            let found = error?.description ?? ""
            #expect(found.contains(words) && !found.contains("\n") && found.utf8.count < 400)
        }
    }

    @Test("A wrong setting is refused with what was expected and found")
    func refusals() throws {
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch { return "\(error)" }
        }
        var settings = Recipe.ring.defaults
        #expect(
            message { try settings.set("bacth-size", to: "3", for: .ring) }.contains(
                "did you mean 'batch-size'?"))
        #expect(
            message { try settings.set("batch-size", to: "many", for: .ring) }
                == "batch-size: expected a whole number from 1 to 1048576, found 'many'")
        #expect(
            message { try settings.set("generator-learning-rate", to: "-1", for: .ring) }.contains(
                "expected a number from 0.0 to 1.0"))
        #expect(
            message { _ = try [Recipe].builtIn.named("fashoin") }.contains(
                "did you mean 'fashion'?"))
        #expect(
            message { _ = try run { $0.microbatch = 48 } }
                == "microbatch: expected a divisor of batch-size (256), found 48")
        #expect(
            message { _ = try Run(yaml: "recipe: [1", source: "x.yaml", among: .builtIn) }
                .hasPrefix(
                    "x.yaml: expected YAML"))
        let yaml = try run().yaml
        #expect(
            message {
                _ = try Run(
                    yaml: yaml.replacing("keep: 3\n", with: ""), source: "x.yaml", among: .builtIn)
            } == "x.yaml: expected an entry 'keep', found none")
        #expect(
            message { _ = try Run(yaml: "format: 99", source: "x.yaml", among: .builtIn) }.contains(
                "expected format \(Run.format), found 99"))
    }
}
