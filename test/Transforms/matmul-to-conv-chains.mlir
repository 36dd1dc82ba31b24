// Products of products: each sees what the one before it has become. The same
// values with the pass and without; they come from numpy.
// RUN: convopt-opt %s | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-normalise | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-matmul-to-conv | FileCheck %s --check-prefix=IR
// RUN: convopt-opt %s -convopt-normalise | FileCheck %s --check-prefix=JOINED

// IR-LABEL: func.func @three(
// IR-NOT:     linalg.matmul
// IR-COUNT-3: linalg.generic
// IR-NOT:     linalg.matmul
// IR:         return

// Nothing is reshaped between them.
// JOINED-LABEL: func.func @three(
// JOINED:         %[[A:.*]] = linalg.generic
// JOINED:         %[[B:.*]] = linalg.generic {{.*}} ins(%[[A]], %
// JOINED:         linalg.generic {{.*}} ins(%[[B]], %
func.func @three(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
  %v = arith.constant dense<[[0.0, 1.0], [2.0, 1.0]]> : tensor<2x2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %a = linalg.matmul ins(%x, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  %b = linalg.matmul ins(%a, %v : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  %c = linalg.matmul_transpose_b ins(%b, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %c : tensor<2x2xf32>
}

// One is the rows, one the initial value of the third.
// IR-LABEL: func.func @both(
// IR-NOT:     linalg.matmul
// IR-COUNT-3: linalg.generic
// IR:         return
// JOINED-LABEL: func.func @both(
func.func @both(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
  %v = arith.constant dense<[[0.0, 1.0], [2.0, 1.0]]> : tensor<2x2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %a = linalg.matmul ins(%x, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  %b = linalg.matmul ins(%x, %v : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  %c = linalg.matmul ins(%a, %v : tensor<2x2xf32>, tensor<2x2xf32>) outs(%b : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %c : tensor<2x2xf32>
}

// The matrix is a product, so it is no constant.
// IR-LABEL: func.func @matrix(
// IR:         %[[M:.*]] = tensor.collapse_shape
// IR:         linalg.matmul ins(%{{.*}}, %[[M]] :
// JOINED-LABEL: func.func @matrix(
func.func @matrix(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
  %v = arith.constant dense<[[0.0, 1.0], [2.0, 1.0]]> : tensor<2x2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %a = linalg.matmul ins(%w, %v : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  %b = linalg.matmul ins(%x, %a : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %b : tensor<2x2xf32>
}

func.func private @printMemrefF32(tensor<*xf32>)

// CHECK:      [2, 2]
// CHECK:      {{\[\[}}-10, -40],
// CHECK-NEXT: [-20, -100]]
// CHECK:      [2, 2]
// CHECK:      {{\[\[}}-8, 4],
// CHECK-NEXT: [-18, 12]]
// CHECK:      [2, 2]
// CHECK:      {{\[\[}}-12, 1],
// CHECK-NEXT: [-28, 4]]
func.func @main() {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 5.0]]> : tensor<2x2xf32>
  %0 = call @three(%x) : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = tensor.cast %0 : tensor<2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%1) : (tensor<*xf32>) -> ()
  %2 = call @both(%x) : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = tensor.cast %2 : tensor<2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%3) : (tensor<*xf32>) -> ()
  %4 = call @matrix(%x) : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = tensor.cast %4 : tensor<2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%5) : (tensor<*xf32>) -> ()
  return
}
