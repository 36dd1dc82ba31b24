// RUN: rm -rf %t && mkdir %t && sed 's/extui %a/extsi %a/' %s > %t/signed.mlir
// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 --force-primitive=direct --emit=asm -o %t/vnni
// RUN: cat %t/vnni/conv_direct_*.s | FileCheck %s --check-prefix=VNNI
// RUN: convopt-compile %s --target=x86-64 --cpu=haswell --force-primitive=direct --emit=asm -o %t/avx2
// RUN: cat %t/avx2/conv_direct_*.s | FileCheck %s --check-prefix=AVX2
// RUN: convopt-compile %t/signed.mlir --target=aarch64 --cpu=cortex-a76 --force-primitive=direct --emit=asm -o %t/dot
// RUN: cat %t/dot/conv_direct_*.s | FileCheck %s --check-prefix=DOT
// RUN: convopt-compile %t/signed.mlir --target=aarch64 --cpu=cortex-a72 --force-primitive=direct --emit=asm -o %t/neon
// RUN: cat %t/neon/conv_direct_*.s | FileCheck %s --check-prefix=NEON

// Four products of bytes are one instruction where the machine has it, pairs
// are widened elsewhere.

// VNNI: vpbroadcastd {{.*}}, %zmm
// VNNI: vpdpbusd %zmm
// AVX2: vpmaddwd {{.*}}%ymm
// DOT: sdot v{{[0-9]+}}.4s
// NEON: smull v{{[0-9]+}}.8h
// NEON: sadalp

// What brings sums back to bytes rounds by one addition, bounds by one
// instruction each, and compares nothing.

// VNNI-NOT: vrndscale
// VNNI-NOT: vcmp
// VNNI: vcvtdq2ps
// VNNI: vmaxps
// VNNI: vminps
// VNNI: vaddps
// VNNI: vpmovdb

#x = affine_map<(n, h, w, k, r, s, c) -> (n, h + r, w + s, c)>
#f = affine_map<(n, h, w, k, r, s, c) -> (k, c, r, s)>
#y = affine_map<(n, h, w, k, r, s, c) -> (n, h, w, k)>
#id = affine_map<(n, h, w, k) -> (n, h, w, k)>
#ch = affine_map<(n, h, w, k) -> (k)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @main(%x: tensor<1x28x28x32xi8>) -> tensor<1x28x28x32xi8> {
  %f = arith.constant dense<3> : tensor<32x32x3x3xi8>
  %b = arith.constant dense<-100> : tensor<32xi32>
  %c0 = arith.constant 0 : i32
  %z = arith.constant -5 : i8
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %z : i8
  } : tensor<1x28x28x32xi8> to tensor<1x30x30x32xi8>
  %e = tensor.empty() : tensor<1x28x28x32xi32>
  %init = linalg.fill ins(%c0 : i32) outs(%e : tensor<1x28x28x32xi32>) -> tensor<1x28x28x32xi32>
  %acc = linalg.generic {indexing_maps = [#x, #f, #y], iterator_types = #loops} ins(%p, %f : tensor<1x30x30x32xi8>, tensor<32x32x3x3xi8>) outs(%init : tensor<1x28x28x32xi32>) {
  ^bb0(%a: i8, %w: i8, %o: i32):
    %ae = arith.extui %a : i8 to i32
    %we = arith.extsi %w : i8 to i32
    %m = arith.muli %ae, %we : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<1x28x28x32xi32>
  %e8 = tensor.empty() : tensor<1x28x28x32xi8>
  %y = linalg.generic {indexing_maps = [#id, #ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%acc, %b : tensor<1x28x28x32xi32>, tensor<32xi32>) outs(%e8 : tensor<1x28x28x32xi8>) {
  ^bb0(%a: i32, %bb: i32, %o: i8):
    %scale = arith.constant 0.0003 : f32
    %lo = arith.constant -3.0 : f32
    %hi = arith.constant 252.0 : f32
    %zp = arith.constant 3 : i32
    %s = arith.addi %a, %bb : i32
    %fl = arith.sitofp %s : i32 to f32
    %mm = arith.mulf %fl, %scale : f32
    %m1 = arith.maxnumf %mm, %lo : f32
    %m2 = arith.minnumf %m1, %hi : f32
    %r = math.roundeven %m2 : f32
    %i = arith.fptosi %r : f32 to i32
    %q = arith.addi %i, %zp : i32
    %t = arith.trunci %q : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x28x28x32xi8>
  return %y : tensor<1x28x28x32xi8>
}
