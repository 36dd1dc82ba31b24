// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// Channels first: down the columns in whole vectors of the image, the last of
// which overlaps, then along the row. No element is chosen by its column, and
// the padded image is not stored.
// CHECK-NOT: padded
// CHECK-NOT: stage[
// CHECK: produce rows {
// CHECK: rows[{{.*}}] = 0.000000f
// CHECK: columns[ramp(0, 1, 8)] = columns[ramp(0, 1, 8)] + {{.*}}in0[ramp(
// CHECK: rows[ramp({{.*}}, 1, 8){{.*}}] = columns[ramp(0, 1, 8)]
// CHECK: window[ramp(0, 1, 8)] = window[ramp(0, 1, 8)] + rows[ramp(
// CHECK-NOT: in0[
convopt.kernel @sums(%x: tensor<1x3x20x20xf32>) -> tensor<1x3x20x20xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%n: index, %c: index, %h: index, %w: index):
    tensor.yield %zero : f32
  } : tensor<1x3x20x20xf32> to tensor<1x3x22x22xf32>
  %k = tensor.empty() : tensor<3x3xf32>
  %e = tensor.empty() : tensor<1x3x20x20xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x3x20x20xf32>) -> tensor<1x3x20x20xf32>
  %y = linalg.pooling_nchw_sum ins(%p, %k : tensor<1x3x22x22xf32>, tensor<3x3xf32>) outs(%i : tensor<1x3x20x20xf32>) -> tensor<1x3x20x20xf32>
  convopt.yield %y : tensor<1x3x20x20xf32>
}
