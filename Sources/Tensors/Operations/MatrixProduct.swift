extension Tensor {
    /// The product `[…, rows, inner] x […, inner, columns]` for every leading index; the leading extents must be equal.
    ///
    /// If a flag is set, the last two dimensions of that operand are read swapped.
    public func matrixProduct(
        with right: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
    ) -> Tensor {
        let value = value.matrixProduct(
            right.value, transposeLeft: transposingSelf, transposeRight: transposingOther)
        return recording(
            "matrixProduct", value,
            (
                self,
                { upstream in
                    transposingSelf
                        ? right.matrixProduct(
                            with: upstream, transposingSelf: transposingOther,
                            transposingOther: true)
                        : upstream.matrixProduct(with: right, transposingOther: !transposingOther)
                }
            ),
            (
                right,
                { upstream in
                    transposingOther
                        ? upstream.matrixProduct(
                            with: self, transposingSelf: true, transposingOther: transposingSelf)
                        : self.matrixProduct(with: upstream, transposingSelf: !transposingSelf)
                }
            ))
    }
}
