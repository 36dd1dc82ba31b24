// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a72 --force-primitive=depthwise --emit=asm -o %t
// RUN: cat %t/conv_depthwise_*.s | FileCheck %s

// Sixteen channels are one load, and their products two multiplications.

// CHECK-NOT: {{ld[rp] s}}
// CHECK: smull v{{[0-9]+}}.8h, v{{[0-9]+}}.8b
// CHECK-NOT: {{ld[rp] s}}
// CHECK: smull2 v{{[0-9]+}}.8h, v{{[0-9]+}}.16b
// CHECK-NOT: {{ld[rp] s}}
// CHECK: saddw
// CHECK-NOT: {{ld[rp] s}}
// CHECK-LABEL: .Lfunc_end

#x = affine_map<(n, h, w, c, r, s) -> (n, h + r, w + s, c)>
#f = affine_map<(n, h, w, c, r, s) -> (r, s, c)>
#y = affine_map<(n, h, w, c, r, s) -> (n, h, w, c)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]
func.func @main(%x: tensor<1x30x30x64xi8>) -> tensor<1x28x28x64xi32> {
  %f = arith.constant dense<3> : tensor<3x3x64xi8>
  %c0 = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x28x28x64xi32>
  %init = linalg.fill ins(%c0 : i32) outs(%e : tensor<1x28x28x64xi32>) -> tensor<1x28x28x64xi32>
  %acc = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = #loops} ins(%x, %f : tensor<1x30x30x64xi8>, tensor<3x3x64xi8>) outs(%init : tensor<1x28x28x64xi32>) {
  ^bb0(%a: i8, %w: i8, %o: i32):
    %ae = arith.extsi %a : i8 to i32
    %we = arith.extsi %w : i8 to i32
    %m = arith.muli %ae, %we : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<1x28x28x64xi32>
  return %acc : tensor<1x28x28x64xi32>
}
