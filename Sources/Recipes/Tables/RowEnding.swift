internal import Datasets
internal import NeuralNetworks
internal import Tensors

/// Ends a network that makes rows of a table, `[rows, width]`: numbers by tanh, and choices that are definite.
///
/// Gradients pass a choice as if it were the odds of its places (straight-through; Bengio et al., 2013). A number that may be
/// something else counts only where it is one.
struct RowEnding: Layer {
    /// 1 where a place of a choice belongs to a span, `[width, spans]`.
    private let placesOfSpans: NDArray
    /// 1 at places of choices, `[width]`.
    private let places: NDArray
    /// 1 where a place says that a span is a number, `[width, spans]`.
    private let numberPlaces: NDArray
    /// 1 for spans that always are numbers, `[spans]`.
    private let alwaysNumbers: NDArray
    /// 1 where a span's number is, `[spans, width]`.
    private let numbersOfSpans: NDArray
    private let form: RowForm

    init(_ form: RowForm) {
        self.form = form
        let (width, spans) = (form.width, form.spans.count)
        var placesOfSpans = Array(repeating: Float(0), count: width * spans)
        var places = Array(repeating: Float(0), count: width)
        var numberPlaces = placesOfSpans
        var alwaysNumbers = Array(repeating: Float(0), count: spans)
        var numbersOfSpans = placesOfSpans
        for (column, span) in form.spans.enumerated() {
            let start = form.starts[column]
            for place in start..<(start + span.choices) {
                placesOfSpans[place * spans + column] = 1
                places[place] = 1
            }
            guard span.hasNumber else { continue }
            numbersOfSpans[column * width + start + span.width - 1] = 1
            if span.choices == 0 {
                alwaysNumbers[column] = 1
            } else {
                numberPlaces[(start + span.choices - 1) * spans + column] = 1
            }
        }
        self.placesOfSpans = NDArray(placesOfSpans, shape: [width, spans])
        self.places = NDArray(places, shape: [width])
        self.numberPlaces = NDArray(numberPlaces, shape: [width, spans])
        self.alwaysNumbers = NDArray(alwaysNumbers, shape: [spans])
        self.numbersOfSpans = NDArray(numbersOfSpans, shape: [spans, width])
    }

    func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        let (largest, chosen) = form.chosen(input.value)
        let spans = Tensor(placesOfSpans)
        let always = Tensor(alwaysNumbers)
        // Subtracting the largest only shifts the exponential's range, so it has no part in the derivative.
        let powers = (input - Tensor(largest)).exponential() * Tensor(places)
        let sums = powers.matrixProduct(with: spans) + always
        let odds =
            powers * sums.reciprocal().matrixProduct(with: spans, transposingOther: true)
        let choices = Tensor(chosen) + (odds - odds.detached())
        let areNumbers = choices.matrixProduct(with: Tensor(numberPlaces)) + always
        return choices + input.tanh() * areNumbers.matrixProduct(with: Tensor(numbersOfSpans))
    }
}

extension RowForm {
    /// For each number of rows `[rows, width]`: the largest of its choice, and 1 if it is the first of these, elsewhere 0.
    fileprivate func chosen(_ rows: NDArray) -> (largest: NDArray, chosen: NDArray) {
        let source = rows.scalars
        var largest = Array(repeating: Float(0), count: source.count)
        var chosen = largest
        for row in stride(from: 0, to: source.count, by: width) {
            for (start, span) in zip(starts, spans) {
                if span.choices > 0 {
                    let places = (row + start)..<(row + start + span.choices)
                    let best = places.reduce(places.lowerBound) {
                        source[$1] > source[$0] ? $1 : $0
                    }
                    for place in places { largest[place] = source[best] }
                    chosen[best] = 1
                }
                // A number has no part in a choice, and its power must not overflow.
                if span.hasNumber {
                    let place = row + start + span.width - 1
                    largest[place] = source[place]
                }
            }
        }
        return (NDArray(largest, shape: rows.shape), NDArray(chosen, shape: rows.shape))
    }
}
