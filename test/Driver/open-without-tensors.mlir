// True sizes have their place where no tensor has one.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --emit=shared --explain -o net.so | FileCheck %s
// RUN: convopt-run net.so --output=y.npy
// RUN: %python -c "import numpy as n; y = n.load('y.npy'); assert y.shape == (3,), y"
// CHECK: workspace: 0 bytes of tensors

func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<1xi64> {convopt.shape_of = 0 : i64}) {
  %shape = arith.constant dense<3> : tensor<1xi64>
  return %x, %shape : tensor<4xf32>, tensor<1xi64>
}
