internal import Adversarial
internal import Datasets
internal import Evaluation
internal import Foundation
internal import Tensors
internal import Yams

extension Recipe {
    /// Tables of a user's own, as files of separated values.
    static let table = Recipe(
        name: "table", summary: "perceptrons that make rows like those of a table",
        data:
            "any CSV file, with numbers, dates and categories; --data names it, or a folder that has train.csv and test.csv",
        measures: [
            TableSimilarity(), TwoSampleClassifier(), RowCopies(),
        ],
        defaults: Settings(
            run: RunSettings {
                $0.iterations = 20_000
                $0.batchSize = 128
                $0.microbatch = 64
                $0.checkpointEvery = 2_000
            },
            optimizer: OptimizerSettings {
                $0.learningRate = Sides(both: 1e-3)
                $0.beta1 = 0
                $0.beta2 = 0.99
                $0.annealing = 20_000
                $0.learningRateEnd = 0.01
            },
            CriticSettings {
                $0.objective = .relativistic
                $0.r1 = 0.1
                $0.r2 = 0.1
            },
            NetworkSettings {
                $0.architecture = .perceptron
                $0.latentSize = 64
                $0.width = 192
            }, TableSettings()),
        makeFields: { settings in
            let form = settings[TableSettings.self].row
            return [Field(TableRows.field, [form.width], .row(form))]
        },
        makeGame: { recipe, settings, parameters in
            let network = settings[NetworkSettings.self]
            guard [.perceptron, .normalizedPerceptron].contains(network.architecture) else {
                throw SettingError(
                    "architecture", expected: "perceptron or normalized-perceptron for table",
                    found: network.architecture.rawValue)
            }
            guard network.conditioning == .none else {
                throw SettingError(
                    "conditioning", expected: "none for table",
                    found: network.conditioning.rawValue,
                    hint: "'swiftgan sample --where COLUMN=VALUE' draws by any column")
            }
            let critic = settings[CriticSettings.self]
            try critic.requireUnchanged("rows")
            return TableGame(&parameters, settings[TableSettings.self].row, network, critic)
        },
        openData: { request in
            guard let path = request.path else {
                throw DataError("table: expected --data, a CSV file, found none")
            }
            let schema = TableRows.schemaName(of: path)
            return try TableRows(
                path: path, kinds: try columnKinds(schema), schemaName: schema,
                isHeldOut: request.part == .heldOut, isStrict: request.isStrict)
        }, depiction: .table, refine: RowCalibration.refinement)

    /// What a schema says columns are; none where there is no such file.
    private static func columnKinds(_ path: String) throws -> [String: ColumnKind] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw DataError(
                "\(path): expected text in UTF-8 that can be read, found something else")
        }
        var kinds: [String: ColumnKind] = [:]
        for (name, word) in try Run.entries(ofYAML: text, source: path) {
            guard let kind = ColumnKind(rawValue: word) else {
                throw DataError(
                    "\(path): expected \(ColumnKind.allCases.map(\.rawValue).joined(separator: ", ")) for '\(shown(name))', found '\(shown(word))'"
                )
            }
            kinds[name] = kind
        }
        return kinds
    }
}

/// What a row of a table is made of.
struct TableSettings: SettingGroup {
    var row = RowForm([.number])

    static let fields: [SettingField<Self>] = [
        .described(
            "row", \.row,
            "what a row is made of, which the data decide: n for a number, c9 for one of 9 choices, m1 for a number with 1 special value",
            expected: "words such as 'n c9 m1'")
    ]
}
