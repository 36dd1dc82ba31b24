// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// One run of 20 x 7 floats is 17 whole vectors, then one that overlaps; no
// choice between the two pieces is left in a loop.
// CHECK: for ({{.*}}, 0, 17)
// CHECK: ramp({{.*}}, 1, 8)
// CHECK: in0[ramp(132, 1, 8)]
// CHECK-NOT: select
convopt.kernel @concat(%a: tensor<1x20x7xf32>, %b: tensor<1x8x7xf32>) -> tensor<1x28x7xf32> {
  %r = tensor.concat dim(1) %a, %b : (tensor<1x20x7xf32>, tensor<1x8x7xf32>) -> tensor<1x28x7xf32>
  convopt.yield %r : tensor<1x28x7xf32>
}
