// Where convolutions may be computed in fewer bits, the model is run here to
// find out what their errors do to its outputs, whatever it is compiled for.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --max-error=0.01 --emit=annotated -o host.mlir
// RUN: FileCheck %s --check-prefix=GAINS --input-file=host.mlir
// GAINS: linalg.conv_2d_nchw_fchw {convopt.error_gain = array<f64: {{[01]\.[0-9]+}}, {{[01]\.[0-9]+}}>, convopt.primitive =
// RUN: convopt-compile %s --max-error=0.01 --emit=annotated --target=aarch64 -o other.mlir
// RUN: grep -o 'error_gain = [^>]*' host.mlir > host.txt
// RUN: grep -o 'error_gain = [^>]*' other.mlir | diff - host.txt

// The kernels of a model do not carry it: equal layers stay one.
// RUN: convopt-compile %s --max-error=0.01 --emit=kernels -o - | FileCheck %s --check-prefix=KERNELS
// KERNELS: convopt.kernel
// KERNELS-NOT: error_gain

// Samples of the user's, stored and compressed, of one sample and of several.
// RUN: %python -c "import numpy as np; x = np.arange(8 * 64).reshape(2, 1, 4, 8, 8).astype(np.float32); np.savez('two.npz', x); np.savez_compressed('same.npz', input0=x); np.savez('one.npz', x[0]); np.savez('wrong.npz', x[0, 0])"
// RUN: convopt-compile %s --max-error=0.01 --calibrate=two.npz --emit=annotated -o two.mlir
// RUN: convopt-compile %s --max-error=0.01 --calibrate=same.npz --emit=annotated -o - | diff - two.mlir
// RUN: convopt-compile %s --max-error=0.01 --calibrate=one.npz --emit=annotated -o one.mlir
// RUN: FileCheck %s --check-prefix=GAINS --input-file=one.mlir
// RUN: not diff -q one.mlir two.mlir
// RUN: not diff -q host.mlir two.mlir

// RUN: convopt-compile %s --max-error=0.01 --calibrate=none --emit=annotated -o - | FileCheck %s --check-prefix=NONE
// NONE: convopt.error_gain = array<f64: 1.000000e+00, 1.000000e+00>

// Nothing is measured where nothing may be reduced.
// RUN: convopt-compile %s --max-error=0.01 --precisions=f32 --emit=annotated -v -o - 2>&1 | FileCheck %s --check-prefix=FULL
// RUN: convopt-compile %s --emit=annotated -v -o - 2>&1 | FileCheck %s --check-prefix=FULL
// FULL-NOT: calibration
// FULL-NOT: error_gain

// Mistakes.
// RUN: not convopt-compile %s --max-error=0.01 --calibrate=missing.npz -o out.o 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: convopt-compile: error: cannot read 'missing.npz': No such file or directory
// MISSING-NOT: {{.}}
// RUN: not convopt-compile %s --max-error=0.01 --calibrate=wrong.npz -o out.o 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: convopt-compile: error: 'wrong.npz': array 'arr_0' is f32 of 4x8x8; input 'input0' is f32 of 1x4x8x8
// WRONG-NOT: {{.}}
// RUN: head -c 300 two.npz > cut.npz
// RUN: not convopt-compile %s --max-error=0.01 --calibrate=cut.npz -o out.o 2>&1 | FileCheck %s --check-prefix=CUT
// CUT: convopt-compile: error: 'cut.npz': not a .npz file, or cut off
// CUT-NOT: {{.}}
// RUN: not convopt-compile %s --calibrate=none -o out.o 2>&1 | FileCheck %s --check-prefix=ALONE
// ALONE: convopt-compile: error: --calibrate: only with --max-error
// ALONE-NOT: {{.}}
// RUN: not ls out.o

func.func @main(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<[[[[0.1]], [[-0.2]], [[0.4]], [[-0.3]]], [[[0.5]], [[0.6]], [[-0.7]], [[0.8]]], [[[0.9]], [[1.0]], [[1.1]], [[1.2]]], [[[1.3]], [[-1.4]], [[1.5]], [[1.6]]]]> : tensor<4x4x1x1xf32>
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %y : tensor<1x4x8x8xf32>
}
