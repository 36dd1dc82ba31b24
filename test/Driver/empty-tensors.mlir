// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --emit=shared --name=net -o net.so
// RUN: convopt-run net.so --output=sum.npy --output=same.npy
// RUN: %python -c 'import numpy as n; s = n.load("sum.npy"); assert s.shape == (2, 4) and (s == 3).all(); assert n.load("same.npy").shape == (2, 0, 4)'

// A sum over nothing is what it starts with; an empty output is not written.

func.func @main(%x: tensor<2x0x4xf32>) -> (tensor<2x4xf32>, tensor<2x0x4xf32>) {
  %c = arith.constant 3.0 : f32
  %e = tensor.empty() : tensor<2x4xf32>
  %f = linalg.fill ins(%c : f32) outs(%e : tensor<2x4xf32>) -> tensor<2x4xf32>
  %r = linalg.reduce ins(%x : tensor<2x0x4xf32>) outs(%f : tensor<2x4xf32>) dimensions = [1]
    (%a: f32, %b: f32) {
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32
    }
  return %r, %x : tensor<2x4xf32>, tensor<2x0x4xf32>
}
