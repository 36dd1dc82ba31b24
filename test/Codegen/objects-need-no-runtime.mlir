// RUN: convopt-kernels %s --target=x86-64 --kernel-threads=2 --emit=obj -o %t.o
// RUN: llvm-nm %t.o | FileCheck %s
// RUN: convopt-kernels %s --target=aarch64 --emit=obj -o %t.o
// RUN: llvm-nm --undefined-only %t.o | FileCheck --check-prefix=SERIAL --allow-empty %s

// Exponentials are vector code, not calls; threads come from our runtime.
// CHECK-NOT: U {{.}}
// CHECK: U halide_do_par_for
// CHECK-NOT: U {{.}}
// CHECK: T silu
// SERIAL-NOT: U {{.}}
#id = affine_map<(i, j) -> (i, j)>
convopt.kernel @silu(%a: tensor<300x200xf32>) -> tensor<300x200xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<300x200xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<300x200xf32>) outs(%e : tensor<300x200xf32>) {
  ^bb0(%x: f32, %o: f32):
    %n = arith.negf %x : f32
    %p = math.exp %n : f32
    %d = arith.addf %p, %one : f32
    %s = arith.divf %x, %d : f32
    linalg.yield %s : f32
  } -> tensor<300x200xf32>
  convopt.yield %r : tensor<300x200xf32>
}
