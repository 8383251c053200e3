"""Two values side by side: what stands in which row, and what is marked."""

from typing import Any

import pytest

from provisioning.admin.diff_view import ABSENT, FieldView, field_view, item_views, line_rows, text_lines

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
WIDER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def marks(view: FieldView) -> list[tuple[str, str, str]]:
    return [
        (row.mark, row.left.text if row.left else "", row.right.text if row.right else "")
        for row in view.rows
        if row.mark != "same"
    ]


def test_equal_values_have_no_marked_row() -> None:
    view = field_view("path", "/teams/", "/teams/")
    assert (view.mark, marks(view)) == ("same", [])


def test_elements_of_a_list_are_lines_of_their_own() -> None:
    view = field_view("attached_policies", ["arn:b", "arn:a"], ["arn:a", "arn:c"])
    assert [row.left.text for row in view.rows if row.left] == ["arn:a", "arn:b"]
    assert [row.right.text for row in view.rows if row.right] == ["arn:a", "arn:c"]
    assert view.mark == "changed"


def test_only_the_words_that_differ_are_marked_inside_a_line() -> None:
    (row,) = line_rows(['"Action": "s3:GetObject"'], ['"Action": "s3:PutObject"'])
    assert row.left
    assert row.right
    assert [piece.text for piece in row.left.pieces if piece.changed] == ["GetObject"]
    assert [piece.text for piece in row.right.pieces if piece.changed] == ["PutObject"]


def test_a_line_of_thousands_of_words_is_marked_as_a_whole() -> None:
    (row,) = line_rows(["a " * 1000], ["b " * 1000])
    assert row.left
    assert len(row.left.pieces) == 1


def test_lines_keep_the_numbers_they_have_on_their_own_side() -> None:
    rows = list(line_rows(["a", "c"], ["a", "b", "c"]))
    assert [(row.left and row.left.number, row.right and row.right.number) for row in rows] == [
        (1, 1),
        (None, 2),
        (2, 3),
    ]


def test_document_is_shown_line_by_line_in_reading_order() -> None:
    turned = {"Statement": [dict(reversed(DOCUMENT["Statement"][0].items()))], "Version": "2012-10-17"}  # type: ignore[index, attr-defined]
    assert text_lines(turned) == text_lines(DOCUMENT)
    assert marks(field_view("document", DOCUMENT, WIDER)) == [
        ("changed", '      "Action": "s3:GetObject",', '      "Action": "s3:*",')
    ]


def test_documents_that_aws_treats_alike_are_no_difference() -> None:
    listed = {"Version": "2012-10-17", "Statement": DOCUMENT["Statement"][0]}
    view = field_view("document", DOCUMENT, listed)
    assert (view.mark, view.alike) == ("same", True)


def test_missing_resource_shows_the_whole_desired_item() -> None:
    views = item_views(ABSENT, {"path": "/", "members": ["ann"], "boundary": "unmanaged"})
    assert [(view.name, view.mark, view.left_note) for view in views] == [
        ("members", "added", "not there"),
        ("path", "added", "not there"),
    ]


def test_extra_resource_shows_the_whole_observed_item() -> None:
    views = item_views({"path": "/", "members": []}, ABSENT)
    assert [(view.name, view.mark, view.right_note) for view in views] == [
        ("members", "removed", "not declared"),
        ("path", "removed", "not declared"),
    ]


def test_inline_policies_are_fields_of_their_own() -> None:
    views = item_views({"inline_policies": {"Read": DOCUMENT, "Old": WIDER}}, {"inline_policies": {"Read": WIDER}})
    assert [(view.name, view.mark) for view in views] == [
        ("inline_policies[Old]", "removed"),
        ("inline_policies[Read]", "changed"),
    ]


def test_inline_policies_beside_none_are_all_new() -> None:
    views = item_views({"inline_policies": {}}, {"inline_policies": {"Read": DOCUMENT}})
    assert [(view.name, view.mark, view.left_note) for view in views] == [
        ("inline_policies[Read]", "added", "not there")
    ]


def test_shared_list_says_that_others_may_have_added() -> None:
    view = field_view("members", {"include": []}, {"include": ["ann"]})
    assert view.shared
    assert marks(view) == [("added", "", "ann")]
    assert view.left_note == "empty"


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        pytest.param(None, ["none"], id="none is a value"),
        pytest.param(ABSENT, [], id="absent has no line"),
        pytest.param(True, ["true"], id="flags as JSON writes them"),
        pytest.param(3600, ["3600"], id="numbers"),
        pytest.param("one\ntwo", ["one", "two"], id="lines of a text"),
        pytest.param({"b": 1, "a": None}, ["a: none", "b: 1"], id="names and values"),
        pytest.param([{"a": 1}], ["[", "  {", '    "a": 1', "  }", "]"], id="anything else as JSON"),
    ],
)
def test_values_as_lines(value: Any, lines: list[str]) -> None:
    assert text_lines(value) == lines
