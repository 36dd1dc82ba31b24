"""Makes manual pages and shell completions of what the tools themselves say of their options.

python tools/describe.py BIN SHARE [TOOL...]

Runs BIN/TOOL --help-hidden for each tool and writes SHARE/man/man1/TOOL.1, SHARE/bash-completion/completions/TOOL and
SHARE/zsh/site-functions/_TOOL. An option is declared once, in C++: help, manual and completion cannot differ.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

# What a reader of the manual wants to know before the options.
_TEXTS = {
    "convopt-compile": (
        "compile a convolutional network to one native object",
        "Reads an ONNX model and writes an object file that computes it, and a C header beside it. For every "
        "convolution the fastest primitive and schedule on the target are predicted. With one message on standard "
        "error and exit status 1 nothing is written.",
    ),
    "convopt-run": (
        "run and time a compiled model",
        "Loads a model that convopt-compile --emit=shared has made, runs it on .npy files or on random input, and "
        "prints how long that takes.",
    ),
    "convopt-profile": (
        "measure convolution primitives",
        "Measures primitives on this machine, or over ssh on a board: samples to train a cost model on, or all that "
        "one network may choose from.",
    ),
    "convopt-opt": (
        "run passes on MLIR",
        "mlir-opt with convopt's dialect, passes and pipelines, which are listed here; --help lists MLIR's, too.",
    ),
    "convopt-kernels": ("compile single kernels", "Compiles the kernels of an MLIR module alone, to look at them."),
}
# Of LLVM's own options these are for users.
_GENERIC = {"help", "help-hidden", "version"}


class Option(NamedTuple):
    """An option: its name, what its value is called (None: it takes none), what it does, and the values it may have."""

    name: str
    value: str | None
    text: str
    values: tuple

    @property
    def flag(self):
        """As it is written: -o, --emit."""
        return ("-" if len(self.name) == 1 else "--") + self.name


def _say(tool, *arguments):
    return subprocess.run([tool, *arguments], check=True, capture_output=True, text=True).stdout


_OPTION = re.compile(r" {2,8}--?([A-Za-z][\w-]*)(\[)?(?:[= ]<(.*?)>\]?)?(?: +- +(.*))?$")


def read_options(text):
    """The options that LLVM's help lists, in its order, each with its depth of indentation."""
    options = []
    for line in text.splitlines():
        if match := _OPTION.match(line):
            name, optional, value, what = match.groups()
            # A flag that refuses values is a string to LLVM.
            value = None if optional else value
            options.append((len(line) - len(line.lstrip()), Option(name, value, what or "", ())))
        elif options and (match := re.match(r" {4,}=(\S+) +- +", line)):
            depth, option = options.pop()
            options.append((depth, option._replace(values=(*option.values, match[1]))))
        elif options and re.match(r" {12,}\S", line):
            depth, option = options.pop()
            options.append((depth, option._replace(text=f"{option.text}\n{line.strip()}")))
    return options


def _listed(text):
    """The values of an option whose text has a line for each: 'obj: an object file'."""
    lines = text.split("\n")
    found = [match[1] for line in lines if (match := re.match(r"([\w-]+): ", line))]
    return tuple(found) if len(found) == len(lines) > 1 else ()


def complete_values(options, compiler):
    """The options with the values that can be offered."""
    primitives = tuple(_say(compiler, "--force-primitive=help").split())
    cpus = [_say(compiler, f"--target={target}", "--cpu=help").split() for target in ("x86-64", "aarch64")]
    known = {
        "force-primitive": primitives,
        "primitives": primitives,
        "cpu": ("native", *cpus[0], *cpus[1]),
        "target": ("host", "x86-64", "aarch64"),
    }
    return [o._replace(values=o.values or known.get(o.name, ()) or _listed(o.text)) for o in options]


def _roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in "'." else line for line in text.split("\n"))


def make_manual(tool, usage, options, version):
    """A page for man(1)."""
    short, long = _TEXTS[tool]
    page = [
        f'.TH {tool.upper()} 1 "" "convopt {version}" "convopt"',
        f".SH NAME\n{_roff(tool)} \\- {_roff(short)}",
        f".SH SYNOPSIS\n.B {_roff(tool)}\n{_roff(usage)}",
        f".SH DESCRIPTION\n{_roff(long)}",
        ".SH OPTIONS",
    ]
    for depth, option in options:
        name = f"\\fB{_roff(option.flag)}\\fR"
        if option.value:
            name += (" " if len(option.name) == 1 else "=") + f"\\fI{_roff(option.value)}\\fR"
        text = _roff(option.text).replace("\n", "\n.br\n")
        # The options of a pass stand under it.
        page.append(f".RS\n.TP\n{name}\n{text}\n.RE" if depth > 6 else f".TP\n{name}\n{text}")
    others = ", ".join(f".BR {other} (1)" for other in _TEXTS if other != tool)
    page.append(".SH EXIT STATUS\n0, or 1 after an error.")
    page.append(".SH SEE ALSO\n" + others.replace(", ", ",\n").replace("(1),", "(1),"))
    return "\n".join(page) + "\n"


def make_bash(tool, options):
    """A completion for bash, which splits words at '='."""
    function = "_" + tool.replace("-", "_")
    names = " ".join(o.flag + ("=" if o.value and len(o.name) > 1 else "") for o in options)
    cases = "\n".join(f'    {o.flag}) values="{" ".join(o.values)}" ;;' for o in options if o.values)
    return f"""# Completion of {tool}'s options for bash.
{function}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} option='' values=''
  if [[ $current == = ]]; then
    option=${{COMP_WORDS[COMP_CWORD - 1]}} current=''
  elif ((COMP_CWORD > 1)) && [[ ${{COMP_WORDS[COMP_CWORD - 1]}} == = ]]; then
    option=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  COMPREPLY=()
  case $option in
{cases}
    '') [[ $current == -* ]] && values="{names}" ;;
  esac
  # Without a reply bash completes names of files.
  [[ $values ]] && COMPREPLY=($(compgen -W "$values" -- "$current"))
  [[ ${{#COMPREPLY[@]}} == 1 && ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}}
complete -o default -F {function} {tool}
"""


def make_zsh(tool, options):
    """A completion for zsh."""
    lines = []
    for option in options:
        text = re.sub(r"[\[\]\\:]", " ", option.text.split("\n")[0]).replace("'", "'\\''")
        entry = option.flag + ("=" if option.value and len(option.name) > 1 else "") + f"[{text}]"
        if option.value:
            files = "_files" if re.search(r"file|folder|\.", option.value) else " "
            words = f"({' '.join(option.values)})" if option.values else files
            entry += ":" + re.sub(r"[^\w.]", " ", option.value) + ":" + words
        lines.append(f"  '*{entry}' \\")
    return "\n".join([f"#compdef {tool}", "_arguments \\", *lines, "  '*:file:_files'"]) + "\n"


def describe(folder, share, tool):
    """Writes the three files of one tool."""
    # Of mlir-opt's hidden options there are thousands.
    text = _say(folder / tool, "--help" if tool == "convopt-opt" else "--help-hidden")
    version = _say(folder / tool, "--version").split()[1].rstrip(",")
    usage = re.search(rf"USAGE: {tool} (.*)", text)[1]
    generic = {"h", "help-list", "help-list-hidden", "print-all-options", "print-options"}
    entries = [(depth, option) for depth, option in read_options(text) if option.name not in generic]
    options = complete_values([option for depth, option in entries if depth < 8], folder / "convopt-compile")
    if tool == "convopt-opt":
        entries = [
            (depth, option)
            for owner, (depth, option) in zip(_owners(entries), entries, strict=True)
            if owner.startswith("convopt-")
        ]
    for path, contents in (
        (f"man/man1/{tool}.1", make_manual(tool, usage, entries, version)),
        (f"bash-completion/completions/{tool}", make_bash(tool, options)),
        (f"zsh/site-functions/_{tool}", make_zsh(tool, options)),
    ):
        (share / path).parent.mkdir(parents=True, exist_ok=True)
        (share / path).write_text(contents)


def _owners(entries):
    """The pass that an option belongs to, or its own name."""
    owner = ""
    for depth, option in entries:
        owner = option.name if depth <= 6 else owner
        yield owner


def main():
    """As the module says."""
    folder, share, *tools = sys.argv[1:]
    for tool in tools or _TEXTS:
        describe(Path(folder), Path(share), tool)


if __name__ == "__main__":
    main()
