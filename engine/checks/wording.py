"""Words in a sentence, and whether the sentence takes them back: negates them, or tells that they were changed. It knows no law.

A pattern's words: "a|b" is either, "…" up to 10 characters of the same clause, "……" up to 25 of the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？!?\n]+")
_CLAUSE_ENDS = "，,；;：:。！？!?\n（(）)"
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MOST = 20_000
#: A line broken in the middle of a Chinese sentence: long, without a mark at its end.
_WRAPPED = re.compile(
    r"(?<=[\u4e00-\u9fff，、][\u4e00-\u9fff，、])(?<=.{20})[ \t]*\n[ \t]*(?=[\u4e00-\u9fff，、])(?![一二三四五六七八九十]+[、.])"
)

#: "Must", though a negation stands in it.
_DOUBLE = re.compile(r"不得不|不能不|不可不|不得已|不会不|没有不|除了|不仅|不但|不光|不只")
#: Negations that reach over the whole clause, until another duty begins.
_STRONG = re.compile(
    r"不得|不准|不许|不应|不应当|不该|不宜|不允许|严禁|禁止|切勿|请勿|绝不|决不|坚决不|一律不|杜绝|任何人不|"
    r"\b(?:must|may|shall|should|can|do|does|did|will|is|are)\s+not\b|"
    r"\b(?:never|cannot|no longer|without|instead of|rather than|forbidden to|don't|not to)\b"
)
_DUTY = re.compile(
    r"必须|应当|而应|而是|只能|只可|就|便|则|须|立即|应(?!当)|改为|\b(?:but|must|shall|should)\b(?!\s+not)"
)
#: Negations that take back only what follows at once, after words such as these.
_WEAK = re.compile(
    r"(?:不再|不会|不能|不可|不可以|不要|不用|不予|不搞|不做|不作|不以|不是|不必|不需|不|未曾|未|没有|没|无需|无权|无|勿|莫|非|"
    r"避免|防止|拒绝|停止|取消|制止|反对|抵制|免除|免于|代替|替代|取代|废除|废止|而非|并非|不受|免受|免遭|不遭|\bno\b|\bnot\b|\bnor\b)"
    r"(?:再|也|都|只|以|用|靠|任何形式的|任何|一切|各种|变相|直接|擅自|随意|继续|采取|采用|进行|通过|故意|简单|一味|因此|为此|去|来|"
    r"搞|做|私自|私下|自行|所谓的|所谓|是|要|予以|加以|被|实施|使用|出现|发生|收受|参加|安排|接受|组织|受到|遭到|遭受|购买|采购|雇佣|委托|花钱|"
    r"[对向给让][^，。；：、]{0,8}?|[把将][^，。；：、]{0,10}?|\s|any|the|a|an|to)*$"
)
#: After the words: the sentence tells that they were changed or are unlawful.
_CHANGED = re.compile(
    r"改为|改成|改作|改用|改由|换成|替换为|代之以|(?:已|被|现|予以)[^，。；]{0,12}(?:废止|失效)|于法不合|于法无据|不合法|不合规|"
    r"违反[^，。；]{0,14}(?:法|条例|规定|解释|办法|条)(?![者的])|(?:属于?|是|构成|涉嫌|系|均为)[^，。；]{0,4}(?:违法|犯罪|非法)|违法的|"
    r"无此类别|没有(?:法律|这一|此)|无法律依据|不适用|不采用|不再采用|不予采纳|被禁止|应当避免|应予纠正|行不通|按争议|"
    r"\b(?:was|is|are|were)\s+(?:changed|replaced|repealed|unlawful|illegal|forbidden|not allowed)\b|\breplaced by\b|\bunlawful\b|\billegal\b"
)
#: Before words in quotes: the sentence speaks of them instead of ordering them.
_SPEAKS = re.compile(r"模板|原文|原稿|旧版|所称|所谓|称为|一词|说法|改为|法律|template")
_QUOTES = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|‘[^’]*’")
#: Before a list: everything in it is forbidden.
_LIST = re.compile(
    r"(?:不得|禁止|严禁|不准|不许|切勿|杜绝|避免|不可|must not|never|forbidden)[^：:。]{0,30}[：:]|(?:禁止|严禁|不得)(?:事项|行为)?[：:]"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to look for. `without`: phrases not looked at; `unless`: words that make a sentence lawful."""

    words: tuple[re.Pattern[str], ...]
    without: tuple[str, ...]
    unless: tuple[str, ...]


def pattern(words: Iterable[str], without: Iterable[str], unless: Iterable[str]) -> Pattern:
    """Return the pattern that the texts describe. Raises ValueError for an empty one."""
    return Pattern(
        tuple(_compiled(text) for text in words),
        tuple(text.lower() for text in without),
        tuple(text.lower() for text in unless),
    )


def screen(patterns: Iterable[Pattern]) -> Callable[[str], bool]:
    """Return a quick question: may any of the patterns be in a text? Most texts hold none of their words."""
    heads = {head for one in patterns for words in one.words for head in _heads(words)}
    firsts = re.compile("|".join(re.escape(head) for head in sorted(heads)))

    def may(text: str) -> bool:
        return firsts.search(_plain(text).lower()) is not None

    return may


def found(text: str, wanted: Pattern, about: str = "") -> Iterator[str]:
    """Yield the parts of `text` that fit and that their sentence does not take back; `about` counts as said before it."""
    if not text:
        return
    plain = _plain(text)
    is_forbidden_list = False
    for sentence in _SENTENCE.finditer(plain):
        words = sentence[0]
        low = words.lower()
        ends_in_list = _ends_a_list(low)
        if any(word in low or word in about.lower() for word in wanted.unless):
            is_forbidden_list = ends_in_list or (is_forbidden_list and _is_item(words))
            continue
        for phrase in wanted.without:
            low = low.replace(phrase, "　" * len(phrase))
        is_item = is_forbidden_list and _is_item(words)
        for one in wanted.words:
            for hit in one.finditer(low):
                if not is_item and not _is_taken_back(low, hit.start(), hit.end()):
                    yield words[hit.start() : hit.end()].strip()
        is_forbidden_list = ends_in_list or is_item


def _plain(text: str) -> str:
    """Return a text without what a page fills in, broken lines joined."""
    return _PLACEHOLDER.sub(lambda one: "　" * len(one[0]), _WRAPPED.sub("", text[:_MOST]))


def _heads(words: re.Pattern[str]) -> set[str]:
    """Return the words that a compiled pattern begins with."""
    inside = words.pattern[words.pattern.index("(?:") + 3 : words.pattern.index(")")]
    return {head.replace("\\", "") for head in inside.split("|")}


def _ends_a_list(sentence: str) -> bool:
    """Return whether the sentence begins a list of what is forbidden, told in the lines that follow."""
    text = sentence.rstrip()
    return text.endswith(("：", ":")) and _LIST.search(text) is not None


def _is_item(sentence: str) -> bool:
    return re.match(r"\s*(?:[-·•*]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])", sentence) is not None


def _is_taken_back(sentence: str, start: int, end: int) -> bool:
    if _CHANGED.search(sentence, end):
        return True
    quoted = any(one.start() < start and end < one.end() for one in _QUOTES.finditer(sentence))
    if quoted and (_SPEAKS.search(sentence) or _STRONG.search(sentence)):
        return True
    before = sentence[:start]
    list_head = _LIST.search(before)
    if list_head is not None and _DUTY.search(before, list_head.end()) is None:
        return True
    clause = before[max(before.rfind(mark) for mark in _CLAUSE_ENDS) + 1 :]
    clause = _DOUBLE.sub(lambda one: "　" * len(one[0]), clause).rstrip("“「『‘《\"' ")
    strong = list(_STRONG.finditer(clause))
    if strong and _DUTY.search(clause, strong[-1].end()) is None:
        return True
    return _WEAK.search(clause) is not None


def _compiled(text: str) -> re.Pattern[str]:
    parts = re.split(r"\s*(……|…)\s*", text.strip())
    if not all(part.strip() for part in parts):
        raise ValueError(f"{text!r}: words are missing")
    is_english = text.isascii() or not re.search(r"[\u4e00-\u9fff]", text)
    gaps = {
        "…": r"[^，。；：！？\n,;]{0,40}?" if is_english else r"[^，。；：！？\n,;]{0,10}?",
        "……": r"[^。！？\n]{0,100}?" if is_english else r"[^。！？\n]{0,25}?",
    }
    made = []
    for part in parts:
        if part in gaps:
            made.append(gaps[part])
            continue
        words = [re.escape(word.strip().lower()) for word in part.split("|")]
        if not all(words):
            raise ValueError(f"{text!r}: words are missing")
        made.append((r"\b" if is_english else "") + f"(?:{'|'.join(sorted(words, key=len, reverse=True))})")
    return re.compile("".join(made))
