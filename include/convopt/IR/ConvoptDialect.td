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
    `convopt.pinned` says that the choice is the user's and must stay;
    `convopt.storage` says for an operation's tensors in which order they are to
    be stored.
    `convopt.error_gain` on a convolution says how far relative errors of its
    result reach the function's: two numbers that multiply the relative L2 error
    of the result, the first one that differs from input to input, the second
    one that the weights have once and for all. Without it both are 1.
    `convopt.rounds_operand` on an `arith.truncf` says that it rounds what is
    then multiplied, or what a budget of errors bears: what is too small for a
    normal number of its type may become zero.
    `convopt.no_least_byte` on a convolution of bytes says that none of its
    weights is -128, so that two products are a number of 16 bits.
    `convopt.kernel` is one fused group of operations, `convopt.launch` its use.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let discardableAttrs = (ins
    "::convopt::PrimitiveAttr":$primitive,
    "::mlir::UnitAttr":$pinned,
    "::mlir::DenseI64ArrayAttr":$storage,
    "::mlir::DenseF64ArrayAttr":$error_gain,
    "::mlir::UnitAttr":$rounds_operand
  );
}

// Families of primitives. Winograd's and Toom and Cook's have one primitive for
// each tile, whose name begins with the family's; of the others each is one.
def Convopt_PrimitiveKind : I32EnumAttr<"PrimitiveKind", "family of convolution primitives", [
    I32EnumAttrCase<"Direct", 0, "direct">,
    I32EnumAttrCase<"Pointwise", 1, "pointwise">,
    I32EnumAttrCase<"Im2Row", 2, "im2row">,
    I32EnumAttrCase<"Im2Col", 3, "im2col">,
    I32EnumAttrCase<"Depthwise", 4, "depthwise">,
    I32EnumAttrCase<"Grouped", 5, "grouped">,
    I32EnumAttrCase<"GroupedRotated", 6, "grouped_rotated">,
    I32EnumAttrCase<"PointwisePairs", 7, "pointwise_pairs">,
    I32EnumAttrCase<"Strassen", 8, "strassen">,
    I32EnumAttrCase<"Kn2Row", 9, "kn2row">,
    I32EnumAttrCase<"Winograd", 10, "winograd">,
    I32EnumAttrCase<"ToomCook", 11, "toom_cook">,
    I32EnumAttrCase<"MatrixTiles", 12, "matrix_tiles">]> {
  let cppNamespace = "::convopt";
  let genSpecializedAttr = 0;
}

// A primitive's name in the catalogue: "direct", "winograd_f4x4_3x3".
def Convopt_PrimitiveName : AttrOrTypeParameter<"::mlir::StringAttr", "primitive"> {
  let parser = "parsePrimitiveName($_parser)";
  let printer = "$_printer << $_self.getValue()";
}

// The order of a four-dimensional activation in memory, outermost first.
def Convopt_Layout : I32EnumAttr<"Layout", "activation layout", [
    I32EnumAttrCase<"NCHW", 0, "nchw">,
    I32EnumAttrCase<"NHWC", 1, "nhwc">]> {
  let cppNamespace = "::convopt";
  let genSpecializedAttr = 0;
}

def Convopt_OptionalLayout : OptionalParameter<"::std::optional<::convopt::Layout>"> {
  let parser = "parseLayout($_parser)";
  let printer = "$_printer << stringifyLayout(*$_self)";
}

def Convopt_PrimitiveAttr : AttrDef<Convopt_Dialect, "Primitive"> {
  let mnemonic = "primitive";
  let summary = "How one convolution is computed";
  let description = [{
    The primitive, its schedule variant, the layouts it reads and writes, the
    variant's numbers beside its register tile, and the predicted time. A user
    may pin the primitive alone, or with as much as matters: what is left out is
    filled in, layouts by those of the convolution or so that the network is
    fastest. (In C++: convopt/Primitives/Annotation.h.)

    ```mlir
    #convopt.primitive<direct>
    #convopt.primitive<direct variant = "6x4" in = nhwc out = nhwc strip = 7 unroll = 4 lanes = 16 ns = 471000>
    ```

    `strip` is the rows, tiles or pixels of a cache block, `unroll` the input
    channels of an iteration, `lanes` the floats of a vector, `columns` the
    tiles of a row in a cache block.
  }];
  let parameters = (ins
    Convopt_PrimitiveName:$name,
    DefaultValuedParameter<"::mlir::StringAttr", "::mlir::StringAttr()">:$variant,
    Convopt_OptionalLayout:$input,
    Convopt_OptionalLayout:$output,
    DefaultValuedParameter<"int64_t", "0">:$strip,
    DefaultValuedParameter<"int64_t", "0">:$unroll,
    DefaultValuedParameter<"int64_t", "0">:$lanes,
    DefaultValuedParameter<"int64_t", "0">:$columns,
    DefaultValuedParameter<"int64_t", "0">:$nanoseconds);
  let assemblyFormat = "`<` $name (`variant` `=` $variant^)? (`in` `=` $input^)? (`out` `=` $output^)? (`strip` `=` $strip^)? (`unroll` `=` $unroll^)? (`lanes` `=` $lanes^)? (`columns` `=` $columns^)? (`ns` `=` $nanoseconds^)? `>`";
}

#endif // CONVOPT_IR_CONVOPTDIALECT_TD
