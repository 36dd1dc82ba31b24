"""What a kernel takes is read off its code: executions, bytes through caches, cycles, and all together."""

import csv
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from convopt.profile_features import is_modelled
from convopt.samples import Samples
from convopt.static.accesses import find_accesses
from convopt.static.assembly import executions, read_blocks
from convopt.static.correct import residual
from convopt.static.counts import count_executions
from convopt.static.footprint import Bytes
from convopt.static.ir import read_functions
from convopt.static.loops import find_loops
from convopt.static.mca import Cycles
from convopt.static.traffic import Traffic
from convopt.static.values import Unknown
from convopt.train import describe

# Rows of 10 elements in tiles of 4, of which the last is shorter: 3 tiles a row, 7 rows. Each element is read with 5
# weights; a row's are 1024 bytes from the next's.
IR = """
define i32 @kernel(ptr %user, ptr noalias %in0.buffer, ptr %in1.buffer, ptr %out.buffer) local_unnamed_addr #0 {
entry:
  %p = getelementptr inbounds nuw i8, ptr %in0.buffer, i64 16
  %x = load ptr, ptr %p, align 8, !tbaa !1
  %q = getelementptr inbounds nuw i8, ptr %in1.buffer, i64 16
  %w = load ptr, ptr %q, align 8, !tbaa !1
  br label %"1_for_y"

"1_for_y":                                        ; preds = %entry, %"1_end"
  %y = phi i64 [ 0, %entry ], [ %y.next, %"1_end" ]
  br label %"2_for_tile"

"2_for_tile":                                     ; preds = %"1_for_y", %"2_end"
  %t = phi i64 [ 0, %"1_for_y" ], [ %t.next, %"2_end" ]
  %left = sub nuw nsw i64 10, %t
  %n = tail call i64 @llvm.umin.i64(i64 %left, i64 4)
  br label %"3_for_x"

"3_for_x":                                        ; preds = %"2_for_tile", %"4_end"
  %i = phi i64 [ 0, %"2_for_tile" ], [ %i.next, %"4_end" ]
  br label %"4_for_tap"

"4_for_tap":                                      ; preds = %"3_for_x", %"4_for_tap"
  %r = phi i64 [ 0, %"3_for_x" ], [ %r.next, %"4_for_tap" ]
  %row = shl nuw nsw i64 %y, 10
  %at = add nuw nsw i64 %t, %i
  %bytes = shl i64 %at, 4
  %offset = add nuw nsw i64 %row, %bytes
  %a = getelementptr inbounds nuw i8, ptr %x, i64 %offset
  %value = load <4 x float>, ptr %a, align 4, !tbaa !2
  %b = getelementptr inbounds nuw [4 x i8], ptr %w, i64 %r
  %tap = load float, ptr %b, align 4
  %r.next = add nuw nsw i64 %r, 1
  %r.done = icmp eq i64 %r.next, 5
  br i1 %r.done, label %"4_end", label %"4_for_tap"

"4_end":                                          ; preds = %"4_for_tap"
  %i.next = add nuw nsw i64 %i, 1
  %i.done = icmp samesign uge i64 %i.next, %n
  br i1 %i.done, label %"2_end", label %"3_for_x"

"2_end":                                          ; preds = %"4_end"
  %t.next = add nuw nsw i64 %t, 4
  %t.more = icmp slt i64 %t.next, 10
  br i1 %t.more, label %"2_for_tile", label %"1_end"

"1_end":                                          ; preds = %"2_end"
  %y.next = add nuw nsw i64 %y, 1
  %y.done = icmp eq i64 %y.next, 7
  br i1 %y.done, label %done, label %"1_for_y"

done:                                             ; preds = %"1_end"
  ret i32 0
}
"""
ASSEMBLY = """
kernel:                                 // @kernel
// %bb.0:                               // %entry
	ldr	x8, [x1, #16]
.LBB0_1:                                // %"2_for_tile"
                                        //   Parent Loop BB0_1 Depth=1
	add	x9, x9, #4                      // =4
.LBB0_2:                                // %"4_for_tap"
	.p2align 4
	ldr	q1, [x8, x9]
	fmla	v0.4s, v1.4s, v2.s[0]
	b.ne	.LBB0_2
.LBB0_3:                                //   in Loop: Header=BB0_1 Depth=1
	bl	halide_free
	mov	x1, x2
// %bb.4:                               // %done
	ret
.Lfunc_end0:
	nop
"""


# A branch by the second of four numbers, of which each is the counter's distance to another, but not below zero.
BRANCH = """
define void @kernel() {
entry:
  br label %loop

loop:                                             ; preds = %next, %entry
  %i = phi i32 [ 0, %entry ], [ %i.next, %next ]
  %left = call i32 @llvm.usub.sat.i32(i32 7, i32 %i)
  %one = insertelement <4 x i32> poison, i32 %left, i64 0
  %all = shufflevector <4 x i32> %one, <4 x i32> poison, <4 x i32> zeroinitializer
  %apart = sub nsw <4 x i32> %all, <i32 poison, i32 2, i32 3, i32 4>
  %far = icmp sgt <4 x i32> %apart, splat (i32 1)
  %second = extractelement <4 x i1> %far, i64 1
  br i1 %second, label %rare, label %next

rare:                                             ; preds = %loop
  br label %next

next:                                             ; preds = %rare, %loop
  %i.next = add nuw nsw i32 %i, 1
  %order = call i32 @llvm.ucmp.i32.i32(i32 %i.next, i32 20)
  %done = icmp eq i32 %order, 0
  br i1 %done, label %out, label %loop

out:                                              ; preds = %next
  ret void
}
"""


def traffic_of(text):
    (function,) = read_functions(text)
    return Traffic(function, *find_loops(function), count_executions(function))


def test_blocks_are_counted_as_they_are_executed():
    (function,) = read_functions(IR)
    counts = count_executions(function)
    expected = {"entry": 1, "1_for_y": 7, "2_for_tile": 21, "3_for_x": 70, "4_for_tap": 350, "done": 1}
    assert {name: counts.blocks[name] for name in expected} == expected
    assert counts.entries == {"1_for_y": 1, "2_for_tile": 7, "3_for_x": 21, "4_for_tap": 70}
    assert counts.trips("3_for_x") == pytest.approx(10 / 3)


def test_branches_may_depend_on_elements_of_vectors():
    blocks = count_executions(read_functions(BRANCH)[0]).blocks
    # 7 - i > 3 for four of the counters.
    assert (blocks["loop"], blocks["rare"], blocks["out"]) == (20, 4, 1)


def test_numbers_are_divided_as_neon_does():
    # i / 5 by a product whose upper half is shifted, in the second of two lanes: 2 for five of twenty.
    product = "@llvm.aarch64.neon.umull.v2i64(<2 x i32> %pair, <2 x i32> <i32 undef, i32 -858993459>)"
    divided = f"""  %magic = call <2 x i64> {product}
  %halves = bitcast <2 x i64> %magic to <4 x i32>
  %high = extractelement <4 x i32> %halves, i64 3
  %left = lshr i32 %high, 2
  %second = icmp eq i32 %left, 2"""
    begin, end = BRANCH.index("  %left ="), BRANCH.index("  br i1 %second")
    text = BRANCH[:begin] + "  %pair = insertelement <2 x i32> poison, i32 %i, i64 1\n" + divided + "\n" + BRANCH[end:]
    assert count_executions(read_functions(text)[0]).blocks["rare"] == 5


def test_a_branch_that_depends_on_data_is_not_guessed():
    with pytest.raises(Unknown):
        count_executions(read_functions(IR.replace("icmp eq i64 %y.next, 7", "icmp eq i64 %y.next, %data"))[0])


def test_blocks_of_assembly_are_executed_as_those_of_the_ir():
    (function,) = read_functions(IR)
    blocks = read_blocks(ASSEMBLY)
    assert [block.block for block in blocks] == ["entry", "2_for_tile", "4_for_tap", None, "done"]
    assert [len(block.instructions) for block in blocks] == [1, 1, 3, 1, 1]
    assert blocks[3].calls == ["halide_free"]
    # What the back end put between is executed as the rarer of its neighbours.
    assert executions(blocks, count_executions(function).blocks) == [1, 21, 350, 1, 1]


def test_addresses_are_sums_of_loop_counters():
    (function,) = read_functions(IR)
    _, innermost = find_loops(function)
    accesses, unknown = find_accesses(function, {loop.header: loop for loop in innermost.values() if loop.header})
    assert unknown == 0 and [access.size for access in accesses] == [16, 4]
    image, weight = (access.address for access in accesses)
    assert image.base == "in0.buffer" and image.terms == {"1_for_y": 1024, "2_for_tile": 64, "3_for_x": 16}
    assert weight.base == "in1.buffer" and weight.terms == {"4_for_tap": 4}


def test_bytes_are_joined_where_they_touch():
    row = Bytes.of([(0, 16)]).repeated(16, 10)
    assert row.ends - row.starts == 160 and row.size() == 192
    assert row.repeated(1024, 7).size() == 7 * 192
    assert row.repeated(160, 7).size() == 18 * 64
    assert row.repeated(-160, 7).starts == -960
    assert row.with_(Bytes.of([(100, 100)])).size() == 256
    # Windows of three rows that overlap.
    rows = np.arange(3) * 1024
    assert Bytes.of([(start, 160) for start in rows]).repeated(1024, 5).size() == 7 * 192


def test_traffic_is_what_does_not_stay():
    traffic = traffic_of(IR)
    # Weights are new each time, the image is still there.
    assert traffic.bytes(1 << 20, "in1.buffer") == (64, 0)
    # A row fits, the image does not.
    assert traffic.bytes(1024, "in1.buffer") == (7 * 192 + 64, 0)
    # Nothing stays from one iteration to the next.
    total, _ = traffic.bytes(16, "in1.buffer")
    assert total > 350 * 64


def test_a_loop_takes_what_its_units_take():
    fused = [f"fmla v{i}.4s, v30.4s, v31.4s" for i in range(24)]
    for cpu, rate in (("cortex-a76", 2), ("cortex-a53", 1)):
        cycles = Cycles("aarch64-linux-gnu", cpu)
        cycles.learn([fused, ["fmla v1.4s, v2.4s, v3.4s"]])
        assert cycles.of(fused) == pytest.approx(24 / rate, rel=0.25)
    # One by itself waits for its own sum.
    assert cycles.of(["fmla v1.4s, v2.4s, v3.4s"]) > 3
    # A block that differs in its numbers alone is the same.
    cycles.learn([["ldr q0, [x1, #16]"]])
    assert cycles.of(["ldr q0, [x1, #32]"]) == cycles.of(["ldr q0, [x1, #16]"])


def run(*arguments):
    command = [sys.executable, "-m", "convopt.static", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize(
    "target, machine, peak", [("aarch64", "cortex-a76/128", 8 * 2.4e9), ("x86-64", "znver4/256", 16 * 3.6e9)]
)
def test_a_profile_is_made_without_a_machine(tmp_path, target, machine, peak):
    layers, output = tmp_path / "layers.txt", tmp_path / "modelled.csv"
    layers.write_text("c=32 k=32 h=14 w=14 r=1x1\n")
    done = run(f"--layers={layers}", f"--machine={machine}", f"--target={target}", "--per-layer=3", "-o", output)
    assert done.returncode == 0, done.stderr
    with open(output, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 and {row["machine"] for row in rows} == {machine}
    least = 32 * 32 * 14 * 14 / peak
    for row in rows:
        if row["primitive"] in ("direct", "pointwise", "im2row", "im2col"):
            assert least <= float(row["seconds"]) < 5 * least, row
    assert json.loads(output.with_suffix(".json").read_text())["machine"] == machine
    assert is_modelled(output)
    samples = Samples("1", ["a"], np.zeros((1, 1)), *map(np.array, (["x"], ["direct y"], [machine], [1.0])))
    assert "nothing was measured" in describe(samples, [output]) and "nothing" not in describe(samples)


def test_a_machine_that_there_is_not_is_named(tmp_path):
    layers = tmp_path / "layers.txt"
    layers.write_text("c=4 k=4 h=4 w=4 r=1x1\n")
    done = run(f"--layers={layers}", "--machine=cortex-a1/128", "--target=aarch64", "-o", tmp_path / "none.csv")
    assert done.returncode == 1 and "cortex-a1" in done.stderr and not (tmp_path / "none.csv").exists()


def test_what_was_measured_elsewhere_corrects_a_primitive():
    pytest.importorskip("lightgbm")
    rng = np.random.default_rng(1)
    size = np.exp(rng.uniform(0, 3, 200))
    kinds = np.array(["direct", "winograd"])[rng.integers(0, 2, 200)]
    names = np.array([f"layer {i}" for i in range(200)])
    # Four times as fast a clock, and one primitive 1.5 times as slow as was modelled.
    modelled = size * 1e-4
    measured = modelled / 4 * np.where(kinds == "winograd", 1.5, 1)
    features = np.stack([size, size * 1e-4], axis=1)
    samples = Samples("1", ["size", "bound_seconds"], features, names, kinds, np.full(200, "m"), measured, kinds)
    unseen = replace(samples[:50], seconds=modelled[:50])
    said = residual(samples[50:], modelled[50:], unseen, trees=40)
    own = unseen.primitives == "winograd"
    assert said[own].mean() - said[~own].mean() == pytest.approx(np.log(1.5), rel=0.1)
