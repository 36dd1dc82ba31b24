// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// The values of an attention's heads lie with their channels outermost, the
// result has them innermost: one copy, then tiles of several rows of the
// result, whose vectors of values are loads.
// CHECK: external func attended (__user_context, in0, in1, [[RESULT:stage[$0-9]*]])
// CHECK: allocate [[COPY:stage[$0-9]*]][float32 * 16 * 40 * 3]
// CHECK: for (reduction{{.*}}, 0, 40)
// CHECK-COUNT-4: reduction[ramp({{[0-9]+}}, 1, 8)] = reduction[ramp({{[0-9]+}}, 1, 8)] +{{.*}}[[COPY]][ramp(
#values = affine_map<(i, h, c, j) -> (h, c, j)>
#weights = affine_map<(i, h, c, j) -> (h, j, i)>
#result = affine_map<(i, h, c, j) -> (i, h, c)>
convopt.kernel @attended(%v: tensor<3x16x40xf32>, %w: tensor<3x40x24xf32>) -> tensor<24x3x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<24x3x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<24x3x16xf32>) -> tensor<24x3x16xf32>
  %r = linalg.generic {indexing_maps = [#values, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%v, %w : tensor<3x16x40xf32>, tensor<3x40x24xf32>) outs(%f : tensor<24x3x16xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<24x3x16xf32>
  convopt.yield %r : tensor<24x3x16xf32>
}

// Each element is read twice: no copy.
// CHECK: external func twice
// CHECK-NOT: allocate stage
#rows = affine_map<(i, c, j) -> (c, j)>
#two = affine_map<(i, c, j) -> (j, i)>
#few = affine_map<(i, c, j) -> (i, c)>
convopt.kernel @twice(%v: tensor<16x40xf32>, %w: tensor<40x2xf32>) -> tensor<2x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x16xf32>) -> tensor<2x16xf32>
  %r = linalg.generic {indexing_maps = [#rows, #two, #few], iterator_types = ["parallel", "parallel", "reduction"]} ins(%v, %w : tensor<16x40xf32>, tensor<40x2xf32>) outs(%f : tensor<2x16xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x16xf32>
  convopt.yield %r : tensor<2x16xf32>
}
