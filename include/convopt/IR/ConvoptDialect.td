#ifndef CONVOPT_IR_CONVOPTDIALECT_TD
#define CONVOPT_IR_CONVOPTDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/DialectBase.td"
include "mlir/IR/EnumAttr.td"

def Convopt_Dialect : Dialect {
  let name = "convopt";
  let cppNamespace = "::convopt";
  let summary = "Records how a convolution is to be computed, and groups "
                "operations into kernels.";
  let description = [{
    `convopt.primitive` on a convolution names the chosen primitive;
    `convopt.pinned` says that the choice is the user's and must stay.
    `convopt.kernel` is one fused group of operations, `convopt.launch` its use.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let discardableAttrs = (ins
    "::convopt::PrimitiveAttr":$primitive,
    "::mlir::UnitAttr":$pinned
  );
}

def Convopt_PrimitiveKind : I32EnumAttr<"PrimitiveKind", "convolution primitive", [
    I32EnumAttrCase<"Direct", 0, "direct">,
    I32EnumAttrCase<"Pointwise", 1, "pointwise">,
    I32EnumAttrCase<"Im2Row", 2, "im2row">,
    I32EnumAttrCase<"Im2Col", 3, "im2col">,
    I32EnumAttrCase<"WinogradF2x2_3x3", 4, "winograd_f2x2_3x3">,
    I32EnumAttrCase<"WinogradF4x4_3x3", 5, "winograd_f4x4_3x3">,
    I32EnumAttrCase<"Depthwise", 6, "depthwise">,
    I32EnumAttrCase<"Grouped", 7, "grouped">,
    I32EnumAttrCase<"GroupedRotated", 8, "grouped_rotated">,
    I32EnumAttrCase<"WinogradF5x5_3x3", 9, "winograd_f5x5_3x3">,
    I32EnumAttrCase<"WinogradF6x6_3x3", 10, "winograd_f6x6_3x3">,
    I32EnumAttrCase<"WinogradF7x7_3x3", 11, "winograd_f7x7_3x3">,
    I32EnumAttrCase<"WinogradF2x4_3x3", 12, "winograd_f2x4_3x3">,
    I32EnumAttrCase<"WinogradF2x2_5x5", 13, "winograd_f2x2_5x5">,
    I32EnumAttrCase<"WinogradF4x4_5x5", 14, "winograd_f4x4_5x5">,
    // One-dimensional, for filters of one row or one column.
    I32EnumAttrCase<"WinogradF4_3", 15, "winograd_f4_3">,
    I32EnumAttrCase<"WinogradF4_7", 16, "winograd_f4_7">,
    I32EnumAttrCase<"PointwisePairs", 17, "pointwise_pairs">,
    I32EnumAttrCase<"Strassen", 18, "strassen">,
    // Also for strides: a 3x3 filter of stride 2 is four of 2x2.
    I32EnumAttrCase<"WinogradF2x2_2x2", 19, "winograd_f2x2_2x2">,
    I32EnumAttrCase<"WinogradF3x3_2x2", 20, "winograd_f3x3_2x2">,
    I32EnumAttrCase<"WinogradF4x4_2x2", 21, "winograd_f4x4_2x2">,
    I32EnumAttrCase<"WinogradF4x4_4x4", 22, "winograd_f4x4_4x4">,
    // With complex points, for large filters: by the inputs of a tile's side.
    I32EnumAttrCase<"ToomCook10", 23, "toom_cook_10">,
    I32EnumAttrCase<"ToomCook14", 24, "toom_cook_14">,
    I32EnumAttrCase<"ToomCook18", 25, "toom_cook_18">,
    I32EnumAttrCase<"Kn2Row", 26, "kn2row">]> {
  let cppNamespace = "::convopt";
  let genSpecializedAttr = 0; // PrimitiveAttr below is the only C++ class.
}

// The order of a four-dimensional activation in memory, outermost first.
def Convopt_Layout : I32EnumAttr<"Layout", "activation layout", [
    I32EnumAttrCase<"NCHW", 0, "nchw">,
    I32EnumAttrCase<"NHWC", 1, "nhwc">]> {
  let cppNamespace = "::convopt";
  let genSpecializedAttr = 0;
}

def Convopt_PrimitiveAttr : AttrDef<Convopt_Dialect, "Primitive"> {
  let mnemonic = "primitive";
  let summary = "How one convolution is computed";
  let description = [{
    The primitive, its schedule variant, the layouts it reads and writes, and
    the predicted time. A user may pin the primitive alone:

    ```mlir
    #convopt.primitive<direct>
    #convopt.primitive<direct variant = "6x4" in = nhwc out = nhwc ns = 471000>
    ```
  }];
  let parameters = (ins
    EnumParameter<Convopt_PrimitiveKind>:$kind,
    DefaultValuedParameter<"::mlir::StringAttr", "::mlir::StringAttr()">:$variant,
    DefaultValuedParameter<"::convopt::Layout", "::convopt::Layout::NCHW">:$input,
    DefaultValuedParameter<"::convopt::Layout", "::convopt::Layout::NCHW">:$output,
    DefaultValuedParameter<"int64_t", "0">:$nanoseconds);
  let assemblyFormat = "`<` $kind (`variant` `=` $variant^)? (`in` `=` $input^)? (`out` `=` $output^)? (`ns` `=` $nanoseconds^)? `>`";
}

#endif // CONVOPT_IR_CONVOPTDIALECT_TD
