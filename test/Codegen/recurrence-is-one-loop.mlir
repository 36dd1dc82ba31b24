// RUN: convopt-kernels %s --target=x86-64 --cpu=znver4 | FileCheck %s

// All steps are a loop in the kernel. In it, the state is copied, the products
// are added up in registers, the new state is stored; it is read again from
// where it was stored.
// CHECK:     for (step, 0, 20)
// CHECK:       state0
// CHECK:       for {{.*}}products
// CHECK:       final0
// CHECK-NOT: before0
convopt.kernel @rnn(%x: tensor<20x1x1x2x1x16xf32>, %w: tensor<1x2x32x1x16xf32>, %h: tensor<1x1x32xf32>) -> tensor<1x1x32xf32> {
  %e = tensor.empty() : tensor<1x1x32xf32>
  %r = convopt.recurrence "rnn" reverse [false] gates(%x : tensor<20x1x1x2x1x16xf32>) weights(%w : tensor<1x2x32x1x16xf32>) states(%h : tensor<1x1x32xf32>) outs(%e : tensor<1x1x32xf32>) cell {
  ^bb0(%a: f32, %p: f32, %s: f32):
    %sum = arith.addf %a, %p : f32
    %t = math.tanh %sum : f32
    convopt.yield %t : f32
  } -> tensor<1x1x32xf32>
  convopt.yield %r : tensor<1x1x32xf32>
}
