// RUN: convopt-opt %s -convopt-sink-reshapes | FileCheck %s

#id = affine_map<(a, b) -> (a, b)>
#row = affine_map<(a, b) -> (a, 0)>
#second = affine_map<(a, b) -> (b)>

// Down past everything element-wise; what is read beside it is expanded.
// CHECK-LABEL: func.func @down
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4xf32>, %[[Y:.*]]: tensor<6x4xf32>
// CHECK-DAG:     %[[E:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<2x3x4xf32>)
// CHECK-DAG:     %[[Y3:.*]] = tensor.expand_shape %[[Y]]
// CHECK:         %[[S:.*]] = linalg.generic {{.*}} ins(%[[E]], %[[Y3]] : tensor<2x3x4xf32>, tensor<2x3x4xf32>)
// CHECK:         %[[R:.*]] = tensor.collapse_shape %[[S]]
// CHECK:         return %[[R]]
func.func @down(%x: tensor<2x3x4xf32>, %y: tensor<6x4xf32>) -> tensor<6x4xf32> {
  %e3 = tensor.empty() : tensor<2x3x4xf32>
  %e = tensor.empty() : tensor<6x4xf32>
  %exp = linalg.exp ins(%x : tensor<2x3x4xf32>) outs(%e3 : tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %flat = tensor.collapse_shape %exp [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
  %s = linalg.add ins(%flat, %y : tensor<6x4xf32>, tensor<6x4xf32>) outs(%e : tensor<6x4xf32>) -> tensor<6x4xf32>
  return %s : tensor<6x4xf32>
}

// Not past a reduction, and an expansion does not move up.
// CHECK-LABEL: func.func @stays
// CHECK:         linalg.generic
// CHECK:         tensor.collapse_shape
// CHECK:         linalg.reduce
// CHECK:         linalg.generic
// CHECK:         tensor.expand_shape
func.func @stays(%x: tensor<2x3x4xf32>) -> tensor<2x3x1xf32> {
  %zero = arith.constant 0.0 : f32
  %e3 = tensor.empty() : tensor<2x3x4xf32>
  %e = tensor.empty() : tensor<6xf32>
  %exp = linalg.exp ins(%x : tensor<2x3x4xf32>) outs(%e3 : tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %flat = tensor.collapse_shape %exp [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %r = linalg.reduce ins(%flat : tensor<6x4xf32>) outs(%i : tensor<6xf32>) dimensions = [1]
    (%a: f32, %o: f32) {
      %t = arith.addf %a, %o : f32
      linalg.yield %t : f32
    }
  %n = linalg.negf ins(%r : tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %y = tensor.expand_shape %n [[0, 1, 2]] output_shape [2, 3, 1] : tensor<6xf32> into tensor<2x3x1xf32>
  return %y : tensor<2x3x1xf32>
}

// A mean of rows that keeps its dimensions: the quotient is of the sum as it
// is, and the broadcast reads it so.
// CHECK-LABEL: func.func @mean
// CHECK:         %[[S:.*]] = linalg.reduce
// CHECK:         %[[Q:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[S]] : tensor<6xf32>)
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%{{.*}}, %[[Q]] : tensor<6x4xf32>, tensor<6xf32>)
// CHECK:         return %[[Y]]
func.func @mean(%x: tensor<6x4xf32>) -> tensor<6x4xf32> {
  %zero = arith.constant 0.0 : f32
  %four = arith.constant 4.0 : f32
  %e = tensor.empty() : tensor<6xf32>
  %e1 = tensor.empty() : tensor<6x1xf32>
  %e2 = tensor.empty() : tensor<6x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %r = linalg.reduce ins(%x : tensor<6x4xf32>) outs(%i : tensor<6xf32>) dimensions = [1]
    (%a: f32, %o: f32) {
      %t = arith.addf %a, %o : f32
      linalg.yield %t : f32
    }
  %r1 = tensor.expand_shape %r [[0, 1]] output_shape [6, 1] : tensor<6xf32> into tensor<6x1xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%r1 : tensor<6x1xf32>) outs(%e1 : tensor<6x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.divf %a, %four : f32
    linalg.yield %0 : f32
  } -> tensor<6x1xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %q : tensor<6x4xf32>, tensor<6x1xf32>) outs(%e2 : tensor<6x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.subf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}
