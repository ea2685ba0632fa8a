import Foundation
import Testing

extension Commands {
    /// Hashes that were written down: whoever changes bits without meaning to learns of it here.
    ///
    /// Who means to change them changes `Run.format` and these.
    @Suite("Weights are those that were written down", .serialized)
    struct RecordedWeightsTests {
        private let folder: TemporaryFolder
        private var run: String { "\(folder.path)/run" }

        init() throws { folder = try TemporaryFolder() }

        @Test(
            "Perceptrons, whose kernels are all our own, have one hash on all processors; with AMX, bfloat16 has another",
            .enabled(if: hasAVX2, "needs AVX2"),
            arguments: ["native", "avx2"], ["float32", "bfloat16"])
        func perceptrons(isa: String, precision: String) throws {
            let trained = try Command(
                "train", "ring", "--iterations", "30", "--isa", isa, "--precision", precision,
                "--output", run
            ).wait()
            let recorded =
                switch (precision, isa) {
                case ("float32", _):
                    "27381cab46cb1f75bc852a36821c6bd44f0467ce2baadee34f2d3ba991909d01"
                case ("bfloat16", "native") where processors.contains(" amx_bf16 "):
                    "61ff59589f5c8a882f05f6d9cc89e84e80679abb11218c801bb7b79296b76ffc"
                default: "e1c64ec93ba492f716a5a2c287166e8416326c83e064673980548fbb9c53b8e8"
                }
            #expect(try weights(trained) == recorded)
        }

        @Test(
            "Convolutions, in part the library's, have one for each of a processor's instruction sets",
            .enabled(
                if: hasFashionData && processors.contains("cpu family\t: 25\nmodel\t\t: 17\n"),
                "needs dataset-fashion-mnist, and the processor that they were written down on, Zen 4"
            ),
            arguments: [
                (
                    "16", "avx512",
                    "95ebf3b5b82f42b3852ff4a0581ecdd8fb3bcc5e2ad4cf4d2bdf48c4514c5f81"
                ),
                ("16", "avx2", "086e2aff1ab3804350cfeb011ec10004b0e45db2509f262fd2aa8ce15a8187f6"),
                (
                    "32", "avx512",
                    "bbb3014298ca2eaa0ff41bdd4df712fae665abdefbedeeedb400a42145ea1209"
                ),
                ("32", "avx2", "2a0ff97fbdd509a611adf6ae634562dc2ca5daae982023bbc8208017f3cea06e"),
            ])
        func convolutions(width: String, isa: String, recorded: String) throws {
            let trained = try Command(
                "train", "fashion", "--set", "width=\(width)", "--iterations",
                width == "16" ? "20" : "10", "--isa", isa,
                "--output", run
            ).wait()
            #expect(try weights(trained) == recorded)
        }
    }
}
