internal import CXGBoost

/// Gradient-boosted trees (XGBoost; Chen & Guestrin, 2016), the usual judge of tables.
///
/// One thread grows them, so the same rows give the same trees.
final class BoostedTrees {
    /// What is predicted.
    enum Target {
        /// A number.
        case number
        /// One of two classes, by its odds.
        case either
        /// One of some classes.
        case choice(Int)
    }

    private static let rounds: Int32 = 60
    /// Rounds where each grows a tree for each of several classes.
    private static let roundsOfChoices: Int32 = 20
    private let booster: BoosterHandle

    /// Trees that predict the label of each row.
    ///
    /// - Throws: ``EvaluationError`` with what XGBoost says.
    init(_ rows: Rows, labels: [Float], _ target: Target) throws {
        precondition(rows.count == labels.count && rows.count > 0)
        let matrix = try Matrix(rows)
        try check(XGDMatrixSetFloatInfo(matrix.handle, "label", labels, UInt64(labels.count)))
        var made: BoosterHandle?
        var handles: [DMatrixHandle?] = [matrix.handle]
        try check(XGBoosterCreate(&handles, 1, &made))
        guard let made else { throw EvaluationError("XGBoost: expected a booster, found none") }
        booster = made
        var settings = [
            "nthread": "1", "tree_method": "hist", "max_depth": "6", "eta": "0.2", "seed": "0",
            "verbosity": "0",
        ]
        var rounds = Self.rounds
        switch target {
        case .number: settings["objective"] = "reg:squarederror"
        case .either: settings["objective"] = "binary:logistic"
        case .choice(let classes):
            settings["objective"] = "multi:softmax"
            settings["num_class"] = String(classes)
            if classes > 2 { rounds = Self.roundsOfChoices }
        }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            try check(XGBoosterSetParam(booster, name, value))
        }
        for round in 0..<rounds {
            try check(XGBoosterUpdateOneIter(booster, round, matrix.handle))
        }
    }

    deinit { XGBoosterFree(booster) }

    /// What is predicted for each row: a number, odds, or the number of a class.
    func predictions(_ rows: Rows) throws -> [Float] {
        let matrix = try Matrix(rows)
        var count: bst_ulong = 0
        var found: UnsafePointer<Float>?
        try check(XGBoosterPredict(booster, matrix.handle, 0, 0, 0, &count, &found))
        return Array(UnsafeBufferPointer(start: found, count: Int(count)))
    }

    /// Rows of features, one after another.
    struct Rows {
        let values: [Float]
        let features: Int
        var count: Int { values.count / features }

        init(_ values: [Float], features: Int) {
            precondition(features > 0 && values.count.isMultiple(of: features))
            (self.values, self.features) = (values, features)
        }

        /// Some of the rows.
        func chosen(_ rows: some Sequence<Int>) -> Rows {
            Rows(
                rows.flatMap { values[($0 * features)..<(($0 + 1) * features)] }, features: features
            )
        }

        /// The same rows without one feature, and that feature.
        func split(at feature: Int) -> (rest: Rows, feature: [Float]) {
            var rest: [Float] = []
            var own: [Float] = []
            for (place, value) in values.enumerated() {
                if place % features == feature { own.append(value) } else { rest.append(value) }
            }
            return (Rows(rest, features: features - 1), own)
        }
    }

    private final class Matrix {
        let handle: DMatrixHandle

        init(_ rows: Rows) throws {
            var made: DMatrixHandle?
            let (count, features) = (UInt64(rows.count), UInt64(rows.features))
            try check(XGDMatrixCreateFromMat(rows.values, count, features, .nan, &made))
            guard let made else { throw EvaluationError("XGBoost: expected a matrix, found none") }
            handle = made
        }

        deinit { XGDMatrixFree(handle) }
    }
}

private func check(_ status: Int32) throws {
    guard status == 0 else {
        let reason = String(cString: XGBGetLastError()).prefix { !$0.isNewline }
        throw EvaluationError("XGBoost: expected trees that can be grown, found \(reason)")
    }
}
