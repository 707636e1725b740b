"""What is wrong with a text that should be JSON, in words of people. It reads nothing."""

from __future__ import annotations

import json

#: What Python's reader says, and the same in Chinese.
_FAULTS = {
    "Expecting value": "这里应有一个值",
    "Expecting property name enclosed in double quotes": "成员名应写在双引号里（逗号可能多了一个）",
    "Expecting ':' delimiter": "成员名后面少了冒号",
    "Expecting ',' delimiter": "两项之间少了逗号",
    "Illegal trailing comma before end of object": "最后一项后面多了逗号",
    "Illegal trailing comma before end of array": "最后一项后面多了逗号",
    "Extra data": "结束以后还有内容",
    "Unterminated string starting at": "文字少了结尾的引号",
    "Invalid control character at": "文字里有换行或控制字符",
    "Invalid \\escape": "反斜杠后面的字符不对",
    "Invalid \\uXXXX escape": "\\u 后面应是四位十六进制数",
}


def fault_of(error: Exception) -> tuple[str, str]:
    """Return (zh, en) of what reading JSON raised: place and reason, without a full stop."""
    if isinstance(error, json.JSONDecodeError):
        zh = _FAULTS.get(error.msg, error.msg)
        return (
            f"第 {error.lineno} 行第 {error.colno} 列，{zh}",
            f"line {error.lineno}, column {error.colno}: {error.msg}",
        )
    if isinstance(error, UnicodeDecodeError):
        return "文字不是 UTF-8 编码", "the text is not UTF-8"
    if isinstance(error, RecursionError):
        return "嵌套太深", "it nests too deep"
    if isinstance(error, UnicodeEncodeError):
        return "里面有不完整的字符（半个代理对）", "it holds half a character (a lone surrogate)"
    return str(error), str(error)
