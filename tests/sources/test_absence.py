"""Placeholders are absence; whatever speaks of a paper stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sources.absence import named, present

PLACEHOLDERS = """
Summary generation failed
Motivation analysis unavailable
Method extraction failed
Result analysis unavailable
Conclusion extraction failed.
Title translation failed
*Summary generation failed*
⚠️ Abstract generation failed!
Summary generation failed. Please try again later.
Error: API quota exceeded
Error: API quota exceeded or rate limit reached. Please try again later.
ERROR: 503 Service Unavailable
Error code: 429 - {'error': {'message': 'Rate limit reached for model in organization x on tokens per day'}}
Exception: Connection reset by peer, request failed
Error - request timed out
API quota exceeded
Daily quota exceeded for today, please wait until tomorrow
Rate limit reached.
Unexpected Error
error
Unable to generate summary
I'm unable to access the paper
Failed to parse response: Expecting value: line 1 column 1
Sorry, I cannot summarize this paper
Not mentioned in abstract
Not specified in the provided abstract.
No summary available
No comments
Abstract not available.
None
N/A
null
...
--
{ai_comment}
{{ summary }}
[abstract]
达到API配额限制，请明天再试
请联系管理员或等待明天API配额重置。
已达到每日API配额限制
API配额不足，请稍后再试
今日额度已用完
模型调用次数已达上限
错误：AI分析失败。
错误: API请求超时
摘要生成失败
AI分析失败
生成失败，请稍后重试。
翻译失败：Connection error
无法获取
无法获取摘要。
抱歉，无法生成该论文的总结
暂无
暂无摘要
无
未提及
摘要中未提及
原文未明确说明具体方法
不可用
要約の生成に失敗しました。
요약 생성 실패
""".strip().splitlines()

MESSAGE = re.compile(r"error|exception|翻译失败：", re.IGNORECASE)
"""What begins so is a message of a program, however long."""

GENUINE = """
Error: a study of network failure in teams of robots.
Errors: what a missing key token costs a parser.
The method fails when the summary is longer than the text.
Summary generation failed to keep facts until we aligned it with the source.
Quota sampling fails when strata are small.
API quota exceeded errors are predicted by a queue model with 93% accuracy.
Rate limits reached by polar codes are analysed.
Error: a taxonomy of why robots fall.
Errors in grasping are detected by sound.
Failure is common.
Unable to process long contexts, transformers need memory; we give them one.
Failed grasps are retried with a second hand.
No method available today handles both noise and delay.
Not mentioned in abstracts before, the effect is measured here for the first time.
None of the baselines reaches the goal.
Unknown environments are explored with a drone.
Analysis of failed experiments
Translation error
Machine translation error analysis
Nothing
{x | x > 0} is learned from samples.
提出一种在API配额不足时仍能运行的调度方法。
研究碳配额限制下企业的决策。
现有方法无法获取足够的数据，本文将错误率降低了30%。
错误：语言模型的一种分类方法。
方法分析错误来源。
生成失败的样本被用来训练判别器。
无法处理长序列是现有模型的瓶颈。
未提及的因素也被纳入模型。
暂无标注的数据用于预训练。
额度分配问题
请求调度提升了吞吐量。
失败案例分析
""".strip().splitlines()


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholder(text: str) -> None:
    assert present(text) == ""
    assert present(f"  {text}\n") == ""


@pytest.mark.parametrize("text", GENUINE)
def test_genuine(text: str) -> None:
    assert present(text) == text


@pytest.mark.parametrize("text", ["", " \n", None])
def test_nothing(text: str | None) -> None:
    assert present(text) == ""


@pytest.mark.parametrize("text", [text for text in PLACEHOLDERS if not MESSAGE.match(text)])
def test_a_text_that_goes_on_after_a_placeholder_is_kept(text: str) -> None:
    longer = f"{text} It is then trained on twelve thousand grasps and reaches a success rate of 93% on a robot arm."
    assert present(longer) == longer


@pytest.mark.parametrize(
    ("text", "kept"), [("none", ""), ("N/A", ""), ("Error", "Error"), (" deep  learning", "deep learning")]
)
def test_terms_are_dropped_only_if_they_stand_for_none(text: str, kept: str) -> None:
    assert named(text) == kept


@given(st.text(max_size=500))
def test_any_text_is_folded_or_absent(text: str) -> None:
    assert present(text) in {"", " ".join(text.split())}
