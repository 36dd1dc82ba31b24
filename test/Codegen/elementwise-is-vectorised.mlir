// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// Four vectors an iteration; the last ones overlap those before, so there is no
// scalar remainder and nothing is touched outside.
// CHECK: // add: scratch 0 and 0 per thread
// CHECK: external func add (__user_context, in0, in1,
// CHECK: for ({{.*}}, 0, 3)
// CHECK-COUNT-4: in1[ramp({{.*}}, 1, 8)
// CHECK-NOT: predicate
#id = affine_map<(i) -> (i)>
convopt.kernel @add(%a: tensor<100xf32>, %b: tensor<100xf32>) -> tensor<100xf32> {
  %e = tensor.empty() : tensor<100xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<100xf32>, tensor<100xf32>) outs(%e : tensor<100xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<100xf32>
  convopt.yield %r : tensor<100xf32>
}
