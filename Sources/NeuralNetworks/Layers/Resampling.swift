public import Tensors

/// The mean of each window of 2 x 2 pixels.
public struct AveragePooling: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.averagePooled(by: 2)
    }
    public var isPiecewiseLinear: Bool { true }
}

/// Images twice as high and wide, interpolated linearly between pixel centres.
public struct BilinearUpsampling: Layer {
    public init() {}
    public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) -> Tensor {
        input.upsampledBilinear()
    }
    public var isPiecewiseLinear: Bool { true }
}
