internal import Recipes
internal import Tensors

/// The version of the program and of the library.
package let version = "0.2.0"

/// What `--version` tells, and what members must have in common.
///
/// In it is what decides bits, as far as a name can say: members of another build are refused.
package let buildName = "swiftgan \(version) format \(Run.format), \(Lane.library)"
