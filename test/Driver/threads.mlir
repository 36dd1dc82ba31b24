// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --emit=shared --name=one --force-primitive=winograd_f4x4_3x3 -o one.so
// RUN: convopt-compile %s --emit=shared --name=three --force-primitive=winograd_f4x4_3x3 --threads=3 -o three.so
// RUN: convopt-run one.so --output=one.npy --repeat=3
// RUN: convopt-run three.so --output=three.npy --repeat=20
// RUN: %python -c 'import numpy as n; n.testing.assert_allclose(n.load("three.npy"), n.load("one.npy"), rtol=1e-4, atol=1e-4)'

// Parallel loops have intermediates of their own in each thread.

func.func @main(%x: tensor<1x64x34x34xf32>) -> tensor<1x64x32x32xf32> {
  %w = arith.constant dense<0.125> : tensor<64x64x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x64x32x32xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x64x34x34xf32>, tensor<64x64x3x3xf32>)
         outs(%init : tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32>
  return %y : tensor<1x64x32x32xf32>
}
