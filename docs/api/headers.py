"""Copies of wick's headers for Doxygen, in which is written out what their readers see at once:

- a docstring stands for the functions right below it, up to the next empty line or comment; in a class for overloads;
- a docstring with an empty line below it stands for what follows and has none of its own;
- `struct LinearOptions` has the options of Linear, and what a class inherits from a base in `detail` is its own;
- comparisons by `= default`, printing by `<<`, inherited constructors, `Scalar` and what cannot be copied need no words;
- copies, moves, destructors, deleted overloads, protected members and namespaces `detail` are not there.
"""

import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
include = root / "include"

# What a class has because the public base that it derives from asks for it.
asked_for = {
    "LossFunction": "name|compute",
    "ActivationModule": "name|options|apply|refuse_wrong",
    "DimensionModule": "name|apply",
}


def fail(place, what):
    sys.exit(f"include/{place}: error: {what}")


def indent_of(text):
    return len(text) - len(text.lstrip())


def is_docstring(text):
    return re.match(r"\s*///(?!<)", text) is not None


def code_of(text):
    """A line without its texts and comments, whose brackets do not count."""
    text = re.sub(r'"(\\.|[^"\\])*"|(?<!\w)\'(\\.|[^\'\\])+\'', "0", text)
    return re.sub(r"//.*|/\*.*?\*/", "", text).strip()


def bracket_ends(text):
    """Where the bracket <> that a text begins with is closed."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "<") - (c == ">" and text[i - 1] != "-")
        if depth == 0:
            return i
    return len(text)


def without_template(declared):
    """A declaration without `template <...>` in front of it."""
    while declared.startswith("template <"):
        declared = declared[len("template ") :]
        declared = declared[bracket_ends(declared) + 1 :].lstrip()
    return declared


class Source:
    """A header; each of its lines goes with its place, "wick/nn/linear.hpp:12"."""

    def __init__(self, path):
        self.name = path.relative_to(include).as_posix()
        self.text = path.read_text()
        self.lines = [(f"{self.name}:{i}", text) for i, text in enumerate(self.text.splitlines(), 1)]

    def without_detail(self):
        kept, inside = [], False
        for place, text in self.lines:
            inside = inside or text == "namespace detail {"
            if not inside:
                kept.append((place, text))
            inside = inside and text != "}  // namespace detail"
        return kept

    def has_page(self):
        """Whether anything is to be shown of it: what is in its namespace, but for `detail`."""
        if "/detail/" in self.name:
            return False
        texts = [text for _, text in self.without_detail()]
        if "WICK_BEGIN_NAMESPACE" not in texts:
            return False
        inside = texts[texts.index("WICK_BEGIN_NAMESPACE") + 1 : texts.index("WICK_END_NAMESPACE")]
        return any(re.match(r"[^\s/#]", text) for text in inside)

    def comment(self):
        """The comment that the header begins with."""
        found = []
        for _, text in self.lines[2:]:
            if not text.startswith("//"):
                break
            found.append(text[2:].removeprefix(" "))
        return "\n".join(found)


sources = [Source(path) for path in sorted(include.glob("wick/**/*.hpp"))]
classes = {name for source in sources for name in re.findall(r"^(?:class|struct) (\w+)", source.text, re.M)}
with_page = {source.name.removeprefix("wick/") for source in sources if source.has_page()}
functions = {name for source in sources for _, text in source.lines for name in re.findall(r"(\w+)\)?\(", code_of(text))}
functions |= {"iter", "repr"}  # of Python
functions |= {  # of scikit-learn
    "average_precision_score", "brier_score_loss", "explained_variance_score", "log_loss", "mean_absolute_percentage_error",
    "r2_score", "roc_auc_score", "root_mean_squared_error", "top_k_accuracy_score",
}


# --- Bases in `detail` ---


def inherited(name, given):
    """The public part of a class in `detail` with those template arguments, and the base that it has itself."""
    head = re.compile(rf"^(?:template <(.*)>\n)?class {name}( : .*)? \{{$", re.M)
    source, match = next((s, m) for s in sources for m in [head.search(s.text)] if m)
    parameters = [part.split()[-1] for part in match[1].split(", ")] if match[1] else []

    def replaced(text):
        for parameter, argument in zip(parameters, given):
            text = re.sub(rf"\b{parameter}\b", argument, text)
        # A rule's options are those of its optimizer.
        return re.sub(r"typename detail::(\w+)Rule::Options", r"\1Options", text)

    lines, public, in_constructor, depth = [], False, False, 0
    for place, text in source.lines[source.text[: match.end()].count("\n") + 1 :]:
        if text == "};":
            break
        if in_constructor or re.match(rf"  (explicit )?{name}\(", text):
            code = code_of(text)
            depth += code.count("{") - code.count("}")
            in_constructor = depth > 0 or not code.endswith((";", "}"))
            while lines and is_docstring(lines[-1][1]):
                lines.pop()
            continue
        if text in (" public:", " protected:", " private:"):
            public = text == " public:"
        elif public:
            lines.append((place, text if is_docstring(text) else replaced(text)))
    return lines, replaced(match[2] or "")


def with_inherited(lines):
    """The lines with what classes inherit from bases in `detail` as their own."""
    i = 0
    while i < len(lines):
        place, text = lines[i]
        if re.match(r" +: public detail::", text):  # of a head in two lines
            i -= 1
            text = f"{lines[i][1]} {text.lstrip()}"
            del lines[i + 1]
        if "public detail::" not in text:
            i += 1
        elif match := re.match(r"((?:class|struct) .*?) : public detail::(\w+)(?:<(.*)>)? \{$", text):
            members, base = inherited(match[2], match[3].split(", ") if match[3] else [])
            end = next(k for k in range(i, len(lines)) if lines[k][1] == "};")
            lines[end:end] = [(place, " public:"), *members]
            lines[i] = (place, f"{match[1]}{base} {{")  # once more, for the base of the base
        else:
            fail(place, "docs/api/headers.py does not understand this base")
    return lines


# --- Declarations ---


def name_of(declared):
    """The name of a function."""
    declared = re.sub(r"\brequires ?(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))", "", declared)
    declared = re.sub(r"\b(explicit|noexcept|decltype|alignas)\(.*?\)", "", declared)
    match = re.search(r"(operator(?: \w[\w<> ]*|\W+?)|\b\w+)\)?\(", declared)
    return match and re.sub(r"operator .*", "operator", match[1])


def copies(declared):
    """Whether it copies or moves a class."""
    return re.search(r"\b(\w+)\((const )?\1&|\b(\w+)& operator=\((const )?\3&", declared) is not None


def implied(declared, base):
    """What nobody needs to be told of a declaration; None of all others."""
    if (match := re.match(r"struct (\w+)Options \{", declared)) and match[1] in classes:
        return f"Options of {match[1]}."
    if match := re.match(r"using (\w+)(?:<.*>)?::\1;", declared):
        return f"Is made as {match[1]} is."
    if declared == "using Scalar = T;":
        return "What it computes in."
    if declared.startswith("static constexpr const char* class_name"):
        return "What name() returns."
    if declared.startswith("static constexpr bool larger_is_better"):
        return "Whether a larger result is the better one."
    if re.search(r"(const char\*|std::string&?) name\(\) (const|noexcept|\{)", declared):
        return "What it is called in reports."
    if "operator==" in declared and declared.endswith("= default;"):
        return "Whether all members are equal."
    if declared.startswith("friend std::ostream& operator<<"):
        return "Prints it."
    if declared.endswith("= delete;") and copies(declared):
        return "It is not " + ("moved." if "&&" in declared else "copied.")
    if base in asked_for and re.match(rf"static .*\b({asked_for[base]})\b", declared):
        return f"What {base} asks for."
    return None


def needs_nothing(declared):
    """Whether a declaration that has no docstring is of a kind that is not shown."""
    if declared.endswith("= delete;"):
        return not copies(declared)
    return copies(declared) or re.match(r"(virtual )?~|(\w+)\(.*\) -> \2<|.*::~\w+\(", declared) is not None


class Written:
    """A header written out, declaration by declaration: `lines`."""

    def __init__(self, lines):
        self.given = lines
        self.lines = []
        self.own = []  # the docstring of the next declaration
        self.above, self.above_name = [], None  # and that of the declaration right above
        self.standing = {}  # docstrings with an empty line below them, by indentation
        self.bases = {}  # what the classes around derive from, by indentation
        i = 0
        while i < len(lines):
            if is_docstring(lines[i][1]):
                i = self.docstring(i)
            elif re.match(r"\s*($|//|#|[})]|(public|protected|private):|WICK_(?!INLINE))", lines[i][1]):
                i = self.between(i)
            else:
                i = self.declaration(i)

    def docstring(self, begin):
        end = begin
        while is_docstring(self.given[end][1]):
            end += 1
        self.own, self.above = for_doxygen(self.given[begin:end]), []
        if not self.given[end][1].strip():
            self.standing[indent_of(self.given[begin][1])], self.own = self.own, []
        return end

    def between(self, i):
        place, text = self.given[i]
        if not text.strip() or text.lstrip().startswith("// "):
            self.above = []
        if text.lstrip().startswith("}"):
            self.standing = {at: said for at, said in self.standing.items() if at <= indent_of(text)}
        self.lines.append((place, text.replace("protected:", "private:")))
        return i + 1

    def end_of(self, begin):
        """The last line of a declaration, or, of one that others are in, that of its {; and whether it is such a one."""
        depth = 0
        scope = False
        for i in range(begin, len(self.given)):
            code = code_of(self.given[i][1])
            scope = scope or depth == 0 and re.match(r"(inline )?(class|struct|union|namespace)\b", code) is not None
            if scope and depth == 0 and code.endswith("{") and code.count("{") == code.count("}") + 1:
                return i, True
            depth += sum(map(code.count, "({")) - sum(map(code.count, ")}"))
            if depth == 0 and code.endswith((";", "}")):
                return i, False
        return fail(self.given[begin][0], "docs/api/headers.py does not see where this declaration ends")

    def declaration(self, begin):
        end, scope = self.end_of(begin)
        lines = self.given[begin : end + 1]
        place, text = lines[0]
        indent = indent_of(text)
        declared = without_template(" ".join(code_of(text) for _, text in lines))
        own = self.own
        shown = True
        if not own and not any("///<" in text for _, text in lines):
            base = next((self.bases[at] for at in sorted(self.bases, reverse=True) if at < indent), None)
            shown = not needs_nothing(declared)
            if said := implied(declared, base):
                own = [(place, "/// " + said)]
            elif self.above and (indent == 0 or self.above_name is not None and name_of(declared) == self.above_name):
                own = self.above
            else:
                own = self.standing.get(indent, [])
        if shown:
            # In parentheses for the sake of those whose max and min are macros.
            lines = [(place, re.sub(r"(?<=[\w>])\((max|min)\)\(", r" \1(", text)) for place, text in lines]
            if several := re.match(r"(\w+) (\w+(?:, \w+)+);$", declared):
                lines = []
                for name in several[2].split(", "):
                    lines += [*own, (place, f"{several[1]} {name};")]
                own = []
            self.lines += own + lines
        if re.match(r"enum\b", declared):
            self.check_values(lines)
        if scope:
            match = re.search(r": public (\w+)", declared)
            self.bases[indent] = match and match[1]
        self.above, self.above_name = [] if scope else own, name_of(declared)
        self.own = []
        return end + 1

    @staticmethod
    def check_values(lines):
        """Each value of an enumeration says what it is, or the docstring of all does where they are in one line."""
        for (_, before), (place, text) in zip(lines, lines[1:-1]):
            if code_of(text) and "///<" not in text and not is_docstring(before):
                fail(place, f"{code_of(text).rstrip(',')} of this enumeration is not documented")


# --- Docstrings ---

header_name = r"(?<![\w/`<])(?:\w+/)+\w+\.hpp\b"


def group_of(name):
    return re.sub(r"\W", "_", name)


def readable(text):
    """Text in which Doxygen takes nothing for a command, for HTML, a list or a quotation."""

    def code(match):
        return "<code>" + match[1].replace("<", "&lt;").replace(">", "&gt;") + "</code>"

    text = re.sub(r"`([^`]*)`", lambda m: code(m) if re.search("[<>]", m[1]) else m[0], text)
    text = re.sub(r"#(?=include)", r"\\#", text)
    text = re.sub(header_name, lambda m: f'@ref {group_of(m[0])} "{m[0]}"' if m[0] in with_page else m[0], text)
    return re.sub(r"^([+*>] )", r"\\\1", text, flags=re.M)


def check_names(place, text):
    """Functions and headers that a docstring names are there; Doxygen says nothing of others."""
    for name in re.findall(header_name, text):
        if not (include / "wick" / name).exists() and not (include / name).exists():
            fail(place, f"there is no {name}")
    for name in re.findall(r"(?<![\w.])(\w+)\(\)", re.sub(r"`[^`]*`", "", text)):
        if name not in functions:
            fail(place, f"there is no {name}()")


def first_sentence(text):
    """Where the first sentence of a text ends."""
    hidden = re.sub(r"`[^`]*`", lambda m: "x" * len(m[0]), text)
    for match in re.finditer(r"[.!?](?=\s)", hidden):
        if not re.search(r"(\b[A-Z]|\.\.|e\.g|i\.e|et al)$", hidden[: match.start()]):
            return match.end()
    return len(text)


def summary(sentence):
    """In lists Doxygen begins with a capital letter, which names and formulas do not have: it gets what is not seen."""
    return "@brief " + ("&zwnj;" if sentence[:1].islower() else "") + sentence


def for_doxygen(docstring):
    """A docstring as Doxygen needs it, with its first sentence as the summary."""
    indent = " " * indent_of(docstring[0][1]) + "/// "
    texts = [text.strip()[3:].removeprefix(" ") for _, text in docstring]
    for (place, _), text in zip(docstring, texts):
        if not text.startswith("    "):
            check_names(place, text)
    length = next((i for i, text in enumerate(texts) if not text or text.startswith("    ")), len(texts))
    begin = "\n".join(texts[:length])
    end = first_sentence(begin)
    rest = begin[end:].strip()
    lines = (readable(summary(begin[:end])) + ("\n\n" + readable(rest) if rest else "")).split("\n")
    lines += [text if text.startswith("    ") else readable(text) for text in texts[length:]]
    return [(docstring[min(i, len(docstring) - 1)][0], indent + line) for i, line in enumerate(lines)]
