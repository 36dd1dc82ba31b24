// A model that says nothing of errors is compiled all the same, with a note.

// RUN: convopt-compile %s --max-error=0.01 --emit=annotated -o %t.mlir 2> %t.txt
// RUN: FileCheck %s --check-prefix=NOTE --input-file=%t.txt
// NOTE: convopt-compile: note: {{.*}}calibrate-no-floats.mlir: the model cannot be calibrated: it has no output of floating-point numbers; errors are taken to reach the outputs undiminished
// NOTE-NOT: {{.}}
// RUN: FileCheck %s --input-file=%t.mlir
// CHECK: convopt.error_gain = array<f64: 1.000000e+00, 1.000000e+00>

func.func @main(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xi32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<0.5> : tensor<4x4x1x1xf32>
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) outs(%i : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %s = tensor.empty() : tensor<1x4x8x8xi32>
  %z = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y : tensor<1x4x8x8xf32>) outs(%s : tensor<1x4x8x8xi32>) {
  ^bb0(%a: f32, %b: i32):
    %c = arith.fptosi %a : f32 to i32
    linalg.yield %c : i32
  } -> tensor<1x4x8x8xi32>
  return %z : tensor<1x4x8x8xi32>
}
