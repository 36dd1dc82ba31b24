// RUN: convopt-opt %s -split-input-file -verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @layer(
// CHECK:         %{{.*}}:2 = convopt.recurrence "gru" reverse {{\[}}false, true] gates(%{{.*}} : tensor<5x3x2x1x3x16xf32>) weights(%{{.*}} : tensor<2x1x9x2x16xf32>) late(%{{.*}} : tensor<2x1x9x1x16xf32>) states(%{{.*}} : tensor<2x3x9xf32>) lengths(%{{.*}} : tensor<3xi32>) outs({{.*}}) {sequence} reset {
// CHECK:         } cell {
// CHECK:         } -> tensor<5x2x3x9xf32>, tensor<2x3x9xf32>
func.func @layer(%x: tensor<5x3x2x1x3x16xf32>, %w: tensor<2x1x9x2x16xf32>, %l: tensor<2x1x9x1x16xf32>, %h: tensor<2x3x9xf32>, %n: tensor<3xi32>, %y: tensor<5x2x3x9xf32>) -> (tensor<5x2x3x9xf32>, tensor<2x3x9xf32>) {
  %r:2 = convopt.recurrence "gru" reverse [false, true] gates(%x : tensor<5x3x2x1x3x16xf32>) weights(%w : tensor<2x1x9x2x16xf32>) late(%l : tensor<2x1x9x1x16xf32>) states(%h : tensor<2x3x9xf32>) lengths(%n : tensor<3xi32>) outs(%y, %h : tensor<5x2x3x9xf32>, tensor<2x3x9xf32>) {sequence} reset {
  ^bb0(%a: f32, %b: f32, %p: f32, %q: f32, %s: f32):
    %m = arith.mulf %q, %s : f32
    convopt.yield %m : f32
  } cell {
  ^bb0(%a: f32, %b: f32, %c: f32, %p: f32, %q: f32, %o: f32, %s: f32):
    %m = arith.addf %c, %o : f32
    convopt.yield %m : f32
  } -> tensor<5x2x3x9xf32>, tensor<2x3x9xf32>
  return %r#0, %r#1 : tensor<5x2x3x9xf32>, tensor<2x3x9xf32>
}

// -----

func.func @weights(%x: tensor<5x3x1x1x1x16xf32>, %w: tensor<1x1x9x2x16xf32>, %h: tensor<1x3x9xf32>) -> tensor<1x3x9xf32> {
  // expected-error@+1 {{needs late weights where there is a reset}}
  %r = convopt.recurrence "rnn" reverse [false] gates(%x : tensor<5x3x1x1x1x16xf32>) weights(%w : tensor<1x1x9x2x16xf32>) states(%h : tensor<1x3x9xf32>) outs(%h : tensor<1x3x9xf32>) cell {
  ^bb0(%a: f32, %p: f32, %s: f32):
    convopt.yield %p : f32
  } -> tensor<1x3x9xf32>
  return %r : tensor<1x3x9xf32>
}

// -----

func.func @body(%x: tensor<5x3x1x1x1x16xf32>, %w: tensor<1x1x9x1x16xf32>, %h: tensor<1x3x9xf32>) -> tensor<1x3x9xf32> {
  // expected-error@+1 {{has a region whose arguments or results do not fit}}
  %r = convopt.recurrence "rnn" reverse [false] gates(%x : tensor<5x3x1x1x1x16xf32>) weights(%w : tensor<1x1x9x1x16xf32>) states(%h : tensor<1x3x9xf32>) outs(%h : tensor<1x3x9xf32>) cell {
  ^bb0(%a: f32, %s: f32):
    convopt.yield %s : f32
  } -> tensor<1x3x9xf32>
  return %r : tensor<1x3x9xf32>
}

// -----

func.func @blocks(%x: tensor<5x3x1x2x1x16xf32>, %w: tensor<1x2x9x1x16xf32>, %h: tensor<1x3x9xf32>) -> tensor<1x3x9xf32> {
  // expected-error@+1 {{has weights that do not fit the gates}}
  %r = convopt.recurrence "rnn" reverse [false] gates(%x : tensor<5x3x1x2x1x16xf32>) weights(%w : tensor<1x2x9x1x16xf32>) states(%h : tensor<1x3x9xf32>) outs(%h : tensor<1x3x9xf32>) cell {
  ^bb0(%a: f32, %p: f32, %s: f32):
    convopt.yield %p : f32
  } -> tensor<1x3x9xf32>
  return %r : tensor<1x3x9xf32>
}
