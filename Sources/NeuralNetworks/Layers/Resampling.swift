public import Tensors

/// The mean of each window of 2 x 2 pixels.
public struct AveragePooling: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.averagePooled(by: 2)
    }
    public var isPiecewiseLinear: Bool { true }
}

/// The largest element of each window of 2 x 2 pixels.
public struct MaximumPooling: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.maximumPooled(by: 2)
    }
}

/// Images that are twice as high and wide, with every pixel repeated.
public struct NearestUpsampling: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.upsampledNearest(by: 2)
    }
    public var isPiecewiseLinear: Bool { true }
}

/// Images that are twice as high and wide, with a quarter of the channels (Shi et al., 2016).
public struct PixelShuffle: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.pixelShuffled(by: 2)
    }
    public var isPiecewiseLinear: Bool { true }
}

/// Images that are twice as high and wide, interpolated linearly between pixel centres.
public struct BilinearUpsampling: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.upsampledBilinear()
    }
    public var isPiecewiseLinear: Bool { true }
}
