import Adversarial
import Recipes
import Tensors
import Testing

/// What a game that makes pictures sharper might have.
private struct SharpeningSettings: SettingGroup {
    enum Filter: String, CaseIterable { case box, cubic }

    var factor = 4
    var pixelWeight: Float = 1
    var filter = Filter.cubic
    var isRandom = false

    static let fields: [SettingField<Self>] = [
        .whole("factor", \.factor, 2...8, "how many times as large pictures become"),
        .number("pixel-weight", \.pixelWeight, 0...10, "weight of the pixels' difference"),
        .choice("filter", \.filter, "what makes pictures small"),
        .flag("random-filter", \.isRandom, "whether each picture has its own"),
    ]

    func validate(among settings: Settings) throws {
        guard settings.microbatch % factor == 0 else {
            throw SettingError(
                "factor", expected: "a divisor of microbatch (\(settings.microbatch))",
                found: factor)
        }
    }
}

@Suite("Settings in groups")
struct SettingsTests {
    private func field(_ name: String, of settings: Settings) throws -> Settings.Field {
        try #require(settings.fields.first { $0.name == name })
    }

    @Test("A group of one's own is declared in one place, and set by name beside all others")
    func ownGroup() throws {
        var settings = Settings(SharpeningSettings { $0.factor = 2 }, CriticSettings())
        let ofEveryRun = Settings().fields.count
        #expect(
            settings.fields.dropFirst(ofEveryRun).prefix(5).map(\.name)
                == ["factor", "pixel-weight", "filter", "random-filter", "objective"])
        for (name, text) in [
            ("factor", "8"), ("pixel-weight", "0.25"), ("filter", "box"), ("random-filter", "true"),
        ] {
            try settings.set(field(name, of: settings), to: text)
            #expect(try settings[field(name, of: settings)] == text)
        }
        let found = settings[SharpeningSettings.self]
        #expect(
            found
                == SharpeningSettings {
                    ($0.factor, $0.pixelWeight, $0.filter, $0.isRandom) = (8, 0.25, .box, true)
                })
        #expect(settings[ifPresent: NetworkSettings.self] == nil)
    }

    @Test(
        "A value outside its range is refused with what was expected, and changes nothing",
        arguments: [
            ("factor", "9", "a whole number from 2 to 8"), ("factor", "2.5", "a whole number"),
            ("pixel-weight", "-1", "a number from 0.0 to 10.0"),
            ("pixel-weight", "nan", "a number from 0.0 to 10.0"),
            ("filter", "sharp", "one of box, cubic"), ("random-filter", "yes", "true or false"),
        ])
    func ranges(name: String, text: String, expected: String) throws {
        var settings = Settings(SharpeningSettings())
        let error = try #require(throws: SettingError.self) {
            try settings.set(field(name, of: settings), to: text)
        }
        #expect("\(error)".hasPrefix("\(name): expected \(expected)"), "\(error)")
        #expect("\(error)".hasSuffix("found '\(text)'"), "\(error)")
        #expect(settings == Settings(SharpeningSettings()))
    }

    @Test("A group checks itself against the others")
    func together() throws {
        var settings = Settings(SharpeningSettings())
        try settings.validate()
        settings[SharpeningSettings.self].factor = 7
        let error = try #require(throws: SettingError.self) { try settings.validate() }
        #expect("\(error)" == "factor: expected a divisor of microbatch (16), found 7")
    }

    @Test("Settings are equal where each group is")
    func equality() {
        let settings = Settings(SharpeningSettings())
        var other = settings
        #expect(other == settings)
        other.seed += 1
        #expect(other != settings)
        #expect(Settings(SharpeningSettings { $0.factor = 2 }) != settings)
        #expect(Settings(SharpeningSettings(), CriticSettings()) != settings)
    }
}

@Suite("Names of settings")
struct SettingNameTests {
    private func refusal(_ name: String, _ recipe: Recipe = .imageFolder) throws -> String {
        var settings = recipe.defaults
        let error = try #require(throws: RecipeError.self) {
            try settings.set(name, to: "3", for: recipe)
        }
        return "\(error)"
    }

    @Test(
        "What other programs call a setting leads to ours",
        arguments: [
            ("lr", "'discriminator-learning-rate' or 'generator-learning-rate'"),
            ("learning_rate", "'discriminator-learning-rate' or 'generator-learning-rate'"),
            ("Batch-Size", "'batch-size'"), ("epochs", "'iterations'"), ("ema", "'ema-decay'"),
            ("image-size", "'resolution'"), ("nz", "'latent-size'"), ("widht", "'width'"),
        ])
    func suggested(name: String, meant: String) throws {
        let error = try refusal(name)
        #expect(error.contains("did you mean \(meant)?"), "\(error)")
    }

    @Test(
        "Short names that are like nothing are answered with all there are",
        arguments: ["foo", "q"])
    func unlike(name: String) throws {
        let error = try refusal(name)
        #expect(error.contains("; there are: seed, iterations,"), "\(error)")
    }

    @Test(
        "A name of before is answered with the one of now",
        arguments: [
            ("first-decay", "beta1"), ("second-decay", "beta2"), ("latents", "latent-size"),
            ("generator-rate", "generator-learning-rate"),
            ("discriminator-rate", "discriminator-learning-rate"),
            ("rate-end", "learning-rate-end"), ("average-decay", "ema-decay"),
            ("side", "resolution"), ("batch", "batch-size"), ("top-share", "top-k"),
        ])
    func renamed(name: String, now: String) throws {
        #expect(try refusal(name) == "no setting is called '\(name)'; it is '\(now)' now")
        #expect(Recipe.imageFolder.defaults.fields.contains { $0.name == now })
    }

    @Test("A setting that another recipe has is refused with whose it is")
    func others() throws {
        let error = try refusal("resolution", .ring)
        #expect(error.hasPrefix("ring has no setting 'resolution', which emoji and "), "\(error)")
        #expect(error.hasSuffix(" others have; 'swiftgan recipes ring' lists its own"), "\(error)")
        // What is suggested is a setting that the recipe has.
        #expect(try !refusal("image-size", .ring).contains("resolution"))
    }
}
