"""Sizes and sins of the source."""

import ast

import pytest

from tests.house.source import calls, files, functions, is_test, named, none, parsed, python_files

FILE_LINES = 400
FUNCTION_LINES = 60
CLOCKS = {
    f"time.{name}{unit}"
    for name in ("time", "monotonic", "perf_counter", "process_time")
    for unit in ("", "_ns")
}


def test_no_file_is_longer_than_400_lines():
    long = {
        named(path): count
        for path in files(".py", ".js", ".css", ".html", ".sql", ".typ")
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > FILE_LINES
    }
    none(long)


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{named(path)}:{node.lineno} {node.name}": count
        for path in python_files()
        for node in functions(path)
        if (count := node.end_lineno - node.lineno + 1) > FUNCTION_LINES
    }
    none(long)


def test_no_model_is_fetched_by_name():
    found = [
        f"{named(path)}:{call.lineno}"
        for path in python_files()
        if path.parent.name != "house"
        for name, call in calls(parsed(path))
        if name.rpartition(".")[2] == "get_model"
    ]
    none(found, "apps.get_model reaches over walls that imports would show")


def _reads_clock(node, clocked):
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in clocked:
            return True
        if isinstance(inner, ast.Call) and ast.unparse(inner.func) in CLOCKS:
            return True
    return False


def timed_assertions(tree):
    """Lines of assertions on a length of time that was measured in the test itself."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        clocked = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and _reads_clock(node.value, clocked):
                clocked |= {
                    t.id for t in ast.walk(node) if isinstance(t, ast.Name) and isinstance(t.ctx, ast.Store)
                }
        for node in ast.walk(function):
            if isinstance(node, ast.Assert) and _reads_clock(node.test, clocked):
                yield node.lineno


def test_no_test_asserts_how_long_something_took():
    found = [
        f"{named(path)}:{line}"
        for path in python_files()
        if is_test(path)
        for line in timed_assertions(parsed(path))
    ]
    none(found, "a busy machine makes such a test fail without a fault")


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("started = time.monotonic()\n    assert time.monotonic() - started < 5", [3]),
        ("started = time.time()\n    took = time.time() - started\n    assert took < 5", [4]),
        ("seconds = 5\n    assert seconds == 5", []),
    ],
)
def test_a_timed_assertion_is_recognised(body, lines):
    assert sorted(set(timed_assertions(ast.parse(f"def test():\n    {body}\n")))) == lines


def test_nothing_reads_the_computers_time_past_the_clock():
    """Business code asks ``kit.clock``; measuring a length with ``time.monotonic`` is no business time."""
    forbidden = {
        "datetime.now",
        "datetime.utcnow",
        "date.today",
        "datetime.today",
        "timezone.now",
        "time.time",
    }
    allowed = {"counterpoint/kit/clock.py", "counterpoint/kit/keys.py"}
    found = [
        f"{named(path)}:{call.lineno} {name}"
        for path in files(".py", under="counterpoint")
        if not is_test(path) and named(path) not in allowed
        for name, call in calls(parsed(path))
        if name in forbidden or ".".join(name.split(".")[-2:]) in forbidden
    ]
    none(found)


def test_no_warning_is_silenced_in_the_source():
    found = [
        f"{named(path)}:{call.lineno}"
        for path in python_files()
        if path.parent.name != "house"
        for name, call in calls(parsed(path))
        if name in {"warnings.simplefilter", "warnings.filterwarnings", "simplefilter", "filterwarnings"}
        or (name.endswith("mark.filterwarnings") and "error" not in ast.unparse(call))
    ]
    none(found)
