// RUN: convopt-kernels %s --target=x86-64 | FileCheck %s

// The maximum, the exponentials and their sum are of one row, within the loop
// over rows. The exponentials are stored in the result while they are summed
// up, the last of them in vectors, too, and the quotients take their place,
// each once.
// CHECK: external func softmax ({{.*}}, [[RESULT:stage[$0-9]*]])
// CHECK: for ({{.*}}dim1, 0, 9)
// CHECK-NOT: float32 * 100
// CHECK: [[RESULT]][{{.*}}] = [[POWERS:k[$0-9]*]]
// CHECK-NEXT: [[SUM:lanes\$1]][ramp(0, 1, 8)] = [[POWERS]] + [[SUM]][ramp(0, 1, 8)]
// CHECK: [[RESULT]][ramp({{.*}} + 96, 1, 4)] = [[LAST:k[$0-9]*]]
// CHECK-NEXT: [[SUM]][ramp(0, 1, 4)] = [[LAST]] + [[SUM]][ramp(0, 1, 4)]
// CHECK: [[RESULT]][ramp([[AT:t[0-9]+]], 1, 8){{.*}}] = [[RESULT]][ramp([[AT]], 1, 8){{.*}}]/
// CHECK: predicate (ramp(96, 1, 8) <= x8(99))

// Two sums read the exponentials: they have memory of their own.
// CHECK: external func two_sums
// CHECK: allocate [[STORED:stage[$0-9]*]][float32 * 100
// CHECK: lanes{{.*}} + [[STORED]][ramp
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

convopt.kernel @two_sums(%x: tensor<9x100xf32>) -> tensor<9x100xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<9xf32>
  %f = tensor.empty() : tensor<9x100xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<9x100xf32>) outs(%f : tensor<9x100xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = math.exp %a : f32
    linalg.yield %y : f32
  } -> tensor<9x100xf32>
  %j = linalg.fill ins(%zero : f32) outs(%e : tensor<9xf32>) -> tensor<9xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%p : tensor<9x100xf32>) outs(%j : tensor<9xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.addf %o, %a : f32
    linalg.yield %b : f32
  } -> tensor<9xf32>
  %q = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%p : tensor<9x100xf32>) outs(%j : tensor<9xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.mulf %a, %a : f32
    %b = arith.addf %o, %m : f32
    linalg.yield %b : f32
  } -> tensor<9xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %s, %q : tensor<9x100xf32>, tensor<9xf32>, tensor<9xf32>) outs(%f : tensor<9x100xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32):
    %y = arith.divf %a, %b : f32
    %z = arith.subf %y, %c : f32
    linalg.yield %z : f32
  } -> tensor<9x100xf32>
  convopt.yield %r : tensor<9x100xf32>
}
