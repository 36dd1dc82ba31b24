// A header that was not made with the object is refused: nothing is computed into tensors of other sizes, or in a
// workspace of another size.
// RUN: rm -rf %t && mkdir -p %t/a %t/b %t/c %t/d %t/e && cd %t
// RUN: convopt-compile %s --name=net -o a/net.o
// RUN: sed 's/4x1000xf32/4x100000xf32/g' %s > wide.mlir && convopt-compile wide.mlir --name=net -o b/net.o
// RUN: convopt-compile %s --name=net --threads=2 -o c/net.o
// RUN: sed 's/f32/i32/g; s/addf/addi/; s/mulf/muli/' %s > type.mlir && convopt-compile type.mlir --name=net -o d/net.o
// RUN: sed 's/%%x: tensor<4x1000xf32>/%%x: tensor<4x1000xf32>, %%z: tensor<1xf32>/' %s > count.mlir && convopt-compile count.mlir --name=net -o e/net.o
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror -Ia %S/Inputs/stale_header.c a/net.o -lm -lpthread -o a/main && %t/a/main >> out
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror -Ia %S/Inputs/stale_header.c b/net.o -lm -lpthread -o b/main && %t/b/main >> out
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror -Ia %S/Inputs/stale_header.c c/net.o -lm -lpthread -o c/main && %t/c/main >> out
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror -Ia %S/Inputs/stale_header.c d/net.o -lm -lpthread -o d/main && %t/d/main >> out
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror -Ia %S/Inputs/stale_header.c e/net.o -lm -lpthread -o e/main && %t/e/main >> out
// RUN: FileCheck %s < out

// CHECK: matches 1: init 0, run 0, by the descriptor's init 0, run 0
// CHECK-NEXT: matches 0: init 1, run 1, by the descriptor's init 0, run 1
// CHECK-NEXT: matches 0: init 1, run 1, by the descriptor's init 0, run 1
// CHECK-NEXT: matches 0: init 1, run 1, by the descriptor's init 0, run 1
// CHECK-NEXT: matches 0: init 1, run 1, by the descriptor's init 0, run 1
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%x: tensor<4x1000xf32>) -> tensor<4x1000xf32> {
  %e = tensor.empty() : tensor<4x1000xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x1000xf32>) outs(%e : tensor<4x1000xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.mulf %a, %a : f32
    %c = arith.addf %b, %a : f32
    linalg.yield %c : f32
  } -> tensor<4x1000xf32>
  return %y : tensor<4x1000xf32>
}
