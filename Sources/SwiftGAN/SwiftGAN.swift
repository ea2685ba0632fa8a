@_exported public import Adversarial
@_exported public import Datasets
@_exported public import Evaluation
@_exported public import Hashing
@_exported public import NeuralNetworks
@_exported public import Pictures
@_exported public import PretrainedNetworks
@_exported public import Recipes
@_exported public import Tensors

internal import Commands

/// Runs the whole program, `train` to `evaluate`, on some recipes.
///
/// ```swift
/// SwiftGAN.main(recipes: .builtIn + [.mine])
/// ```
///
/// It reads this process's arguments and standard streams, and ends the process where a command fails. All members of a cluster run
/// the same program: `launch` starts its workers by this process's own executable, and on other hosts a copy of it is started.
///
/// - Parameter recipes: What can be trained, of names that differ. Each member makes of a recipe's name what it finds here, so what
///   two programs call the same must be the same.
public func main(recipes: [Recipe]) { Commands.main(recipes: recipes) }
