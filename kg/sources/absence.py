"""Placeholders that digest generators write where a text is missing.

A pattern must match the whole of a short text: a summary that only speaks of failures, quotas or missing data is one.
"""

from __future__ import annotations

import re

_LONGEST = 400
_NOTHING = frozenset({"", "none", "null", "nan", "n/a", "na", "unknown", "-", "--", "无", "暂无", "未知"})
_DRESS = re.compile(r"^[\s*_`\"'“”‘’>\-–—⚠️❌🚫❗!()\[\]（）【】]+|[\s*_`\"'“”‘’()\[\]（）【】]+$")
_END = r"[\s.!?。！？…]*"

_PART = (
    r"(?:summary|abstract|title|tl;?dr|motivation|method|result|conclusion|keywords?|comments?|content|text|paper)s?"
)
_WORK = (
    r"(?:generation|analysis|extraction|translation|summari[sz]ation|processing|enhancement|completion|parsing"
    r"|retrieval|classification|response|request|summary|output)"
)
_DO = r"(?:generate|summari[sz]e|process|parse|retrieve|fetch|extract|translate|analy[sz]e|get|access|load|produce)"
_TECHNICAL = (
    r"(?:\bapi\b|quota|rate.?limit|time[d -]?out|\bhttps?\b|\bjson\b|\b[45]\d\d\b|(?:limit|length) exceeded"
    r"|connection (?:error|reset|refused|aborted|failed)|(?:request|server|network|parsing|internal) (?:error|failed)"
    r"|service unavailable|temporarily unavailable|failed to|not found|unexpected|unauthori[sz]ed|overloaded"
    r"|(?:missing|invalid) (?:or invalid )?(?:key|token|request|response|model|credentials))"
)
_ADVICE = r"(?:[.,;:!\s-]*(?:please\b|try again|retry|wait|contact|check|see)[^.]{0,80})?"

_ENGLISH = (
    (
        r"none|null|nan|nil|n/?a|unknown|undefined|empty|tbd|tba|todo|error|unexpected error|failed|failure"
        r"|unavailable|skipped|pending|нет|[-–—_/.…·]+"
    ),
    r"[{<\[]{1,2}\s*[a-z_]+(?:[.:][a-z_]+)*\s*[}>\]]{1,2}",
    rf"(?:there is )?no {_PART}(?: (?:is |was )?(?:available|provided|given|found|generated|yet))?",
    rf"(?:the )?{_PART} (?:is |was )?(?:not (?:available|provided|given|found|generated)|unavailable|missing)",
    (
        r"not (?:mentioned|specified|available|applicable|provided|stated|given|found|described)"
        rf"(?: in (?:the )?(?:given |provided )?{_PART})?"
    ),
    (
        rf"(?:[\w/-]+ ){{0,4}}{_WORK}"
        rf" (?:(?:has |was |is )?(?:failed|unavailable|not available|skipped|timed out|pending)){_ADVICE}"
    ),
    (
        r"(?:an? )?(?:unexpected |internal |api |server |runtime )*(?:error|exception|failure)(?: code)?"
        rf"\s*[:：\-–(]\s*.{{0,80}}{_TECHNICAL}.{{0,250}}"
    ),
    (
        r"(?:the |your |daily |api |model )*(?:quota|rate limit|usage limit|request limit|token limit)s?"
        r" (?:has been |have been |was |is |were )?(?:exceeded|reached|exhausted|hit|used up)"
        rf"(?: or (?:rate )?limit reached| for (?:today|this \w+|the \w+))?{_ADVICE}"
    ),
    (
        r"(?:sorry,? )?(?:i(?: am| was|'m)? )?(?:failed|unable|could ?n[o']t|can ?not|can't)(?: to)?"
        rf" {_DO}(?: (?:an?|the|this|its))?(?: {_PART}| {_WORK}){{0,2}}(?:[:：(].{{0,120}}|{_ADVICE})"
    ),
)

_ZH_WORK = r"(?:生成|提取|分析|翻译|处理|总结|获取|解析|请求|调用|访问|读取|加载)"
_ZH_TEXT = r"(?:摘要|总结|标题|动机|方法|结果|结论|内容|翻译|论文|文章|全文|关键词|评论|信息|响应)"
_ZH_PART = rf"(?:AI|API|TL;?DR|LLM|大?模型|数据|{_ZH_TEXT})"
_ZH_USER = r"(?:每日|今日|当日|免费|账[户号]|使用|的)"
_ZH_LIMIT = r"(?:配额|额度|余额|限额|调用次数|请求次数|调用量|速率|频率|流量)"
_ZH_ERROR = rf"(?:失败|{_ZH_LIMIT}|超时|错误|异常|无法|不可用|error|api|重试)"
_ZH_ADVICE = r"(?:[\s,，。;；:：!！(（]*(?:请|稍后|明天|正在|等待|将在)[^。]{0,40})?"
_ZH_REASON = rf"(?:\s*[:：(（].{{0,120}}|{_ZH_ADVICE})"

_ASIAN = (
    r"无|空|暂无|未知|错误|失败|不可用|待补充|待定|なし|없음",
    rf"(?:错误|出错|异常|失败|警告)\s*[:：!！]\s*[^。]{{0,40}}{_ZH_ERROR}[^。]{{0,40}}",
    rf"{_ZH_PART}*{_ZH_WORK}{{1,2}}(?:已|均)?(?:失败|出错|错误|异常|超时|中断){_ZH_REASON}",
    (
        r"(?:抱歉|对不起)?[,，]?(?:暂时?)?(?:无法|未能|不能)(?:成功)?"
        rf"{_ZH_WORK}(?:该|此|本|的|{_ZH_TEXT})*{_ZH_REASON}"
    ),
    (
        rf"(?:已|您已|因)?(?:达到|超出|超过|触发|用完|耗尽)了?\s*(?:{_ZH_PART}|{_ZH_USER})+\s*"
        rf"{_ZH_LIMIT}(?:限制|上限|限额|配额)?{_ZH_ADVICE}"
    ),
    (
        rf"(?:{_ZH_PART}|{_ZH_USER}|调用|请求|\s)*{_ZH_LIMIT}(?:限制)?"
        rf"(?:不足|已?用完|已?用尽|已?耗尽|超限|超出|已?达到?上限|已满|受限){_ZH_ADVICE}"
    ),
    r"请(?:联系|等待|检查|稍后|明天|重试)[^。]{0,20}(?:管理员|配额|额度|API|重试|再试|密钥|网络)[^。]{0,20}",
    rf"(?:暂无|未提供|暂未提供|暂未生成|尚未生成){_ZH_PART}+",
    (
        r"(?:该|本)?(?:原文|摘要|文中|论文|文章)?(?:中)?(?:并)?(?:未|没有)(?:明确|直接|具体)?"
        rf"(?:提及|提供|说明|给出|提到|涉及)(?:具体|相关)?的?{_ZH_PART}?"
    ),
    r".{0,12}(?:生成|取得|翻訳|要約|抽出|分析)に失敗しました",
    r".{0,12}(?:생성|분석|번역|추출|요약)(?:에)? ?실패(?:했습니다)?",
)
_PLACEHOLDER = re.compile(f"(?:{'|'.join((*_ENGLISH, *_ASIAN))}){_END}", re.IGNORECASE)
_CLAUSE = re.compile(r"[,，;；。!！]+\s*")
_APOLOGY = re.compile(r"(?:非常|很)?(?:抱歉|对不起|不好意思|遗憾)|sorry", re.IGNORECASE)


def named(text: str) -> str:
    """Return a name or a term with its white space folded, or nothing if it stands for none.

    Terms are too short to be told from a placeholder in any other way: *translation error* is a keyword.

    >>> named("N/A"), named(" Machine  translation error")
    ('', 'Machine translation error')
    """
    folded = " ".join(text.split())
    return "" if folded.lower() in _NOTHING else folded


def present(text: str | None) -> str:
    """Return ``text`` with its white space folded, or nothing if it is a placeholder for a missing text.

    >>> present("Summary generation failed"), present("达到API配额限制，请明天再试")
    ('', '')
    >>> present("Quota sampling fails when strata are small.")
    'Quota sampling fails when strata are small.'
    """
    folded = " ".join(text.split()) if text else ""
    if not folded or len(folded) > _LONGEST:
        return folded
    bare = _DRESS.sub("", folded)
    # The braces of an unfilled template are part of what gives it away.
    missing = not bare or _PLACEHOLDER.fullmatch(bare) or (bare != folded and _PLACEHOLDER.fullmatch(folded))
    return "" if missing or _excuses(bare) else folded


def _excuses(text: str) -> bool:
    """Tell whether every clause of a text is a placeholder or an apology, and one at least a placeholder.

    >>> _excuses("抱歉，API 配额不足，无法生成摘要")
    True
    """
    clauses = [clause for clause in _CLAUSE.split(text) if clause and not _APOLOGY.fullmatch(clause)]
    return bool(clauses) and all(map(_PLACEHOLDER.fullmatch, clauses))
