#!/usr/bin/env python3
"""Writes the reference of a language's surface from the docstrings in what was generated and in its façade.

reference.py OUT FILES...: one page, with every public declaration under its docstring.
"""

import pathlib
import re
import sys

DECLARED = {
    ".kt": re.compile(r"^\s*(?:@\S+\s+)*(?:public |override |open |abstract |sealed |data |enum |const |suspend |operator )*"
                      r"(?:class|interface|object|fun|val|var) .*"),
    ".swift": re.compile(r"^\s*(?:public |open |final |static |convenience )*(?:class|struct|enum|protocol|func|var|let|init|case)\b.*"),
    ".py": re.compile(r"^\s*(?:async )?(?:class|def) .*"),
}
HIDDEN = re.compile(r"\b(?:private|internal|fileprivate|Ffi\w*|uniffi\w*|Uniffi\w*|RustBuffer|ForeignBytes)\b")


def declarations(path):
    """Each documented declaration of a file with its docstring."""
    pattern, text, docs = DECLARED[path.suffix], [], path.read_text(encoding="utf-8").splitlines()
    is_open = False
    for number, line in enumerate(docs):
        word = line.strip()
        if path.suffix == ".py":
            if pattern.match(line) and number + 1 < len(docs) and docs[number + 1].strip().startswith('"""') and not HIDDEN.search(line):
                body = []
                for following in docs[number + 1:]:
                    body.append(following.strip().strip('"'))
                    if following.strip().endswith('"""') and (len(body) > 1 or len(following.strip()) > 3):
                        break
                yield line.rstrip(": "), [part for part in body if part]
            continue
        if word.startswith("/**"):
            is_open, text = not word.endswith("*/"), [word.strip("/* ")]
        elif word.startswith("///"):
            text.append(word[3:].strip())
        elif is_open:
            is_open = "*/" not in word
            text.append(word.strip("/* "))
        elif text and pattern.match(line):
            if not HIDDEN.search(line):
                yield line.rstrip("{ ").rstrip(), [part for part in text if part]
            text = []
        elif not word.startswith("@"):
            text = []


def main(out, *files):
    seen, count = set(), 0
    with open(out, "w", encoding="utf-8") as page:
        page.write(f"# {pathlib.Path(out).stem}\n\nWritten from docstrings.\n")
        for name in files:
            page.write(f"\n## {pathlib.Path(name).name}\n\n")
            for declared, text in declarations(pathlib.Path(name)):
                if (declared, tuple(text)) not in seen:
                    seen.add((declared, tuple(text)))
                    count += 1
                    page.write(f"- `{declared.strip()}`: {' '.join(text)}\n")
    if not count:
        sys.exit(f"{out}: nothing is documented")
    print(f"{out}: {count} declarations")


main(*sys.argv[1:])
