// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// The maximum, the exponentials and their sum are of one row, within the loop
// over rows; the sum's last terms are added in vectors, too.
// CHECK: for ({{.*}}dim1, 0, 9)
// CHECK: allocate [[POWERS:stage[$0-9]*]][float32 * 100 * 1]
// CHECK: [[SUM:lanes\$1]][ramp(0, 1, 8)] = [[SUM]][ramp(0, 1, 8)] + [[POWERS]][
// CHECK: [[SUM]][ramp(0, 1, 4)] = [[SUM]][ramp(0, 1, 4)] + [[POWERS]][ramp(96, 1, 4)]
#id = affine_map<(r, x) -> (r, x)>
#row = affine_map<(r, x) -> (r)>
convopt.kernel @softmax(%x: tensor<9x100xf32>) -> tensor<9x100xf32> {
  %low = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<9xf32>
  %f = tensor.empty() : tensor<9x100xf32>
  %i = linalg.fill ins(%low : f32) outs(%e : tensor<9xf32>) -> tensor<9xf32>
  %m = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<9x100xf32>) outs(%i : tensor<9xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.maximumf %o, %a fastmath<nnan> : f32
    linalg.yield %b : f32
  } -> tensor<9xf32>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %m : tensor<9x100xf32>, tensor<9xf32>) outs(%f : tensor<9x100xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.subf %a, %b : f32
    %y = math.exp %d fastmath<ninf> : f32
    linalg.yield %y : f32
  } -> tensor<9x100xf32>
  %j = linalg.fill ins(%zero : f32) outs(%e : tensor<9xf32>) -> tensor<9xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%p : tensor<9x100xf32>) outs(%j : tensor<9xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.addf %o, %a : f32
    linalg.yield %b : f32
  } -> tensor<9xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %s : tensor<9x100xf32>, tensor<9xf32>) outs(%f : tensor<9x100xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %y = arith.divf %a, %b : f32
    linalg.yield %y : f32
  } -> tensor<9x100xf32>
  convopt.yield %r : tensor<9x100xf32>
}
