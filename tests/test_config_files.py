"""Configuration files: nodes with positions, and no input that breaks the reading of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.pipeline import check
from archlint.settings import Overrides
from archlint.source import Kind, SourceFile
from archlint.syntax.config import (
    ConfigContext,
    ConfigFile,
    ConfigNode,
    is_compose,
    kubernetes_documents,
    parse_config,
)

COMPOSE = """\
x-common: &common
  restart: always
  environment: &env
    A: "1"
services:
  web:
    <<: *common
    image: 'web:1'   # pinned
    ports: ["80:80", 443]
  db:
    <<: [*common, {image: ignored, stop_signal: SIGINT}]
    image: db
    restart: no
"""


def read(text: str, path: str = "compose.yml") -> ConfigFile:
    kind = Kind.JSON if path.endswith(".json") else Kind.YAML
    return parse_config(SourceFile.of(path, text, kind))


def written(file: ConfigFile, node: ConfigNode) -> str:
    return file.source.text[node.start : node.end]


def values(file: ConfigFile, *steps: str) -> list[str]:
    return [node.value for node in file.find(*steps)]


@pytest.mark.parametrize("select", ["ALL", "ARC001", "ARC101"])
def test_what_is_broken_is_told_whatever_runs(tmp_path: Path, select: str) -> None:
    texts = {
        "archlint.toml": "",
        "a.toml": '# ä\r\na = [\r\n"s3cr3t-value',
        "b.toml": "\ufeffa.b = 1\n[a]\n",
        "c.yaml": "a: [\n",
        "d.json": '{"a": ',
        "e.toml": "a = {{ value }}\n",
        "tests/f.toml": "a = [",
        "g.toml": 'a = "é"\n[[b]]\nc = 1979-05-27T07:32:00Z\n',
        "h.toml": "a = " + "9" * 5000 + "\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    report = check([tmp_path], root=tmp_path, overrides=Overrides(select=(select,), no_cache=True))
    told = [(one.diagnostic.span.path, one.diagnostic.span.line, one.entry.code) for one in report.results]
    broken = [(path, line, "ARC001") for path, line in (("a.toml", 3), ("b.toml", 2), ("c.yaml", 2), ("d.json", 1))]
    assert told == [*broken, ("h.toml", 1, "ARC005")]
    assert not any("s3cr3t" in one.diagnostic.message for one in report.results)


class TestFinding:
    def test_steps_and_stars(self) -> None:
        file = read(COMPOSE)
        assert [node.path for node in file.find("services", "*", "image")] == [
            ("services", "web", "image"),
            ("services", "db", "image"),
        ]
        assert values(file, "services", "*", "ports", "*") == ["80:80", "443"]

    def test_merged_keys_come_after_own_ones(self) -> None:
        file = read(COMPOSE)
        assert values(file, "services", "*", "restart") == ["always", "no"]
        db = next(file.find("services", "db"))
        assert [key for key, _ in db.items()] == ["image", "restart", "environment", "stop_signal"]

    def test_scalars_are_what_is_written(self) -> None:
        assert values(read("a: [no, on, 012, 1:30, 1e3, ~, '~', 2001-01-01]"), "a", "*") == [
            "no", "on", "012", "1:30", "1e3", "~", "~", "2001-01-01",
        ]  # fmt: skip

    def test_null_is_told_from_a_text(self) -> None:
        assert [node.is_null for node in read("a: [~, '~', null, '', x]").find("a", "*")] == [
            True, False, True, False, False,
        ]  # fmt: skip

    def test_the_last_of_a_key_that_is_given_twice_counts(self) -> None:
        assert values(read("a: 1\nb: 2\na: 3\n"), "*") == ["3", "2"]

    def test_documents(self) -> None:
        assert values(read("a: 1\n---\na: 2\n---\n[x]\n---\n"), "a") == ["1", "2"]

    @pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "text", "12", "---\n---\n", "null"])
    def test_roots_that_are_no_mapping(self, text: str) -> None:
        file = read(text)
        assert (list(file.find("services", "*")), file.problem) == ([], None)


class TestPositions:
    @pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
    def test_nodes_and_keys(self, bom: str, end: str) -> None:
        text = bom + f"ä😀: x{end}b:{end}  c: 'd e'  # why{end}  f: |{end}    g{end}    h{end}{end}i: [1, 2]{end}"
        file = read(text)
        context = ConfigContext(file.source, lambda _code, shape: shape())
        found = {".".join(node.path): node for steps in (("*",), ("b", "*")) for node in file.find(*steps)}
        assert {name: written(file, node).replace("\r", "") for name, node in found.items()} == {
            "ä😀": "x", "b": "c: 'd e'  # why\n  f: |\n    g\n    h", "i": "[1, 2]", "b.c": "'d e'",
            "b.f": "|\n    g\n    h",
        }  # fmt: skip
        for name, node in found.items():
            span = context.key_span(node)
            assert text[span.start : span.end] == name.rpartition(".")[2]
        assert context.entry_span(found["b.f"]).line == context.entry_span(found["b.f"]).end_line == 4

    def test_an_aliased_node_stands_where_the_alias_stands(self) -> None:
        file = read("a: &x {b: 1}\nc: *x\n")
        assert [written(file, node) for node in file.find("*")] == ["&x {b: 1}", "*x"]

    def test_json(self) -> None:
        text = '\ufeff{\n\t"a": [1, {"b": "\\ud83d\\ude00"}],\r\n\t"' + "k" * 2000 + '": null // why\n}'
        file = read(text, "a.json")
        assert [(node.value, written(file, node)) for node in file.find("a", "*", "b")] == [("😀", '"\\ud83d\\ude00"')]
        assert [written(file, node) for node in file.find("*")] == ['[1, {"b": "\\ud83d\\ude00"}]', "null"]

    @given(
        st.dictionaries(
            st.text(alphabet="aä😀\t\n\"'\\ :#-", max_size=6), st.integers() | st.none() | st.text(max_size=6)
        )
    )
    def test_json_values_are_where_they_are_written(self, data: dict[str, object]) -> None:
        text = json.dumps(data, ensure_ascii=False)
        file = read(text, "a.json")
        assert [node.key for node in file.find("*")] == list(data)
        for node in file.find("*"):
            assert json.loads(written(file, node)) == data[node.key]


class TestHostileInput:
    def test_a_bomb_of_aliases_is_walked_no_further_than_a_bound(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
        file = read("\n".join(lines))
        assert len(list(file.find("a9", *["*"] * 10))) == 100_000

    def test_a_bomb_of_merges_visits_each_mapping_once(self) -> None:
        lines = ["a0: &a0 {k: v}"]
        lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 30)]
        assert values(read("\n".join(lines)), "a29", "k") == ["v"]

    def test_an_anchor_that_holds_itself_ends(self) -> None:
        file = read("a: &a\n  b: *a\n  <<: *a\n")
        assert [node.is_null for node in file.find("a", "b")] == [True]
        assert values(file, "a", "b", "b") == []

    @pytest.mark.parametrize(
        ("text", "path", "place"),
        [
            pytest.param("a: 1\n\tb: 2\n", "a.yml", (2, 1), id="tab"),
            pytest.param("a: 1\nb: \x00\n", "a.yml", (None, None), id="nul"),
            pytest.param("a: 1\nb: \ud800\n", "a.yml", (2, 4), id="surrogate"),
            pytest.param("a: 1\nb: *x\n", "a.yml", (2, 4), id="no-anchor"),
            pytest.param("password: *hunter2\n", "a.yml", (1, 11), id="alias-shown"),
            pytest.param("password: !hunter2!x y\n", "a.yml", (1, 11), id="tag-shown"),
            pytest.param("a: 'x\n", "a.yml", (None, None), id="open-quote"),
            pytest.param("a: 1\n b: 2\n", "a.yml", (2, None), id="indent"),
            pytest.param('{"a": 1 "b": 2}', "a.json", (1, 9), id="json-comma"),
            pytest.param('{"a": 1', "a.json", (1, 8), id="json-end"),
            pytest.param('{"a": hunter2}', "a.json", (1, 7), id="json-word"),
            pytest.param("{a: 1}", "a.json", (1, 2), id="json-key"),
            pytest.param('{"a": 1}}', "a.json", (1, 9), id="json-closing"),
            pytest.param("[1]2", "a.json", (1, 4), id="json-after"),
        ],
    )
    def test_a_problem_has_a_place_and_shows_no_value(
        self, text: str, path: str, place: tuple[int | None, int | None]
    ) -> None:
        file = read(text, path)
        assert file.problem is not None
        assert file.documents == ()
        assert "hunter2" not in file.problem.message
        span = file.source.span(file.problem.offset, file.problem.offset)
        assert place[0] in {None, span.line}
        assert place[1] in {None, span.column}

    @pytest.mark.parametrize(
        ("text", "path", "reason"),
        [
            pytest.param("a: " + "[" * 3000, "a.yml", "nested deeper than 100 levels", id="deep-flow"),
            pytest.param("- " * 3000, "a.yml", "nested deeper than 100 levels", id="deep-block"),
            pytest.param("[" * 3000, "a.json", "nested deeper than 100 levels", id="deep-json"),
            pytest.param("- x\n" * 250_000, "a.yml", "more than 200000 values", id="many"),
            pytest.param("# " + "x" * 2_000_000, "a.yml", "longer than 2000000 characters", id="long"),
        ],
    )
    def test_what_is_too_much_is_skipped_with_the_reason(self, text: str, path: str, reason: str) -> None:
        file = read(text, path)
        assert (file.skipped, file.documents, file.problem) == (reason, (), None)

    @pytest.mark.parametrize(
        "text",
        [
            "name: {{ .Values.name }}\n",
            "{{- if .Values.on }}\na: 1\n{{- end }}\n",
            "{% for x in y %}\na: {{ x }}\n{% endfor %}\n",
            "a: 1\n b: '{{ x }}\n",
        ],
        ids=["helm", "helm-block", "jinja", "broken"],
    )
    def test_a_template_is_passed_over(self, text: str) -> None:
        file = read(text)
        assert (file.is_template, file.documents, file.problem) == (True, (), None)

    @pytest.mark.parametrize("text", ["run: echo ${{ github.sha }}\n", "msg: '{{ user }}'\n", 'a: "{{ x }}"\n'])
    def test_quoted_braces_make_no_template(self, text: str) -> None:
        assert len(read(text).documents) == 1

    @given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,?~<\t\n \\\ufeffä😀\x00\x85\u2028", max_size=40))
    @pytest.mark.parametrize("path", ["a.yml", "a.json"])
    def test_any_text_is_read_or_has_a_problem(self, path: str, text: str) -> None:
        file = read(text, path)
        if file.problem is not None:
            assert 0 <= file.problem.offset <= len(text)
        for steps in (("*",), ("*", "*")):
            for node in file.find(*steps):
                assert 0 <= node.start <= node.end <= len(text)


class TestKinds:
    @pytest.mark.parametrize(
        ("path", "text", "expected"),
        [
            ("deploy/docker-compose.prod.yml", "services: {a: {}}", True),
            ("compose.yaml", COMPOSE, True),
            ("stack.yml", "services: {a: {image: x}}", True),
            ("stack.yml", "services: {a: {class: App}}", False),
            ("stack.yml", "apiVersion: v1\nkind: X\nservices: {a: {image: x}}", False),
            ("compose.yml", "services: [a]", False),
        ],
    )
    def test_compose(self, path: str, text: str, expected: bool) -> None:
        assert is_compose(read(text, path)) is expected

    def test_kubernetes(self) -> None:
        text = (
            "apiVersion: v1\nkind: Service\n---\nkind: no version\n---\n"
            "apiVersion: v1\nkind: List\nitems:\n- {kind: Pod}\n- x\n"
        )
        assert [kind.value for each in kubernetes_documents(read(text)) if (kind := each.get("kind"))] == [
            "Service",
            "Pod",
        ]
