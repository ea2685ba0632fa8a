public import NeuralNetworks
public import Tensors

// Games whose generators change pictures that people have. Commands apply any such game, so a game of one's own that conforms
// is applied, too. Pictures are `[1, 3, height, width]` in -1...1.

/// A game whose generator makes pictures larger, as `enlarge` does.
public protocol EnlargesPictures: Game {
    /// How many times as long sides become.
    var factor: Int { get }
    /// How many pixels away a pixel of the given picture still matters; a picture may be cut into tiles that overlap by this.
    var reach: Int { get }
    /// The picture with sides `factor` times as long.
    func enlarged(_ picture: Tensor, _ pass: ForwardPass) -> Tensor
}

/// A game whose generator fills holes in pictures, as `edit` does.
public protocol FillsHoles: Game {
    /// Sides that the generator takes are multiples of this.
    var sideMultiple: Int { get }
    /// The picture with something in the hole; around the hole it stays as it is.
    ///
    /// The hole is `[1, 1, height, width]`, 1 inside and 0 outside.
    func filled(_ picture: Tensor, hole: Tensor, _ pass: ForwardPass) -> Tensor
}

/// A game whose generator colours pictures, as `edit` does.
public protocol ColoursPictures: Game {
    /// Sides that the generator takes are multiples of this.
    var sideMultiple: Int { get }
    /// The picture in other colours, by its lightness alone and by hints.
    ///
    /// Hints are a picture of the same size, whose colours count where `given`, `[1, 1, height, width]`, is 1; elsewhere it
    /// is 0.
    func coloured(_ picture: Tensor, hints: Tensor, given: Tensor, _ pass: ForwardPass) -> Tensor
    /// A picture with its own lightness and the colours of another of the same size.
    func combined(lightnessOf picture: Tensor, coloursOf other: Tensor) -> Tensor
}

/// A game whose generator turns pictures of one kind into pictures of another, as `translate` does.
public protocol TranslatesPictures: Game {
    /// Sides that the generator takes are multiples of this.
    var sideMultiple: Int { get }
    /// What can be turned into what, as in `a-to-b`; first the usual way.
    var directions: [String] { get }
    /// The picture as one of the other kind.
    func translated(_ picture: Tensor, _ direction: String, _ pass: ForwardPass) -> Tensor
}

/// A game whose generator makes further members of a class from one picture of it, as `augment` does.
public protocol VariesPictures: Game {
    /// How many normally distributed numbers decide what is made of a picture.
    var noiseSize: Int { get }
    /// Another picture of the class of each of some, `[count, 3, side, side]` as the run's resolution says.
    ///
    /// The noise is `[count, noise size]`.
    func varied(_ pictures: Tensor, noise: Tensor, _ pass: ForwardPass) -> Tensor
}
