public import Datasets
internal import NeuralNetworks
public import PretrainedNetworks
public import Tensors

extension TrainedClassifier {
    /// Trains a classifier on labelled images or clips, with cross-entropy, Adam, and a learning rate that falls to zero.
    ///
    /// The result is a function of the data and `random` alone.
    ///
    /// - Parameters:
    ///   - training: The images that it learns from, with their classes.
    ///   - heldOut: The images on which its accuracy is measured, with their classes.
    ///   - recipe: The recipe whose images they are, which the classifier's file names.
    ///   - classes: The number of classes, which are counted from 0.
    ///   - epochs: How often each image is learned from.
    ///   - random: The source of its first weights and of the images' order.
    ///   - observe: Is told the mean loss of each epoch.
    public init(
        training: any Dataset, heldOut: any Dataset, recipe: String, classes: Int, epochs: Int,
        random: RandomSource, observe: (_ epoch: Int, _ loss: Float) -> Void
    ) throws {
        guard let example = training.fields[0].imageShape else {
            preconditionFailure("\(training.fields[0].kind) cannot be seen")
        }
        let classifier = Classifier(example: example, classes: classes)
        func images(_ batch: Batch) -> Tensor {
            Tensor(batch.values).reshaped(to: Shape([batch.values.shape[0]] + example))
        }
        let network = classifier.network
        var buffer = network.initialWeights(random, number: 0)
        var spare = Storage.zeros(count: network.count)
        let first = Storage.zeros(count: network.count)
        let second = Storage.zeros(count: network.count)
        let weightRange = network.range(of: .weight)
        let reader = try BatchReader(training, random: random)
        defer { reader.close() }
        let batch = min(128, training.count)
        let steps = training.count / batch
        for epoch in 0..<epochs {
            var total: Float = 0
            for step in 0..<steps {
                let number = epoch * steps + step
                let positions = (number * batch)..<((number + 1) * batch)
                let examples = try reader.batch(
                    at: positions, next: (positions.upperBound)..<(positions.upperBound + batch))
                let weights = network.weights(in: buffer)
                let pass = ForwardPass(
                    weights, .training, isDifferentiable: true,
                    noise: .init(
                        random, at: .init(.layers, iteration: number), positions: positions))
                let (_, odds) = classifier(images(examples), pass)
                let loss = odds.crossEntropy(examples.labels ?? [])
                total += loss.scalar
                let gradients = network.weightGradients(
                    of: [loss], upstream: [Tensor(1)], from: pass)
                let message = network.message(gradients, from: [pass], weights)
                let left = 1 - Float(number) / Float(epochs * steps)
                Adam(rate: 2e-3 * left, beta1: 0.9, beta2: 0.999).update(
                    buffer.view(weightRange), into: spare.view(weightRange),
                    first: first.view(weightRange), second: second.view(weightRange),
                    gradient: message.view(weightRange), gradientScale: 1, update: number + 1)
                swap(&buffer, &spare)
            }
            observe(epoch + 1, total / Float(steps))
        }
        let untested = TrainedClassifier(
            classifier: classifier, recipe: recipe, accuracy: 0, buffer: buffer)
        let examples = try heldOut.examples(0..<heldOut.count)
        self.init(
            classifier: classifier, recipe: recipe,
            accuracy: untested.accuracy(images(examples).value, examples.labels ?? []),
            buffer: buffer)
    }
}
