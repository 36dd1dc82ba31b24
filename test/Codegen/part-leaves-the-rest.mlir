// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// Two images of 3 of 9 channels of 35 elements: rows of 105 elements, 315
// apart; the last vectors overlap, and nothing behind a row is written.
// CHECK:     for ({{.*}}, 0, 2)
// CHECK-DAG: {{.*}}.row*315
// CHECK-DAG: {{.*}}.row*105
// CHECK:     for ({{.*}}, 0, 3)
// CHECK:     part[ramp({{.*}} + 97, 1, 8){{.*}} = in0[ramp({{.*}} + 97, 1, 8)
// CHECK-NOT: ramp
convopt.kernel @k(%a: tensor<2x3x5x7xf32>) -> tensor<2x9x5x7xf32> {
  %e = tensor.empty() : tensor<2x9x5x7xf32>
  %r = tensor.insert_slice %a into %e[0, 4, 0, 0] [2, 3, 5, 7] [1, 1, 1, 1] : tensor<2x3x5x7xf32> into tensor<2x9x5x7xf32>
  convopt.yield %r : tensor<2x9x5x7xf32>
}
