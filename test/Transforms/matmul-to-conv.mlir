// The same values with the pass and without; they come from numpy.
// RUN: convopt-opt %s | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-matmul-to-conv | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-matmul-to-conv -convopt-fold-constants -canonicalize | FileCheck %s --check-prefix=IR

#rows = affine_map<(m, n, k) -> (m, k)>
#transposed = affine_map<(m, n, k) -> (n, k)>
#result = affine_map<(m, n, k) -> (m, n)>

// One row is a pixel with its channels first; a flattening before it goes, the
// bias stays one.
// IR-LABEL: func.func private @pixel(
// IR-SAME:    %[[X:.*]]: tensor<1x3x1x1xf32>)
// IR-DAG:     %[[F:.*]] = arith.constant dense<{{.*}}> : tensor<3x2x1x1xf32>
// IR-DAG:     %[[B:.*]] = arith.constant dense_resource<bias> : tensor<2xf32>
// IR:         %[[I:.*]] = linalg.broadcast ins(%[[B]] : tensor<2xf32>) outs(%{{.*}} : tensor<1x2x1x1xf32>) dimensions = [0, 2, 3]
// IR:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[F]] : {{.*}} outs(%[[I]]
// IR:         tensor.collapse_shape %[[Y]] {{\[\[}}0], [1, 2, 3]]
func.func private @pixel(%x: tensor<1x3x1x1xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [-5.0, 6.0]]> : tensor<3x2xf32>
  %b = arith.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<1x2xf32>
  %i = linalg.broadcast ins(%b : tensor<2xf32>) outs(%e : tensor<1x2xf32>) dimensions = [0]
  %flat = tensor.collapse_shape %x [[0], [1, 2, 3]] : tensor<1x3x1x1xf32> into tensor<1x3xf32>
  %y = linalg.matmul ins(%flat, %w : tensor<1x3xf32>, tensor<3x2xf32>) outs(%i : tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// The rows of a flattened image are its pixels.
// IR-LABEL: func.func private @image(
// IR-SAME:    %[[X:.*]]: tensor<1x2x2x3xf32>)
// IR:         linalg.fill {{.*}} tensor<1x2x2x2xf32>
// IR:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[X]], %{{.*}} : tensor<1x2x2x3xf32>, tensor<1x1x3x2xf32>)
// IR:         tensor.collapse_shape %[[Y]] {{\[\[}}0, 1, 2], [3]]
func.func private @image(%x: tensor<1x2x2x3xf32>) -> tensor<4x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [-5.0, 6.0]]> : tensor<3x2xf32>
  %e = tensor.empty() : tensor<4x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<4x2xf32>) -> tensor<4x2xf32>
  %flat = tensor.collapse_shape %x [[0, 1, 2], [3]] : tensor<1x2x2x3xf32> into tensor<4x3xf32>
  %y = linalg.matmul ins(%flat, %w : tensor<4x3xf32>, tensor<3x2xf32>) outs(%i : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// Any rows, an initial value that is not a bias, a transposed constant.
// IR-LABEL: func.func private @rows(
// IR:         tensor.expand_shape
// IR:         tensor.expand_shape
// IR:         linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x1x4x3xf32>, tensor<2x3x1x1xf32>) outs(%{{.*}} : tensor<1x1x4x2xf32>)
func.func private @rows(%x: tensor<4x3xf32>, %i: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %w = arith.constant dense<[[1.0, 3.0, -5.0], [2.0, -4.0, 6.0]]> : tensor<2x3xf32>
  %y = linalg.matmul_transpose_b ins(%x, %w : tensor<4x3xf32>, tensor<2x3xf32>) outs(%i : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// Both operands vary: not a convolution with a filter.
// IR-LABEL: func.func private @product(
// IR:         linalg.matmul
func.func private @product(%x: tensor<4x3xf32>, %y: tensor<3x2xf32>, %i: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %z = linalg.matmul ins(%x, %y : tensor<4x3xf32>, tensor<3x2xf32>) outs(%i : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %z : tensor<4x2xf32>
}

func.func private @printMemrefF32(tensor<*xf32>)

// CHECK:      [2, 32]
// CHECK:      {{\[\[}}-8, 12],
// CHECK-NEXT: [-11, 24],
// CHECK-NEXT: [-14, 36],
// CHECK-NEXT: [-17, 48]]
// CHECK:      {{\[\[}}-7, 14],
// CHECK-NEXT: [-8, 28],
// CHECK-NEXT: [-9, 42],
// CHECK-NEXT: [-10, 56]]
func.func @main() {
  %a = arith.constant dense<[[[[1.0]], [[2.0]], [[3.0]]]]> : tensor<1x3x1x1xf32>
  %b = arith.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0, 8.0, 9.0], [10.0, 11.0, 12.0]]]]> : tensor<1x2x2x3xf32>
  %c = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [10.0, 11.0, 12.0]]> : tensor<4x3xf32>
  %i = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : tensor<4x2xf32>
  %0 = call @pixel(%a) : (tensor<1x3x1x1xf32>) -> tensor<1x2xf32>
  %1 = tensor.cast %0 : tensor<1x2xf32> to tensor<*xf32>
  call @printMemrefF32(%1) : (tensor<*xf32>) -> ()
  %2 = call @image(%b) : (tensor<1x2x2x3xf32>) -> tensor<4x2xf32>
  %3 = tensor.cast %2 : tensor<4x2xf32> to tensor<*xf32>
  call @printMemrefF32(%3) : (tensor<*xf32>) -> ()
  %4 = call @rows(%c, %i) : (tensor<4x3xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  %5 = tensor.cast %4 : tensor<4x2xf32> to tensor<*xf32>
  call @printMemrefF32(%5) : (tensor<*xf32>) -> ()
  return
}
