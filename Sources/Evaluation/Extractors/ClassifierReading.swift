public import PretrainedNetworks
public import Tensors

extension TrainedClassifier {
    /// What a classifier sees in some images.
    public struct Reading: Sendable {
        public let features: Features
        /// The likeliest class of each image.
        public let classes: [Int]
        /// The probability that the classifier gives that class.
        public let certainties: [Float]
    }

    /// What the classifier sees in images `[count, channels, height, width]`.
    public func read(_ images: NDArray) -> Reading {
        var values: [Double] = []
        var (classes, certainties) = ([Int](), [Float]())
        inParts(images) { part in
            let (features, odds) = featuresAndOdds(of: part)
            values += features.value.scalars.map(Double.init)
            for row in odds.softmax().value.scalars.chunks(of: classifier.classes) {
                let best = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
                classes.append(best - row.startIndex)
                certainties.append(row[best])
            }
        }
        return Reading(
            features: Features(count: images.shape[0], values: values), classes: classes,
            certainties: certainties)
    }

    /// The share of images that are classified correctly.
    public func accuracy(_ images: NDArray, _ labels: [Int]) -> Double {
        let right = zip(read(images).classes, labels).count { $0 == $1 }
        return Double(right) / Double(labels.count)
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
