"""The `revad` command: what it prints, and its exit status 0, 1 or 2 for agree, disagree, cannot."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import revad
from revad.commands.main import main
from revad.reports import terminal
from tests.commands._model import MODEL


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "helper.py").write_text("def square(x):\n    return x * x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "helper", raising=False)
    return tmp_path


def line_in_model(text: str) -> str:
    return f"(model.py, line {MODEL.splitlines().index(text) + 1})"


def revad_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    root = str(Path(revad.__file__).parents[1])
    variables = os.environ | {"PYTHONPATH": root} | environment
    return subprocess.run(
        [sys.executable, "-m", "revad", *arguments], capture_output=True, text=True, check=False, env=variables, timeout=120
    )


class TestProcess:
    def test_version(self) -> None:
        done = revad_command("--version")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"revad {revad.__version__}\n", "")

    def test_alone_it_prints_help(self) -> None:
        done = revad_command()
        assert done.returncode == 0
        assert "demo" in done.stdout
        assert "check" in done.stdout
        assert done.stderr == ""

    @pytest.mark.parametrize("arguments", [["check"], ["nonsense"], ["check", "a.py:f", "--order", "7"], ["--nonsense"]])
    def test_wrong_usage_exits_with_2(self, arguments: list[str]) -> None:
        done = revad_command(*arguments)
        assert done.returncode == 2
        assert done.stdout == ""
        assert "usage: revad" in done.stderr

    def test_agree(self, folder: Path) -> None:
        done = revad_command("check", "model.py:loss", "--at", "w=[0.5,-1]", "--at", "x=[[1,2],[0,1e-3]]")
        assert (done.returncode, done.stderr) == (0, "")
        last = done.stdout.splitlines()[-1]
        assert re.fullmatch(
            r"agree: loss and its derivatives agree with finite differences to 1\d digits; 1\d are attainable\.", last
        )

    def test_disagree(self, folder: Path) -> None:
        done = revad_command("check", "model.py:wrong_scalar", "--at", "x=[1.5,2]")
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.endswith("\ndisagree: revad's derivative of wrong_scalar is not what finite differences say.\n")

    def test_cannot(self, folder: Path) -> None:
        done = revad_command("check", "nowhere.py:loss")
        assert (done.returncode, done.stdout, done.stderr) == (2, "", "revad check: there is no file nowhere.py.\n")

    def test_a_terminal_without_mathematical_letters(self, folder: Path) -> None:
        done = revad_command("check", "model.py:wrong_vector", "--at", "x=[1.5,2]", PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (1, "")

    def test_heavy_libraries_are_imported_where_they_are_needed(self, folder: Path) -> None:
        code = (
            "import sys; from revad.commands.main import main; main(['check', 'model.py:vector', '--at', 'x=1.5'])\n"
            "print([name for name in ('scipy', 'sklearn', 'tqdm', 'networkx', 'matplotlib', 'rich') if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.endswith("\n[]\n")


def rows(text: str) -> dict[str, list[str]]:
    """Return the lines of the comparison table by the name of their entry."""
    _, _, table = text.partition("attainable error")
    lines = [line for line in table.splitlines() if line.startswith("  ")]
    return {cells[0]: cells[1:] for cells in (line.split() for line in lines)}


class TestReport:
    def test_values_gradient_and_table_are_those_of_revad(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:power", "--at", "w=2.0", "--at", "x=1.5"]) == 0
        out = capsys.readouterr().out
        assert "value     4.5\n  gradient  w: 2.25\n  gradient  x: 6.0\n" in out
        assert {label: cells[:2] for label, cells in rows(out).items()} == {"w": ["2.25", "2.25"], "x": ["6", "6"]}

    def test_the_columns_are_aligned(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["check", "model.py:power", "--at", "w=2.0", "--at", "x=-1.5"])
        lines = capsys.readouterr().out.splitlines()
        head = next(i for i, line in enumerate(lines) if "attainable error" in line)
        assert len({len(line) for line in lines[head : head + 3]}) == 1

    def test_further_lines_of_an_array_stand_below_its_first(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["check", "model.py:cubes", "--at", "x=[[1,2],[3,4]]"])
        assert "  x = [[1. 2.]\n       [3. 4.]]  float64[2, 2]\n" in capsys.readouterr().out

    def test_a_vector_is_checked_by_projections(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:vector", "--at", "x=[0.5,1,2]"]) == 0
        out = capsys.readouterr().out
        assert "random direction 1" in out
        assert "gradient" not in out

    def test_a_wrong_vector_function_names_the_entry(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:wrong_vector", "--at", "x=[0.5,1]"]) == 1
        assert "∂output[1]/∂x[1]               3            2" in capsys.readouterr().out

    def test_of_a_large_gradient_the_largest_entries_are_shown(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        np.savez("data.npz", x=np.arange(300.0))
        assert main(["check", "model.py:cubes", "--at", "data.npz"]) == 0
        found = rows(capsys.readouterr().out)
        assert len(found) == 21  # both random directions begin with the same word
        assert found["x[299]"][:2] == ["268203", "268203"]

    def test_complex_inputs(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:modulus", "--at", "z=1+2j"]) == 0
        found = rows(capsys.readouterr().out)
        assert [found[label][0] for label in ("z.real", "z.imag")] == ["2", "-4"]

    def test_wrt_selects_parameters_and_the_others_are_constants(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", "model.py:by_name", "--at", "weights=3.0", "--at", "w=2.0", "--wrt", "weights"]) == 0
        out = capsys.readouterr().out
        assert list(rows(out)) == ["weights"]
        assert "(not differentiated: w)" in out

    def test_an_int_beside_floats_is_a_constant_and_the_report_says_so(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", "model.py:by_name", "--at", "weights=3.0", "--at", "w=2"]) == 0
        assert "(not differentiated: w)" in capsys.readouterr().out

    def test_an_int_alone_is_differentiated(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:cubes", "--at", "x=2"]) == 0
        assert "gradient  x: 12.0" in capsys.readouterr().out

    def test_positional_only_parameters_keep_their_places(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:by_position", "--at", "a=1.0", "--at", "c=5.0"]) == 0
        assert "value     521.0" in capsys.readouterr().out

    def test_a_second_order_check(self, folder: Path) -> None:
        assert main(["check", "model.py:vector", "--at", "x=[0.5,1]", "--order", "2"]) == 0

    def test_at_a_kink_the_slopes_are_shown_and_nothing_is_proved(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", "model.py:bent", "--at", "x=0.0"]) == 2
        out, err = capsys.readouterr()
        assert "kink: slopes -1 and 1" in out
        assert err.startswith("revad check: bent has a kink, a jump or an edge at this point")
        assert err.count("\n") == 1


class TestJson:
    def test_agree(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:power", "--at", "w=2.0", "--at", "x=1.5", "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert (report["verdict"], report["value"], report["gradient"]) == ("agree", 4.5, {"w": 2.25, "x": 6.0})
        assert [row["entry"] for row in report["comparisons"]] == ["w", "x"]
        assert report["digits"] >= 11
        assert report["target"] == "model.py:power"

    def test_disagree(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:wrong_scalar", "--at", "x=[1.5,2]", "--json"]) == 1
        report = json.loads(capsys.readouterr().out)
        assert report["verdict"] == "disagree"
        assert [row["agrees"] for row in report["comparisons"]] == [False, False]
        assert "disagrees with finite differences" in report["message"]

    def test_cannot(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for arguments in (["nowhere.py:f"], ["model.py:bent", "--at", "x=0.0"]):
            assert main(["check", *arguments, "--json"]) == 2
            out, err = capsys.readouterr()
            report = json.loads(out)
            assert report["verdict"] == "cannot"
            assert err == f"revad check: {report['message']}\n"

    def test_arrays_and_complex_numbers(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "model.py:vector", "--at", "x=[0.5,1,2]", "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)["value"]) == 3
        assert main(["check", "model.py:modulus", "--at", "z=1+2j", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["gradient"] == {"z": "(2-4j)"}


class TestColour:
    def test_plain_text_where_there_is_no_terminal(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["check", "model.py:wrong_scalar", "--at", "x=1.5"])
        assert "\x1b" not in capsys.readouterr().out

    @pytest.mark.parametrize(("target", "colour"), [("power", "32m"), ("wrong_scalar", "31m")])
    def test_colours_change_nothing_else(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, target: str, colour: str
    ) -> None:
        arguments = ["check", f"model.py:{target}", "--at", "x=1.5", *(["--at", "w=2.0"] if target == "power" else [])]
        main(arguments)
        plain = capsys.readouterr().out
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
        main(arguments)
        coloured = capsys.readouterr().out
        assert colour in coloured
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain

    def test_without_rich(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setattr(terminal, "find_spec", lambda name: None)
        assert main(["check", "model.py:power", "--at", "w=2.0", "--at", "x=1.5"]) == 0
        assert "\x1b" not in capsys.readouterr().out


class TestExampleInputs:
    @pytest.mark.parametrize(
        "example",
        [
            "(np.array([1.0, 2.0]), np.eye(2))",
            "{'w': np.array([1.0, 2.0]), 'x': np.eye(2), 'of_another_function': 1.0}",
            "lambda: (np.array([1.0, 2.0]), np.eye(2))",
            "lambda: {'w': np.array([1.0, 2.0]), 'x': np.eye(2)}",
        ],
    )
    def test_tuple_dict_and_functions(self, folder: Path, example: str) -> None:
        (folder / "model.py").write_text(f"{MODEL}\n\nexample_inputs = {example}\n")
        assert main(["check", "model.py:loss"]) == 0

    def test_a_given_value_comes_first(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "model.py").write_text(f"{MODEL}\n\nexample_inputs = (2.0, 3.0)\n")
        assert main(["check", "model.py:power", "--at", "x=1.5"]) == 0
        assert "value     4.5" in capsys.readouterr().out

    def test_it_serves_a_function_whose_parameters_all_have_defaults(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "model.py").write_text("example_inputs = (2.0,)\n\n\ndef f(x=1.0):\n    return x * x\n")
        assert main(["check", "model.py:f"]) == 0
        assert "value     4.0" in capsys.readouterr().out

    def test_a_pytree(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "model.py").write_text(f"{MODEL}\n\nexample_inputs = ({{'w': np.ones(2), 'b': 2.0}},)\n")
        assert main(["check", "model.py:tree"]) == 0
        assert list(rows(capsys.readouterr().out)) == ["p['b']", "p['w'][0]", "p['w'][1]"]

    @pytest.mark.parametrize(
        ("example", "message"),
        [
            ("(1.0, 2.0, 3.0)", "example_inputs has too many values: 3, and power takes 2."),
            ("1.0", "example_inputs is a float; make it a tuple, a dict by parameter name, or a function."),
            ("lambda: {}['key']", "the call of example_inputs raised KeyError: 'key' (model.py, line"),
            ("(1.0,)", "power needs values for x: give --at x=1.5, --at values.npz, or set example_inputs in its file."),
        ],
    )
    def test_mistakes(self, folder: Path, capsys: pytest.CaptureFixture[str], example: str, message: str) -> None:
        (folder / "model.py").write_text(f"{MODEL}\n\nexample_inputs = {example}\n")
        assert main(["check", "model.py:power"]) == 2
        assert message in capsys.readouterr().err


CANNOT = [
    (["model.py"], "'model.py' does not name a function; write FILE.py:FUNCTION, as in model.py:loss."),
    (["notes.txt:f"], "notes.txt is not a Python file (its name should end in .py)."),
    (["model.py:no"], "there is no no in model.py; its functions are: wrong, unruled, loss, power"),
    (["model.py:number"], "number in model.py is not a function; its functions are:"),
    (["broken.py:f"], "broken.py cannot be imported: SyntaxError: '(' was never closed (broken.py, line 1)"),
    (["needy.py:f"], "needy.py cannot be imported: ModuleNotFoundError: No module named 'no_such_module' (needy.py, line 2)"),
    (["model.py:power"], "power needs values for w, x: give --at w=1.5, --at values.npz, or set example_inputs in its file."),
    (["model.py:power", "--at", "q=1.0"], "--at q=1.0: power has no parameter q; it takes w, x."),
    (["model.py:cubes", "--at", "x"], "--at x: write a parameter and its value, as in --at x=1.5, or an .npz file."),
    (["model.py:cubes", "--at", "x=abc"], "--at x=abc: abc is not a number, list, tuple, dict or string of Python."),
    (["model.py:cubes", "--at", "none.npz"], "--at none.npz: there is no such file."),
    (["model.py:cubes", "--at", "folder.npz"], "--at folder.npz cannot be read: IsADirectoryError"),
    (["model.py:cubes", "--at", "other.npz"], "--at other.npz holds q, and none of it is a parameter of cubes, which takes x."),
    (["model.py:cubes", "--at", "x=1.0", "--wrt", "q"], "--wrt q: cubes has no value for q; it has x."),
    (["model.py:no_rule", "--at", "x=1.0"], "NoRuleError: "),
    (["model.py:lost", "--at", "x=1.0"], line_in_model("    return math.sin(x)")),
    (["model.py:fails", "--at", "x=1.0"], "the call of fails raised KeyError: 'key' " + line_in_model('    return {}["key"]')),
    (["model.py:leaves", "--at", "x=1.0"], "the call of leaves raised SystemExit: 0 " + line_in_model("    sys.exit(0)")),
    (["model.py:text", "--at", "x=1.0"], "text returned str without floating or complex numbers: nothing to differentiate."),
    (["model.py:cubes", "--at", "x='a'"], "cubes raised TypeError: "),
    (["model.py:opaque", "--at", "x=1.0"], "opaque does not tell its parameters; wrap it in a function."),
    (
        ["model.py:repeated", "--at", "x=2", "--at", "n=3"],
        "(All of x, n were taken as floats; write x=2.0 to differentiate that alone.)",
    ),
    (["model.py:random", "--at", "x=1.0"], "random returned different values for the same arguments"),
]


class TestCannot:
    @pytest.mark.parametrize(("arguments", "message"), CANNOT, ids=[" ".join(arguments) for arguments, _ in CANNOT])
    def test_one_clear_line(self, folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
        (folder / "notes.txt").write_text("def f(x): return x")
        (folder / "broken.py").write_text("def f(x:\n")
        (folder / "needy.py").write_text("import numpy\nimport no_such_module\n")
        (folder / "folder.npz").mkdir()
        np.savez("other.npz", q=1.0)
        assert main(["check", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("revad check: ")
        assert err.count("\n") == 1
        assert message in err

    @pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 no archive", "array", "objects"])
    def test_what_is_no_archive_of_arrays(self, folder: Path, capsys: pytest.CaptureFixture[str], content: bytes | str) -> None:
        if isinstance(content, bytes):
            (folder / "data.npz").write_bytes(content)
        elif content == "objects":
            np.savez("data.npz", x=np.array([None]))
        else:
            with (folder / "data.npz").open("wb") as file:
                np.save(file, np.ones(3))
        assert main(["check", "model.py:cubes", "--at", "data.npz"]) == 2
        message = "revad check: --at data.npz is not an archive of arrays of numbers, as np.savez writes it.\n"
        assert capsys.readouterr() == ("", message)

    def test_a_value_that_is_not_finite_is_shown_without_a_verdict(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", "model.py:logarithm", "--at", "x=-1.0"]) == 2
        out, err = capsys.readouterr()
        assert "value     nan" in out
        assert "agree" not in out
        assert err == "revad check: logarithm is not finite at this point (output): nothing can be checked.\n"


def test_the_file_leaves_no_trace(folder: Path) -> None:
    path, modules = list(sys.path), set(sys.modules)
    assert main(["check", "model.py:vector", "--at", "x=1.5"]) == 0
    assert sys.path == path
    assert not [name for name in set(sys.modules) - modules if "model" in name]
