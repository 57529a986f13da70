"""Functions of plain logic: loops, branches, handlers and calls of each other, no two of them alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from string import Template

from scale_tree.words import KINDS, NOUNS, VERBS

STATEMENTS = tuple(
    Template(text)
    for text in (
        "$new = {one.$field: one for one in $rows if one.$field is not None}",
        "$new = [one.$field for one in $rows if one.$other != $text]",
        "$new = sorted($rows, key=lambda one: (one.$field, one.$other))[:$number]",
        "$new = sum(one.$field for one in $rows) - $number",
        "$new = $number if $seen else max($number, len($rows))",
        '$new = f"$word {$seen}: {len($rows)} of {$count}"',
        "$new = $call($rows, $number)",
        "$new = $call([one for one in $rows if one.$field], $count)",
        "$new = settings.get($text, $number)",
        'logger.info("$word $other of %s: %s", $seen, len($rows))',
        (
            "$new = 0\nfor position, one in enumerate($rows, start=$number):\n    $new += position * one.$field\n"
            "    if $new > $count:\n        break"
        ),
        (
            "$new = {}\nfor one in $rows:\n    $new.setdefault(one.$field, []).append(one)\n"
            "    if one.$other == $text:\n        continue\n    one.$other = $text"
        ),
        (
            "try:\n    $new = int($seen or $number) // $number\nexcept (TypeError, ValueError):\n"
            '    logger.warning("no $word for %s", $seen)\n    $new = $number'
        ),
        "if len($rows) > $number:\n    $new = $rows[0].$field\nelif $count:\n    $new = $text\nelse:\n    return []",
        "$new = []\nwhile len($new) < $count and $rows:\n    $new.append($rows[len($new) % len($rows)].$field)",
        (
            "for name, value in settings.items():\n    if name.startswith($text):\n"
            "        $count = max($count, len(str(value)))"
        ),
        (
            "# What is $word counts only where $other says so, since reports of the $field are closed before.\n"
            "$new = any(one.$field == $text for one in $rows)"
        ),
        "if not $rows:\n    raise ValueError($text)",
        '$new = {\n    "$word": $count,\n    "$field": [one.$field for one in $rows],\n    "$other": $text,\n}',
    )
)
_END = "\n    "
DOCS = (
    "Return the {0} of each {1}, as the {2} has them.",
    "Return what is left of the {0} when the {1} is settled.",
    "Return the {0} by {1}.\n\n    Those without a {2} are left out: nobody has agreed to them yet.",
    "Return how much of the {0} goes to the {1}, in cents.\n\n    The {2} is not rounded here.",
    "Return the {0} that the {1} names first.",
)


def functions(random: Random, count: int, known: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the names and the texts of functions; each may call those before it and the `known` ones."""
    names = list(known)
    used: set[str] = set()
    while len(used) < count:
        name = f"{random.choice(VERBS)}_{random.choice(KINDS)}_{random.choice(NOUNS)}"
        if name not in used:
            used.add(name)
            yield name, function(random, name, names)
            names.append(name)


def function(random: Random, name: str, callees: Sequence[str]) -> str:
    """Return a function that takes rows and a number."""
    rows, count = random.choice(NOUNS) + "s", random.choice(("limit", "size", "offset", "threshold"))
    doc = random.choice(DOCS).format(*random.sample(NOUNS, 3))
    body = "\n".join(statements(random, rows, count, callees))
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())
    head = f"def {name}({rows}: Sequence[Any], {count}: int = 0, **settings: Any) -> list[Any]:"
    end = _END if "\n" in doc else ""
    return f'{head}\n    """{doc}{end}"""\n{lines}'


def statements(random: Random, rows: str, count: str, callees: Sequence[str]) -> Iterator[str]:
    """Yield statements that use some rows and what the statements before them found."""
    seen = [count]
    for _ in range(random.randint(3, 9)):
        new = f"{random.choice(KINDS)}_{random.choice(NOUNS)}"
        template = random.choice(STATEMENTS)
        field, other = random.sample(NOUNS, 2)
        yield template.substitute(
            new=new,
            rows=rows,
            count=count,
            seen=random.choice(seen),
            field=f"{field}_{random.choice(('id', 'code', 'total', 'rank'))}",
            other=other,
            word=random.choice(NOUNS),
            text=f'"{random.choice(KINDS)} {random.choice(NOUNS)}"',
            number=random.randint(1, 500),
            call=random.choice(callees) if callees else "list",
        )
        if "$new =" in template.template and not template.template.startswith("if "):
            seen.append(new)
    yield f"return [{', '.join(seen[-3:])}]"
