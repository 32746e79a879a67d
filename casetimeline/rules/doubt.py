"""Diagnoses that are in doubt, denied, or somebody else's, in the words of English, German, French and the like."""

import re

# Before the disease, in its clause: in doubt, or expected.
_SUSPECTED = (
    r"suspect\w*|suspicion|possibl[ey]|probabl[ey]|presum\w+|likely|unlikely|query|questionable|unconfirmed|unproven"
    r"|provisional(?:ly)?|tentative|working diagnosis|thought to|believed to|considered|concern for|evaluat\w+ for"
    r"|work-?up for|very early diagnosis|vedoss|preclinical|d/?dx?"
    r"|\w*verdacht\w*|vermut\w+|vermeintlich\w*|m\u00f6glich\w*|(?:un)?wahrscheinlich\w*|fraglich\w*"
    r"|soup\u00e7on\w*|sospett\w+|sospech\w+|pos+ibil[ei]|posibles?|probabil[ei]|improbab\w+|dudos\w+|dubbi\w+"
)
# Denied, or taken for something else.
_DENIED = (
    r"no|not|without|exclud\w+|rul(?:ed?|ing) out|r/o|negative for|absence|lack(?:ing)?|free of|rather than|instead of"
    r"|other than|as opposed to|misdiagnos\w+|mistaken|mimic\w*|resembl\w+|simulat\w+|features of"
    r"|keine?[nmrs]?|nicht|ohne|ausschluss|pas de?|sans|aucune?|senza|assenza|nessun\w*|sin|ausencia|ning\u00fan\w*"
)
_OF_OTHERS = (
    r"family|mother|father|parents?|sisters?|brothers?|siblings?|sons?|daughters?|aunts?|uncles?|cousins?"
    r"|grand(?:mother|father)|relatives?|donor"
)
# Behind the disease; of a word such as `likely` only at the end of its clause, since it may begin what is said next.
_BEHIND = (
    r"exclud\w+|ruled out|unlikely|less likely|doubt\w*|not (?:confirmed|likely)|unconfirmed|to be confirmed|denied"
    r"|refuted|rejected|dismissed|suspected|mimic\w*|vedoss"
    r"|in (?:the |a |her |his )?(?:family|mother|father|sister|brother|relative)s?"
    r"|ausgeschlossen|unwahrscheinlich|widerlegt|exclue?s?|\u00e9cart\u00e9e?|peu probable|\u00e0 confirmer"
    r"|esclus[oa]|da confermare|descartad[oa]|excluid[oa]|improbab(?:le|ile)|por confirmar"
)
_AT_END = (
    r"likely|considered|prob(?:able|ably|abile)|pos(?:sible|sibly|sibile|ible)|presumed"
    r"|suspect\u00e9e?|sospett[oa]|sospechad[oa]"
)
# Words beside which the disease itself stands: `pre-lupus`, `non-CREST`, `SSc-like`, `lupus features`.
_JOINED = r"\b(?:pre|non|pseudo)[- ](?:{disease})|(?:{disease})(?:[- ]like\b|[- ](?:spectrum|features)\b)"
_RISK = r"\b(?:risk (?:of|for)|at[- ](?:\w+ )?risk)\b(?:(?!\b(?:with|in|and|but|from|due|during|under|on)\b)[^,;.])*?"
_DOUBT = (
    # Of `possible arthritis in lupus` the lupus is certain.
    rf"(?:\b(?:{_SUSPECTED}|{_DENIED})\b|\bv\. ?a\.)(?:(?!\bin\b)[^,;.])*?(?:{{disease}})"
    rf"|\b(?:{_OF_OTHERS})\b[^,;.]*?(?:{{disease}})"
    rf"|{_RISK}(?:{{disease}})|{_JOINED}"
    rf"|(?:{{disease}})(?:(?!\b(?:with|and|but)\b)[^,;.])*?,?[^,;.\w]*"
    rf"\b(?:(?:{_BEHIND})\b|(?:{_AT_END})\s*(?:$|[,;.)]))"
)


def is_doubted(disease: str, diagnosis: str) -> bool:
    """Whether a diagnosis leaves a disease in doubt, denies it, gives it to somebody else, or expects it.

    Parameters
    ----------
    disease : str
        A regular expression for the names of the disease.
    diagnosis : str
        The diagnosis in small letters.

    Examples
    --------
    >>> [is_doubted("lupus", text) for text in ("suspected lupus", "no lupus", "mother with lupus", "lupus ruled out")]
    [True, True, True, True]
    >>> [is_doubted("lupus", text) for text in ("verdacht auf lupus", "pas de lupus", "lupus, likely of long standing")]
    [True, True, False]
    >>> names = ("ana-negative lupus", "negative for lupus", "possible ra in lupus")
    >>> [is_doubted("lupus", text) for text in names]
    [False, True, False]
    """
    return re.search(_DOUBT.format(disease=disease), diagnosis) is not None
