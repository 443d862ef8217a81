"""What PyTorch has and this library has not, on purpose, and why: the error of a missing name says it."""

SPARSE = "there are no sparse tensors"
QUANTIZED = "there are no quantized tensors"
COMPLEX = "there are no complex tensors; keep the real and the imaginary part in two"
PARTS = "the parts of PyTorch that compile, trace or spread a program over machines are left out"

ABSENT = {
    "chalf": COMPLEX,
    "complex": COMPLEX,
    "distributed": PARTS,
    "export": PARTS,
    "fft": COMPLEX + "; np.fft transforms x.detach().numpy()",
    "fx": PARTS,
    "hub": "models are not downloaded",
    "istft": COMPLEX,
    "mps": "tinygrad_lite computes on the CPU",
    "onnx": PARTS,
    "polar": COMPLEX,
    "quantization": QUANTIZED,
    "quantize_per_channel": QUANTIZED,
    "quantize_per_tensor": QUANTIZED,
    "sparse": SPARSE,
    "sparse_coo": SPARSE,
    "sparse_coo_tensor": SPARSE,
    "sparse_csr_tensor": SPARSE,
    "stft": COMPLEX,
    "view_as_complex": COMPLEX,
    "view_as_real": COMPLEX,
    "xpu": "tinygrad_lite computes on the CPU",
}
