// Filters without a sign whose zero point leaves more than 8 bits are not
// multiplied as integers, which is said.
// RUN: convopt-opt %s -convopt-fold-quantisation 2>&1 | FileCheck %s

// CHECK: wide-filter.mlir:[[#@LINE+8]]:{{.*}}: remark: the filter less its zero point does not fit 8 bits: products are not made ones of 8-bit integers
// CHECK: linalg.quantized_matmul
#id = affine_map<(m, k) -> (m, k)>
func.func @wide(%x: tensor<3x2xi8>) -> tensor<3x2xi32> {
  %zero = arith.constant 0 : i32
  %low = arith.constant -100 : i32
  %w = arith.constant dense<[[127, 3], [2, 4]]> : tensor<2x2xi8>
  %e = tensor.empty() : tensor<3x2xi32>
  %y = linalg.quantized_matmul ins(%x, %w, %zero, %low : tensor<3x2xi8>, tensor<2x2xi8>, i32, i32) outs(%e : tensor<3x2xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}
