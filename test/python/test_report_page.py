"""The page of convopt-compile --report, in a real browser, against the JSON of the same compilation."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

BIN = Path(os.environ.get("CONVOPT_BIN", Path(__file__).parents[2] / "build" / "release" / "bin"))
# A name that would end the script that holds the data, if it were not escaped.
HOSTILE = "branch</script><script>document.title='taken'</script>"


def branching_model():
    """A stem, two branches of it and their concatenation, a sum of that with a third: 5 convolutions."""
    generator = np.random.default_rng(1)
    nodes, weights = [], []

    def conv(name, source, channels, kernel):
        data = generator.standard_normal((channels[1], channels[0], kernel, kernel), dtype=np.float32)
        weights.append(numpy_helper.from_array(data, f"w{len(weights)}"))
        pads = [kernel // 2] * 4
        inputs = [source, weights[-1].name]
        nodes.append(helper.make_node("Conv", inputs, [f"y{len(nodes)}"], name, pads=pads, kernel_shape=[kernel] * 2))
        return nodes[-1].output[0]

    def node(op, inputs, **attributes):
        nodes.append(helper.make_node(op, inputs, [f"y{len(nodes)}"], op.lower(), **attributes))
        return nodes[-1].output[0]

    stem = node("Relu", [conv("stem", "x", (3, 32), 3)])
    joined = node("Concat", [conv("left", stem, (32, 24), 1), conv(HOSTILE, stem, (32, 40), 3)], axis=1)
    whole = node("Add", [conv("last", joined, (64, 48), 1), conv("shortcut", stem, (32, 48), 1)])
    nodes[-1].output[0] = "out"
    assert whole
    graph = helper.make_graph(
        nodes,
        "branching",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 28, 28])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 48, 28, 28])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder with plain.html, without a profile, and net.html, net.json and profile.json."""
    folder = tmp_path_factory.mktemp("report")
    onnx.save(branching_model(), folder / "net.onnx")

    def run(*command):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    compile_net = [BIN / "convopt-compile", "net.onnx", "--emit=shared", "--profile", "--cache-dir=cache"]
    run(*compile_net, "--report=plain.html", "-o", "net.so")
    run(BIN / "convopt-run", "net.so", "--profile=profile.json", "--repeat=3")
    run(*compile_net, "--report=net.html", "--report-profile=profile.json", "--explain=json:net.json", "-o", "net.so")
    return folder


@pytest.fixture(scope="module")
def data(made):
    return json.loads((made / "net.json").read_text())


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Named, since selenium would look for one to download.
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, made):
    browser.set_window_size(1280, 900)
    browser.get((made / "net.html").as_uri())
    return browser


def all_of(page, selector):
    return page.find_elements(By.CSS_SELECTOR, selector)


def one_of(page, selector):
    return page.find_element(By.CSS_SELECTOR, selector)


def column(page, table, title):
    """What a column's cells are sorted by, in the order in which they stand."""
    script = """
        const table = document.querySelector(`table[data-table="${arguments[0]}"]`);
        const titles = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
        const rows = [...table.querySelectorAll("tbody > tr:not(.inner)")];
        return rows.map((row) => row.cells[titles.indexOf(arguments[1])].dataset.value ?? null);
    """
    values = page.execute_script(script, table, title)

    def read(value):
        try:
            return float(value)
        except (TypeError, ValueError):
            return value

    return [read(value) for value in values]


def header(page, table, title):
    heads = all_of(page, f'table[data-table="{table}"] thead th')
    return next(head for head in heads if head.text.split("\n")[0].strip() == title)


def test_opens_without_errors_and_needs_nothing_else(page):
    assert page.get_log("browser") == []
    assert page.title == "net \N{EN DASH} convopt"
    # What a page loads besides itself.
    assert page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []
    assert HOSTILE in one_of(page, "#convolutions table").text


def test_holds_the_json(page, data):
    held = json.loads(one_of(page, "#explanation").get_attribute("textContent"))
    profile = held.pop("profile")
    assert held == data
    assert [launch["kernel"] for launch in profile["launches"]] == [step["kernel"] for step in data["steps"]]


def test_graph_has_each_step_and_no_boxes_overlap(page, data):
    steps = all_of(page, ".node[data-step]")
    assert [int(step.get_attribute("data-step")) for step in steps] == list(range(len(data["steps"])))
    boxes = page.execute_script("""
        return [...document.querySelectorAll(".node .box")].map((box) => {
          const { left, right, top, bottom } = box.getBoundingClientRect();
          return [left, right, top, bottom];
        });
    """)
    reads = [(read, number) for number, step in enumerate(data["steps"]) for read in step["reads"]]
    # What several steps write part by part.
    joined = {(read["tensor"], tuple(read["from"])) for read, _ in reads if len(read["from"]) > 1}
    assert len(joined) <= 1 and len(boxes) == len(steps) + len(joined) + 2  # One input, one output.
    for i, (left, right, top, bottom) in enumerate(boxes):
        for other_left, other_right, other_top, other_bottom in boxes[:i]:
            apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
            assert apart, boxes
    edges = {(before, number) for read, number in reads for before in read["from"]}
    inputs = sum(data["tensors"][read["tensor"]]["place"] == "input" for read, _ in reads)
    assert len(all_of(page, ".edge[data-from]")) == len(edges) + len(joined) + inputs + 1
    # What is read stands above.
    for before, after in edges:
        tops = [steps[number].rect["y"] for number in (before, after)]
        assert tops[0] < tops[1]


def test_a_step_shows_what_it_is_made_of(page, data):
    step = next(number for number, step in enumerate(data["steps"]) if step["node"] == "stem")
    node = one_of(page, f'.node[data-step="{step}"]')
    node.send_keys(Keys.ENTER)
    detail = one_of(page, ".detail").text
    assert f"{step}: stem" in detail and data["steps"][step]["kernel"] in detail
    assert "maximum (relu)" in detail
    assert data["convolutions"][data["steps"][step]["convolution"]]["choice"] in detail
    node.send_keys(Keys.ARROW_DOWN)
    chosen = page.switch_to.active_element.get_attribute("data-step")
    assert step in {use for read in data["steps"][int(chosen)]["reads"] for use in read["from"]}


def test_table_has_the_numbers_of_the_json(page, data):
    convolutions = data["convolutions"]
    assert column(page, "convolutions", "Node") == [conv["name"] for conv in convolutions]
    assert column(page, "convolutions", "Choice") == [conv["choice"] for conv in convolutions]
    assert column(page, "convolutions", "Predicted") == [conv["predicted_s"] for conv in convolutions]
    shares = [conv["predicted_s"] / data["predicted_s"] for conv in convolutions]
    assert column(page, "convolutions", "Share") == pytest.approx(shares)
    faster = [sum("not_taken" in other for other in conv["runners_up"]) for conv in convolutions]
    assert column(page, "convolutions", "Faster") == faster


def test_sorts_by_mouse_and_keyboard(page, data):
    times = [conv["predicted_s"] for conv in data["convolutions"]]
    head = header(page, "convolutions", "Predicted")
    assert head.get_attribute("aria-sort") == "none"
    head.find_element(By.TAG_NAME, "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, "convolutions", "Predicted") == sorted(times, reverse=True)
    head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert head.get_attribute("aria-sort") == "ascending"
    assert column(page, "convolutions", "Predicted") == sorted(times)
    header(page, "convolutions", "Node").find_element(By.TAG_NAME, "button").send_keys(Keys.SPACE)
    assert head.get_attribute("aria-sort") == "none"
    names = column(page, "convolutions", "Node")
    assert names == sorted(names)


def test_filters_by_words(page):
    search = one_of(page, "#convolutions input[type=search]")
    search.send_keys("28x28 3X3")
    assert column(page, "convolutions", "Node") == ["stem", HOSTILE]
    assert one_of(page, "#convolutions [role=status]").text == "2 of 5"
    search.send_keys(" nothing")
    assert column(page, "convolutions", "Node") == []


def test_a_row_opens_to_all_runners_up_and_reasons(page, data):
    for number, conv in enumerate(data["convolutions"]):
        button = all_of(page, "#convolutions .disclose")[number]
        button.send_keys(Keys.ENTER)
        assert button.get_attribute("aria-expanded") == "true"
        rows = all_of(page, "#convolutions tr.inner tbody tr")
        assert [row.find_element(By.TAG_NAME, "td").text for row in rows] == [o["choice"] for o in conv["runners_up"]]
        for row, other in zip(rows, conv["runners_up"], strict=True):
            assert bool(row.find_elements(By.TAG_NAME, "td")[3].text) == ("not_taken" in other)
        button.send_keys(Keys.ENTER)
        assert all_of(page, "#convolutions tr.inner") == []


def test_memory_is_drawn_to_scale(page, data):
    tensors = [tensor for tensor in data["tensors"] if tensor["place"] == "workspace"]
    boxes = page.execute_script("""
        return [...document.querySelectorAll(".tensor")].map((one) =>
          ["x", "y", "width", "height"].map((name) => Number(one.getAttribute(name))));
    """)
    assert len(boxes) == len(tensors) > 1
    whole = data["memory"]["tensor_bytes"]
    bottom = max(y + height for _, y, _, height in boxes)
    scale = max(height for *_, height in boxes) / max(tensor["bytes"] for tensor in tensors)
    step = boxes[0][2] / (tensors[0]["last"] - tensors[0]["first"] + 1)
    for (_, y, width, height), tensor in zip(boxes, tensors, strict=True):
        assert height == pytest.approx(tensor["bytes"] * scale, abs=0.7)
        assert bottom - y - height == pytest.approx(tensor["offset"] * scale, abs=0.5)
        assert width == pytest.approx(step * (tensor["last"] - tensor["first"] + 1))
    assert sum(tensor["bytes"] for tensor in tensors) >= whole
    one_of(page, "#memory summary").click()
    assert column(page, "tensors", "Size") == [tensor["bytes"] for tensor in sorted_by_name(tensors)]


def sorted_by_name(tensors):
    return sorted(tensors, key=lambda tensor: tensor["name"])


def test_weights_by_layer(page, data):
    layers = [conv["layer"] for conv in sorted(data["convolutions"], key=lambda conv: conv["step"])]
    bytes_of = [4 * one["in_channels"] * one["out_channels"] * one["kernel"][0] * one["kernel"][1] for one in layers]
    assert column(page, "weights", "Before") == bytes_of
    packed = [
        sum(read["bytes"] for read in step["reads"] if data["tensors"][read["tensor"]]["place"] == "weights")
        for step in data["steps"]
    ]
    assert column(page, "weights", "Packed") == [size for size in packed if size]


def test_measured_times_stand_beside_the_predicted(page, made, data):
    profile = json.loads((made / "profile.json").read_text())
    measured = [launch["measured_s"] for launch in profile["launches"]]
    assert column(page, "measured", "Measured") == measured
    predicted = [step["predicted_s"] or None for step in data["steps"]]
    assert column(page, "measured", "Predicted") == predicted
    peak = data["machine"]["peak_gflops"] * 1e9
    shares = [
        step["operations"] / seconds / peak if step["operations"] else None
        for step, seconds in zip(data["steps"], measured, strict=True)
    ]
    assert column(page, "measured", "Of peak") == pytest.approx(shares)
    assert len(all_of(page, "#measured figure")) == 2
    assert len(all_of(page, "#measured .roof")) == 1


def test_a_profile_can_be_chosen_in_the_page(page, made):
    page.get((made / "plain.html").as_uri())
    assert all_of(page, "#measured table") == []
    chooser = one_of(page, "#measured input[type=file]")
    chooser.send_keys(str(made / "net.json"))
    status = one_of(page, "#measured .load [role=status]")
    WebDriverWait(page, 10).until(lambda _: status.text)
    assert status.text == "this is no profile of convopt-run"
    chooser.send_keys(str(made / "profile.json"))
    WebDriverWait(page, 10).until(lambda _: all_of(page, "#measured table"))
    assert status.text == ""
    assert page.get_log("browser") == []


@pytest.mark.parametrize("width", [1280, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_the_window_in_both_schemes(page, width, scheme):
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.refresh()
    try:
        assert page.execute_script("return innerWidth") == width
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
        assert contrast(page, "body") > 7
        for selector in [".remark", "a", "thead button", ".detail .muted", ".disclose"]:
            assert contrast(page, selector) >= 4.5, selector
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def contrast(page, selector):
    """Of text and ground, as WCAG 2 defines it."""
    text, ground = page.execute_script(
        """
        const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
        let one = document.querySelector(arguments[0]);
        const text = numbers(getComputedStyle(one).color);
        while (numbers(getComputedStyle(one).backgroundColor)[3] === 0) one = one.parentElement;
        return [text, numbers(getComputedStyle(one).backgroundColor)];
        """,
        selector,
    )

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in colour[:3])]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted([luminance(text), luminance(ground)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_model_without_convolutions_has_a_page(browser, tmp_path):
    source = Path(__file__).parents[1] / "Driver" / "Inputs" / "copy.mlir"
    command = [BIN / "convopt-compile", source, "--report=copy.html", "-o", "copy.o"]
    subprocess.run(command, cwd=tmp_path, check=True)
    browser.get((tmp_path / "copy.html").as_uri())
    assert browser.get_log("browser") == []
    assert len(all_of(browser, ".node")) == 3
    assert column(browser, "convolutions", "Node") == []
