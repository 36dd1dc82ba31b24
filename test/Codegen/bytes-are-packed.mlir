// RUN: convopt-kernels %s --target=x86-64 --cpu=skylake-avx512 --emit=asm | FileCheck %s
// RUN: convopt-kernels %S/Inputs/quantise.mlir --target=x86-64 --cpu=skylake-avx512 --emit=asm | FileCheck %s --check-prefix=ALONE '-D$VECTOR=zmm'
// RUN: convopt-kernels %S/Inputs/quantise.mlir --target=x86-64 --cpu=haswell --emit=asm | FileCheck %s --check-prefix=ALONE '-D$VECTOR=ymm'

// Four vectors of sums are narrowed to bytes together, by instructions that
// saturate: there is no lower bound and no vector is narrowed alone.

// CHECK-LABEL: unsigned:
// CHECK-NOT: {{vpmovdb|vmaxps}}
// CHECK: vpackssdw {{.*}}%zmm
// CHECK-NOT: {{vpmovdb|vmaxps}}
// CHECK: vpackuswb {{.*}}%zmm
// CHECK-NOT: {{vpmovdb|vmaxps|vpackssdw|vpackuswb}}
// CHECK: vpermd {{.*}}%zmm
// CHECK-NOT: {{vpmovdb|vmaxps}}
// CHECK-LABEL: .Lfunc_end

// CHECK-LABEL: signed:
// CHECK-NOT: vpmovdb
// CHECK: vpackssdw {{.*}}%zmm
// CHECK: vpacksswb {{.*}}%zmm
// CHECK-LABEL: .Lfunc_end

// A lower bound that no byte has stays.
// CHECK-LABEL: bounded:
// CHECK-NOT: vpmovdb
// CHECK: vmaxps
// CHECK: vpackuswb {{.*}}%zmm
// CHECK-LABEL: .Lfunc_end

// So are those of a kernel without sums.
// ALONE-LABEL: quantise:
// ALONE: vpackssdw {{.*}}%[[$VECTOR]]
// ALONE: vpackuswb {{.*}}%[[$VECTOR]]
// ALONE: vpermd {{.*}}%[[$VECTOR]]

#image = affine_map<(n, h, w, f, r, s, c) -> (n, h + r, w + s, c)>
#filter = affine_map<(n, h, w, f, r, s, c) -> (f, c, r, s)>
#sum = affine_map<(n, h, w, f, r, s, c) -> (n, h, w, f)>
#id = affine_map<(n, h, w, c) -> (n, h, w, c)>
#channel = affine_map<(n, h, w, c) -> (c)>
convopt.kernel @unsigned(%x: tensor<1x16x16x32xi8>, %f: tensor<2048xi8>, %scale: tensor<64xf32>) -> tensor<1x16x16x64xi8> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x16x16x64xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x16x16x64xi32>) -> tensor<1x16x16x64xi32>
  %w = convopt.filter %f : tensor<2048xi8> to tensor<64x32x1x1xi8>
  %sum = linalg.generic {indexing_maps = [#image, #filter, #sum], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<1x16x16x32xi8>, tensor<64x32x1x1xi8>) outs(%init : tensor<1x16x16x64xi32>) attrs = {convopt.primitive = #convopt.primitive<pointwise variant = "6x4" in = nhwc out = nhwc>} {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %ae = arith.extui %a : i8 to i32
    %be = arith.extsi %b : i8 to i32
    %m = arith.muli %ae, %be : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<1x16x16x64xi32>
  %lo = arith.constant -1.310000e+02 : f32
  %hi = arith.constant 1.240000e+02 : f32
  %c = arith.constant 131 : i32
  %r = tensor.empty() : tensor<1x16x16x64xi8>
  %y = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%sum, %scale : tensor<1x16x16x64xi32>, tensor<64xf32>) outs(%r : tensor<1x16x16x64xi8>) {
  ^bb0(%a: i32, %k: f32, %o: i8):
    %n = arith.sitofp %a : i32 to f32
    %p = arith.mulf %n, %k : f32
    %1 = arith.maxnumf %p, %lo : f32
    %2 = arith.minnumf %1, %hi : f32
    %3 = math.roundeven %2 : f32
    %i = arith.fptosi %3 : f32 to i32
    %q = arith.addi %i, %c : i32
    %b = arith.trunci %q : i32 to i8
    linalg.yield %b : i8
  } -> tensor<1x16x16x64xi8>
  convopt.yield %y : tensor<1x16x16x64xi8>
}
convopt.kernel @signed(%x: tensor<1x16x16x32xi8>, %f: tensor<2048xi8>, %scale: tensor<64xf32>) -> tensor<1x16x16x64xi8> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x16x16x64xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x16x16x64xi32>) -> tensor<1x16x16x64xi32>
  %w = convopt.filter %f : tensor<2048xi8> to tensor<64x32x1x1xi8>
  %sum = linalg.generic {indexing_maps = [#image, #filter, #sum], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<1x16x16x32xi8>, tensor<64x32x1x1xi8>) outs(%init : tensor<1x16x16x64xi32>) attrs = {convopt.primitive = #convopt.primitive<pointwise variant = "6x4" in = nhwc out = nhwc>} {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %ae = arith.extui %a : i8 to i32
    %be = arith.extsi %b : i8 to i32
    %m = arith.muli %ae, %be : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<1x16x16x64xi32>
  %lo = arith.constant -128.0 : f32
  %hi = arith.constant 127.0 : f32
  %c = arith.constant 0 : i32
  %r = tensor.empty() : tensor<1x16x16x64xi8>
  %y = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%sum, %scale : tensor<1x16x16x64xi32>, tensor<64xf32>) outs(%r : tensor<1x16x16x64xi8>) {
  ^bb0(%a: i32, %k: f32, %o: i8):
    %n = arith.sitofp %a : i32 to f32
    %p = arith.mulf %n, %k : f32
    %1 = arith.maxnumf %p, %lo : f32
    %2 = arith.minnumf %1, %hi : f32
    %3 = math.roundeven %2 : f32
    %i = arith.fptosi %3 : f32 to i32
    %b = arith.trunci %i : i32 to i8
    linalg.yield %b : i8
  } -> tensor<1x16x16x64xi8>
  convopt.yield %y : tensor<1x16x16x64xi8>
}
convopt.kernel @bounded(%x: tensor<1x16x16x32xi8>, %f: tensor<2048xi8>, %scale: tensor<64xf32>) -> tensor<1x16x16x64xi8> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x16x16x64xi32>
  %init = linalg.fill ins(%zero : i32) outs(%e : tensor<1x16x16x64xi32>) -> tensor<1x16x16x64xi32>
  %w = convopt.filter %f : tensor<2048xi8> to tensor<64x32x1x1xi8>
  %sum = linalg.generic {indexing_maps = [#image, #filter, #sum], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<1x16x16x32xi8>, tensor<64x32x1x1xi8>) outs(%init : tensor<1x16x16x64xi32>) attrs = {convopt.primitive = #convopt.primitive<pointwise variant = "6x4" in = nhwc out = nhwc>} {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %ae = arith.extui %a : i8 to i32
    %be = arith.extsi %b : i8 to i32
    %m = arith.muli %ae, %be : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<1x16x16x64xi32>
  %lo = arith.constant 20.0 : f32
  %hi = arith.constant 200.0 : f32
  %c = arith.constant 0 : i32
  %r = tensor.empty() : tensor<1x16x16x64xi8>
  %y = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%sum, %scale : tensor<1x16x16x64xi32>, tensor<64xf32>) outs(%r : tensor<1x16x16x64xi8>) {
  ^bb0(%a: i32, %k: f32, %o: i8):
    %n = arith.sitofp %a : i32 to f32
    %p = arith.mulf %n, %k : f32
    %1 = arith.maxnumf %p, %lo : f32
    %2 = arith.minnumf %1, %hi : f32
    %3 = math.roundeven %2 : f32
    %i = arith.fptosi %3 : f32 to i32
    %b = arith.trunci %i : i32 to i8
    linalg.yield %b : i8
  } -> tensor<1x16x16x64xi8>
  convopt.yield %y : tensor<1x16x16x64xi8>
}
