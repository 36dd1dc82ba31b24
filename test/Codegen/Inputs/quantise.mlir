convopt.kernel @quantise(%a: tensor<4096xf32>) -> tensor<4096xi8> {
  %e = tensor.empty() : tensor<4096xi8>
  %y = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>], iterator_types = ["parallel"]} ins(%a : tensor<4096xf32>) outs(%e : tensor<4096xi8>) {
  ^bb0(%x: f32, %o: i8):
    %scale = arith.constant 29.0 : f32
    %lo = arith.constant -131.0 : f32
    %hi = arith.constant 124.0 : f32
    %zero = arith.constant 131 : i32
    %0 = arith.mulf %x, %scale : f32
    %1 = arith.maxnumf %0, %lo : f32
    %2 = arith.minnumf %1, %hi : f32
    %3 = math.roundeven %2 : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.addi %4, %zero : i32
    %6 = arith.trunci %5 : i32 to i8
    linalg.yield %6 : i8
  } -> tensor<4096xi8>
  convopt.yield %y : tensor<4096xi8>
}
