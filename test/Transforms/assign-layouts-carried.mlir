// A plan that is carried is carried out as it is: here, where the rectifier
// stands in relation to the transposition of the image; both ways are as cheap.

// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' | FileCheck %s --check-prefixes=CHECK,BEFORE --implicit-check-not=convopt.storage
// RUN: sed 's/convopt.storage = array<i64: 1, 1, 1>, //' %s | convopt-opt --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' | FileCheck %s --check-prefixes=CHECK,AFTER --implicit-check-not=convopt.storage
// RUN: sed 's/i64: 1, 0, 1, 1>/i64: 1, 0, 1>/' %s | not convopt-opt --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: sed 's/in = nhwc/in = nchw/' %s | not convopt-opt --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: sed 's/array<i64: 1, 1, 1>/"nhwc"/' %s | not convopt-opt 2>&1 | FileCheck %s --check-prefix=KIND

// CHECK-LABEL: func.func @main
// BEFORE: linalg.transpose
// BEFORE: linalg.generic {{.*}} ins(%{{.*}} : tensor<1x8x8x4xf32>)
// AFTER: linalg.generic {{.*}} ins(%{{.*}} : tensor<1x4x8x8xf32>)
// AFTER: linalg.transpose
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x8x8x4xf32>, tensor<16x4x1x1xf32>)
// CHECK: linalg.transpose
// SHORT: error: {{.*}}: convopt.storage does not fit this operation
// OTHER: error: {{.*}}: convopt.storage does not fit this operation
// KIND: error: {{.*}}needs "convopt.storage" to be an array
func.func @main(%x: tensor<1x4x8x8xf32>, %w: tensor<16x4x1x1xf32>) -> tensor<1x16x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %relu = linalg.generic {convopt.storage = array<i64: 1, 1, 1>, indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.maximumf %in, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x8x8xf32>
  %f = tensor.empty() : tensor<1x16x8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%f : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>, convopt.storage = array<i64: 1, 0, 1, 1>}
      ins(%relu, %w : tensor<1x4x8x8xf32>, tensor<16x4x1x1xf32>) outs(%init : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %y : tensor<1x16x8x8xf32>
}
