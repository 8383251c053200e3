"""CSV of accounts as spreadsheets write it, and what is wrong with it."""

import pytest

from accounts.csv_rows import CsvError, read_rows

HEADER = "account_id,name,environment,ou_path,tag:cost,external_id\n"
ROW = "012345678901,dev one,dev,/workloads/dev,4711,\n"


def read(text: str | bytes) -> list[tuple[int, dict[str, object], tuple[tuple[str, str], ...]]]:
    raw = text if isinstance(text, bytes) else text.encode()
    return [(row.line, dict(row.values), row.errors) for row in read_rows(raw, 3)]


def reasons(text: str | bytes) -> str:
    with pytest.raises(CsvError) as error:
        read(text)
    return " ".join(error.value.reasons)


def test_a_row_is_its_filled_cells_with_tags_gathered() -> None:
    wanted = {"account_id": "012345678901", "name": "dev one", "environment": "dev", "ou_path": "/workloads/dev"}
    assert read(HEADER + ROW) == [(2, {**wanted, "tags": {"cost": "4711"}}, ())]


def test_a_byte_order_mark_quotes_and_windows_lines_are_read() -> None:
    text = '\ufeffaccount_id,name,environment\r\n"012345678901","a ""b"", c",dev\r\n\r\n\r\n222222222222,two,prod\r\n'
    (first, second) = read(text)
    assert (first[0], first[1]["name"], second[0]) == (2, 'a "b", c', 5)


def test_a_line_is_where_its_row_begins_even_after_a_cell_of_several_lines() -> None:
    assert [row[0] for row in read('account_id,name,environment\n1,"a\nb",dev\n2,c,dev\n')] == [2, 4]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
@pytest.mark.parametrize("column", ["name", "owner_team", "tag:cost"])
def test_a_formula_is_refused_in_every_text_column(cell: str, column: str) -> None:
    header = ",".join(dict.fromkeys(["account_id", "name", "environment", column]))
    cells = {"account_id": "012345678901", "name": "n", "environment": "dev", column: cell}
    ((_, _, errors),) = read(f"{header}\n{','.join(cells[name] for name in header.split(','))}\n")
    assert [where for where, _ in errors] == [column] and "formula" in errors[0][1]


def test_an_external_id_may_begin_with_any_character_that_aws_takes() -> None:
    ((_, values, errors),) = read(HEADER + ROW.replace(",\n", ",=secret-id\n"))
    assert (values["external_id"], errors) == ("=secret-id", ())


@pytest.mark.parametrize("account_id", ["12345678901", "1.23457E+11", "1E+11"])
def test_digits_that_a_spreadsheet_took_away_are_explained(account_id: str) -> None:
    ((_, _, errors),) = read(HEADER + ROW.replace("012345678901", account_id))
    assert errors[0][0] == "account_id" and "text column" in errors[0][1]


def test_too_few_cells_are_the_row_s_own_error() -> None:
    ((_, values, errors), (_, _, fine)) = read(HEADER + "012345678901,dev, one,dev,/,,extra\n" + ROW)
    assert values == {"account_id": "012345678901"} and "7 cells" in errors[0][1] and fine == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (HEADER, "holds 0 accounts"),
        (HEADER + ROW * 4, "holds 4 accounts; 1 to 3"),
        ("account_id;name;environment\n", "with commas"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (HEADER.encode() + b"1,caf\xe9,dev,,,\n", "Line 2 is not UTF-8"),
        (HEADER + "1,a\x00b,dev,,,\n", "Line 2 holds a NUL"),
        (HEADER + '1,"open,dev,,,\n', "Line 2 is not CSV"),
        (HEADER + '1,"a"b,dev,,,\n', "Line 2 is not CSV"),
        ("account_id,name,environment," + ",".join(f"tag:{n}" for n in range(99)) + "\n", "are the most"),
    ],
)
def test_a_file_that_is_no_table_says_where_and_what_to_do(text: str | bytes, told: str) -> None:
    assert told in reasons(text)


def test_every_fault_of_the_header_is_told_at_once() -> None:
    told = reasons("account_id,colour,name,name,tag:\n")
    assert all(one in told for one in ("'colour'", "'name', stands twice", "'tag:'", "environment is missing"))
