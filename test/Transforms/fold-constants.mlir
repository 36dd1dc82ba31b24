// RUN: convopt-opt %s -convopt-fold-constants | FileCheck %s

#id = affine_map<(a, b) -> (a, b)>
#first = affine_map<(a, b) -> (a)>
#one = affine_map<(a, b) -> (a, 0)>
#line = affine_map<(a) -> (a)>

// The arithmetic of batch normalisation: scale / sqrt(variance + epsilon).
// 3 / 2 and 0.1 / sqrt(0.2), rounded to f32 after each step.
// CHECK-LABEL: func.func @normalisation
// CHECK:         %[[C:.*]] = arith.constant dense_resource<folded_1> : tensor<2xf32>
// CHECK-NEXT:    return %[[C]]
func.func @normalisation() -> tensor<2xf32> {
  %var = arith.constant dense<[3.0, 0.1]> : tensor<2xf32>
  %eps = arith.constant dense<[1.0, 0.1]> : tensor<2xf32>
  %scale = arith.constant dense<[3.0, 0.1]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %0 = linalg.add ins(%var, %eps : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %1 = linalg.generic {indexing_maps = [#line, #line, #line], iterator_types = ["parallel"]} ins(%scale, %0 : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2xf32>) {
  ^bb0(%s: f32, %v: f32, %o: f32):
    %r = math.sqrt %v : f32
    %q = arith.divf %s, %r : f32
    linalg.yield %q : f32
  } -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// Transposed, and reshaped without a copy.
// CHECK-LABEL: func.func @moved
// CHECK-DAG:     arith.constant dense_resource<folded_2> : tensor<3x2xf32>
// CHECK-DAG:     arith.constant dense_resource<w> : tensor<6xf32>
// CHECK-DAG:     arith.constant dense<{{\[\[}}1.000000e+00], [2.000000e+00]]> : tensor<2x1xf32>
// CHECK-NEXT:    return
func.func @moved() -> (tensor<3x2xf32>, tensor<6xf32>, tensor<2x1xf32>) {
  %w = arith.constant dense_resource<w> : tensor<2x3xf32>
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<3x2xf32>
  %0 = linalg.transpose ins(%w : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) permutation = [1, 0]
  %1 = tensor.collapse_shape %w [[0, 1]] : tensor<2x3xf32> into tensor<6xf32>
  %2 = tensor.expand_shape %c [[0, 1]] output_shape [2, 1] : tensor<2xf32> into tensor<2x1xf32>
  return %0, %1, %2 : tensor<3x2xf32>, tensor<6xf32>, tensor<2x1xf32>
}

// Broadcast over two dimensions; what is equal everywhere stays a splat.
// min(max(a - b, 0), 6) for a = [[1, 9], [2, 3]], b = [[0], [2]].
// CHECK-LABEL: func.func @broadcast
// CHECK-DAG:     dense_resource<folded_3> : tensor<2x2xf32>
// CHECK-DAG:     dense<5.000000e+00> : tensor<2x2xf32>
func.func @broadcast() -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %six = arith.constant 6.0 : f32
  %two = arith.constant dense<2.0> : tensor<2x2xf32>
  %three = arith.constant dense<3.0> : tensor<2x2xf32>
  %a = arith.constant dense<[[1.0, 9.0], [2.0, 3.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[[0.0], [2.0]]> : tensor<2x1xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %0 = linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %b : tensor<2x2xf32>, tensor<2x1xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %d = arith.subf %x, %y : f32
    %p = arith.cmpf ogt, %d, %zero : f32
    %s = arith.select %p, %d, %zero : f32
    %m = arith.minimumf %s, %six : f32
    linalg.yield %m : f32
  } -> tensor<2x2xf32>
  %1 = linalg.add ins(%two, %three : tensor<2x2xf32>, tensor<2x2xf32>) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0, %1 : tensor<2x2xf32>, tensor<2x2xf32>
}

// Not computed: what hosts round differently, and what would only grow.
// CHECK-LABEL: func.func @kept
// CHECK:         linalg.exp
// CHECK:         linalg.broadcast
func.func @kept() -> (tensor<2xf32>, tensor<2x4096xf32>) {
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %large = tensor.empty() : tensor<2x4096xf32>
  %0 = linalg.exp ins(%c : tensor<2xf32>) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %1 = linalg.broadcast ins(%c : tensor<2xf32>) outs(%large : tensor<2x4096xf32>) dimensions = [1]
  return %0, %1 : tensor<2xf32>, tensor<2x4096xf32>
}

// What is equal everywhere is a fill.
// CHECK-LABEL: func.func @fill
// CHECK:         linalg.fill
// CHECK-NOT:     linalg.broadcast
func.func @fill() -> tensor<2x4096xf32> {
  %c = arith.constant dense<3.0> : tensor<2xf32>
  %large = tensor.empty() : tensor<2x4096xf32>
  %0 = linalg.broadcast ins(%c : tensor<2xf32>) outs(%large : tensor<2x4096xf32>) dimensions = [1]
  return %0 : tensor<2x4096xf32>
}

// The data: 1.5 and 0.223606795; 1 4 2 5 3 6; 1 6 0 1.
// CHECK-DAG: folded_1: "0x040000000000C03F2FF9643E"
// CHECK-DAG: folded_2: "0x040000000000803F00008040000000400000A040000040400000C040"
// CHECK-DAG: folded_3: "0x040000000000803F0000C040000000000000803F"

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F0000004000004040000080400000A0400000C040"
    }
  }
#-}
