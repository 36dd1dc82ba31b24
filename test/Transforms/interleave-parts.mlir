// RUN: convopt-opt %s -convopt-form-kernels | FileCheck %s

// A channel shuffle that is split again becomes one launch for each half, which
// takes as much of both parts.

// CHECK:       convopt.kernel @interleave2_f32_1_4_5_6_dim3_0_3(
// CHECK:       convopt.kernel @interleave2_f32_1_4_5_6_dim3_3_3(%[[A:.*]]: tensor<1x4x5x6xf32>, %[[B:.*]]: tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
// CHECK:         %[[C:.*]] = tensor.extract_slice %[[A]][0, 0, 0, 3] [1, 4, 5, 3] [1, 1, 1, 1]
// CHECK:         %[[D:.*]] = tensor.expand_shape %[[C]] {{.*}} into tensor<1x4x5x3x1xf32>
// CHECK:         %[[E:.*]] = tensor.extract_slice %[[B]][0, 0, 0, 3] [1, 4, 5, 3] [1, 1, 1, 1]
// CHECK:         %[[F:.*]] = tensor.expand_shape %[[E]] {{.*}} into tensor<1x4x5x3x1xf32>
// CHECK:         tensor.concat dim(4) %[[D]], %[[F]]
// CHECK-LABEL: func.func @halves(
// CHECK-SAME:    %[[A:.*]]: tensor<1x4x5x6xf32>, %[[B:.*]]: tensor<1x4x5x6xf32>)
// CHECK-DAG:     %[[L:.*]] = convopt.launch @interleave2_f32_1_4_5_6_dim3_0_3 ins(%[[A]], %[[B]] :
// CHECK-DAG:     %[[H:.*]] = convopt.launch @interleave2_f32_1_4_5_6_dim3_3_3 ins(%[[A]], %[[B]] :
// CHECK:         return %[[L]], %[[H]]
func.func @halves(%a: tensor<1x4x5x6xf32>, %b: tensor<1x4x5x6xf32>) -> (tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>) {
  %c = tensor.concat dim(3) %a, %b : (tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>) -> tensor<1x4x5x12xf32>
  %x = tensor.expand_shape %c [[0], [1], [2], [3, 4]] output_shape [1, 4, 5, 2, 6] : tensor<1x4x5x12xf32> into tensor<1x4x5x2x6xf32>
  %e = tensor.empty() : tensor<1x4x5x6x2xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x2x6xf32>) outs(%e : tensor<1x4x5x6x2xf32>) permutation = [0, 1, 2, 4, 3]
  %s = tensor.collapse_shape %t [[0], [1], [2], [3, 4]] : tensor<1x4x5x6x2xf32> into tensor<1x4x5x12xf32>
  %l = tensor.extract_slice %s[0, 0, 0, 0] [1, 4, 5, 6] [1, 1, 1, 1] : tensor<1x4x5x12xf32> to tensor<1x4x5x6xf32>
  %h = tensor.extract_slice %s[0, 0, 0, 6] [1, 4, 5, 6] [1, 1, 1, 1] : tensor<1x4x5x12xf32> to tensor<1x4x5x6xf32>
  return %l, %h : tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>
}

// A slice that takes more of one part than of the other is cut from the whole.

// CHECK-LABEL: func.func @uneven(
// CHECK:         %[[S:.*]] = convopt.launch @interleave2_f32_1_4_5_6_dim3_0_6
// CHECK:         convopt.launch @extract_slice_{{[0-9a-f]+}} ins(%[[S]] :
func.func @uneven(%a: tensor<1x4x5x6xf32>, %b: tensor<1x4x5x6xf32>) -> tensor<1x4x5x5xf32> {
  %c = tensor.concat dim(3) %a, %b : (tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>) -> tensor<1x4x5x12xf32>
  %x = tensor.expand_shape %c [[0], [1], [2], [3, 4]] output_shape [1, 4, 5, 2, 6] : tensor<1x4x5x12xf32> into tensor<1x4x5x2x6xf32>
  %e = tensor.empty() : tensor<1x4x5x6x2xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x2x6xf32>) outs(%e : tensor<1x4x5x6x2xf32>) permutation = [0, 1, 2, 4, 3]
  %s = tensor.collapse_shape %t [[0], [1], [2], [3, 4]] : tensor<1x4x5x6x2xf32> into tensor<1x4x5x12xf32>
  %l = tensor.extract_slice %s[0, 0, 0, 3] [1, 4, 5, 5] [1, 1, 1, 1] : tensor<1x4x5x12xf32> to tensor<1x4x5x5xf32>
  return %l : tensor<1x4x5x5xf32>
}

// Parts of other sizes than the shuffle's groups stay a concatenation.

// CHECK-LABEL: func.func @othersizes(
// CHECK:         @concat_
// CHECK:         @transpose_
func.func @othersizes(%a: tensor<1x4x5x3xf32>, %b: tensor<1x4x5x9xf32>) -> tensor<1x4x5x12xf32> {
  %c = tensor.concat dim(3) %a, %b : (tensor<1x4x5x3xf32>, tensor<1x4x5x9xf32>) -> tensor<1x4x5x12xf32>
  %x = tensor.expand_shape %c [[0], [1], [2], [3, 4]] output_shape [1, 4, 5, 2, 6] : tensor<1x4x5x12xf32> into tensor<1x4x5x2x6xf32>
  %e = tensor.empty() : tensor<1x4x5x6x2xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x2x6xf32>) outs(%e : tensor<1x4x5x6x2xf32>) permutation = [0, 1, 2, 4, 3]
  %s = tensor.collapse_shape %t [[0], [1], [2], [3, 4]] : tensor<1x4x5x6x2xf32> into tensor<1x4x5x12xf32>
  return %s : tensor<1x4x5x12xf32>
}
