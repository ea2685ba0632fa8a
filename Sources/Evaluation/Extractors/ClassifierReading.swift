public import PretrainedNetworks
public import Tensors

extension TrainedClassifier {
    /// The features of images `[count, channels, height, width]`, and the class that the classifier sees in each.
    public func read(_ images: NDArray) -> (features: Features, classes: [Int]) {
        var values: [Double] = []
        var classes: [Int] = []
        inParts(images) { part in
            let (features, odds) = featuresAndOdds(of: part)
            values += features.value.scalars.map(Double.init)
            classes += odds.value.scalars.chunks(of: classifier.classes).map { row in
                row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex } ?? 0
            }
        }
        return (Features(count: images.shape[0], values: values), classes)
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
