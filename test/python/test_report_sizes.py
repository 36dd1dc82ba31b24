"""The page of convopt-compile --report on an object for several sizes, in a real browser, against the JSON."""

import json
import subprocess

import numpy as np
import onnx
import pytest
from convopt.testing.builder import Builder
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait
from test_report_page import BIN, all_of, browser, column, one_of

__all__ = ["browser"]  # A fixture.
SHAPES = [(1, 3, 16, 16), (4, 3, 16, 16), (1, 3, 16, 64)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder with plain.html, net.html with a profile of the last size, net.json and profiles 0.json to 2.json."""
    folder = tmp_path_factory.mktemp("report")
    b = Builder("net")
    x = b.add("Relu", b.conv(b.input("batch", 3, 16, "width"), (3, 16)))
    onnx.save(b.model(b.conv(x, (16, 24), 1, strides=[2, 2])), folder / "net.onnx")

    def run(*command):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    shapes = [f"--shape=input0:{'x'.join(map(str, shape))}" for shape in SHAPES]
    compile_net = [BIN / "convopt-compile", "net.onnx", *shapes, "--emit=shared", "--profile", "--cache-dir=cache"]
    run(*compile_net, "--report=plain.html", "-o", "net.so")
    for i, shape in enumerate(SHAPES):
        np.save(folder / "x.npy", np.ones(shape, np.float32))
        run(BIN / "convopt-run", "net.so", "--input=x.npy", f"--profile={i}.json", "--repeat=3")
    run(*compile_net, "--report=net.html", "--report-profile=2.json", "--explain=json:net.json", "-o", "net.so")
    return folder


@pytest.fixture(scope="module")
def sizes(made):
    return json.loads((made / "net.json").read_text())["sizes"]


@pytest.fixture
def page(browser, made):
    browser.set_window_size(1280, 900)
    browser.get((made / "net.html").as_uri())
    yield browser
    assert browser.get_log("browser") == []


def assert_shows(page, size):
    """The tables of the parts are those of `size`, an entry of the JSON."""
    assert column(page, "convolutions", "Layer") == [conv["summary"] for conv in size["convolutions"]]
    assert column(page, "convolutions", "Predicted") == [conv["predicted_s"] for conv in size["convolutions"]]
    assert len(all_of(page, ".node[data-step]")) == len(size["steps"])
    tensors = [tensor for tensor in size["tensors"] if tensor["place"] == "workspace"]
    assert len(all_of(page, ".tensor")) == len(tensors)
    assert "\N{MULTIPLICATION SIGN}".join(map(str, size["inputs"][0]["shape"])) in one_of(page, "#machine").text


def test_begins_with_the_first_and_lists_all(page, sizes):
    assert_shows(page, sizes[0])
    assert [option.text for option in Select(one_of(page, "#size select")).options] == [
        "input0 1\N{MULTIPLICATION SIGN}3\N{MULTIPLICATION SIGN}16\N{MULTIPLICATION SIGN}16",
        "input0 4\N{MULTIPLICATION SIGN}3\N{MULTIPLICATION SIGN}16\N{MULTIPLICATION SIGN}16",
        "input0 1\N{MULTIPLICATION SIGN}3\N{MULTIPLICATION SIGN}16\N{MULTIPLICATION SIGN}64",
    ]
    assert column(page, "sizes", "Predicted") == [size["predicted_s"] for size in sizes]
    assert column(page, "sizes", "Tensors") == [size["memory"]["tensor_bytes"] for size in sizes]
    first = [conv["choice"] for conv in sizes[0]["convolutions"]]
    others = [sum(c["choice"] != f for c, f in zip(s["convolutions"], first, strict=True)) for s in sizes]
    assert column(page, "sizes", "Other choices") == others


def test_another_size_is_chosen_above_or_in_the_table(page, sizes):
    Select(one_of(page, "#size select")).select_by_index(1)
    assert_shows(page, sizes[1])
    buttons = all_of(page, "#sizes td button")
    assert [button.get_attribute("aria-pressed") for button in buttons] == ["false", "true", "false"]
    buttons[2].click()
    assert_shows(page, sizes[2])
    assert Select(one_of(page, "#size select")).first_selected_option.text.endswith("64")
    Select(one_of(page, "#size select")).select_by_index(0)
    assert_shows(page, sizes[0])


def test_a_measured_size_has_its_times(page, made):
    assert all_of(page, "#measured table") == []
    Select(one_of(page, "#size select")).select_by_index(2)
    profile = json.loads((made / "2.json").read_text())
    assert column(page, "measured", "Measured") == [launch["measured_s"] for launch in profile["launches"]]
    assert column(page, "sizes", "Measured") == [None, None, profile["run_s"]]


def test_profiles_of_several_sizes_are_chosen_at_once(page, made):
    page.get((made / "plain.html").as_uri())
    chooser = one_of(page, "#measured input[type=file]")
    chooser.send_keys("\n".join(str(made / name) for name in ("2.json", "1.json")))
    WebDriverWait(page, 10).until(lambda _: column(page, "sizes", "Measured").count(None) == 1)
    runs = [json.loads((made / f"{i}.json").read_text())["run_s"] for i in range(3)]
    assert column(page, "sizes", "Measured") == [None, runs[1], runs[2]]
    other = json.loads((made / "0.json").read_text())
    other["size"]["inputs"][0]["shape"][0] = 2
    (made / "other.json").write_text(json.dumps(other))
    chooser.send_keys(str(made / "other.json"))
    status = one_of(page, "#measured .load [role=status]")
    WebDriverWait(page, 10).until(lambda _: status.text)
    assert status.text == "this is a profile of another model, or of one compiled otherwise"


def test_a_page_of_one_size_shows_none(browser, made):
    command = [BIN / "convopt-compile", "net.onnx", "--shape=input0:1x3x16x16", "--report=one.html", "-o", "one.o"]
    subprocess.run([*command, "--cache-dir=cache"], cwd=made, check=True)
    browser.get((made / "one.html").as_uri())
    for selector in ["#size", "#sizes", "nav a[href='#sizes']"]:
        assert not one_of(browser, selector).is_displayed(), selector


@pytest.mark.parametrize("width", [1280, 600])
def test_fits_the_window(page, width):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.refresh()
    try:
        assert page.execute_script("return innerWidth") == width
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
