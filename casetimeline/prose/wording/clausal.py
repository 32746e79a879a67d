"""Events and statements whose name is not that of a thing: a clause with its own verb, or words without one."""

import re

from .verbs import OF_ITSELF, as_known
from .words import is_plural

# What stands behind a participle that is no verb in the active: "reported by", "declined after".
JOINTS = "to|for|with|against|from|by|in|on|at|off|home|because|after|during|again"
# Who says or decides something in the name of an event.
_PERSONS = (
    r"(?:patients?|parents?|mother|father|family|relatives|child|boy|girl|wife|husband|son|daughter|sister|brother"
    r"|partner|carers?|teachers?|physicians?|doctors?|surgeons?|authors?|team|\w+ologists?)"
)
_PRESENT = "needs?|wants?|wish(?:es)?|refuses?|declines?|denies|deny|requests?|requires?|prefers?|awaits?|reports?"
# What a person does, and does not suffer, before "to" and "against": "referred to" is none.
_DOES = (
    "agreed|decided|refused|declined|opted|elected|wished|wanted|chose|consented|preferred|hoped|objected|returned"
    f"|responded|adhered|{_PRESENT}"
)
# Verbs in a form that no noun has; and those that are none behind a thing, but are behind a person.
_FINITE = (
    "was|were|is|are|has|had|have|did|does|do|could|cannot|can|would|should|remained|remains|stayed|became|seemed"
    "|felt|feels|lacked|lacks|underwent"
)
_OF_PERSON = rf"(?:(?:[a-z]+ed|chose|took|gave|{_PRESENT}) (?!(?:{JOINTS}|outcomes?)\b)|(?:{_DOES}) (?:to|against)\b)"
# The verbs of these in the present, and their past where it does not end with -ed alone.
_IN_PRESENT = re.compile(rf" (is|are|has|have|does|do|can|cannot|remains|feels|lacks|{_PRESENT})\b")
_PAST = {"is": "was", "are": "were", "has": "had", "have": "had", "does": "did", "do": "did", "can": "could"}
_PAST |= {"cannot": "could not", "feels": "felt", "denies": "denied", "deny": "denied"}
_PAST |= {"prefer": "preferred", "prefers": "preferred"}
_CLAUSE = re.compile(rf"(?P<subject>\S.*?) (?:{_FINITE})\b|(?P<person>(?:the )?{_PERSONS}) {_OF_PERSON}")
# Words behind which a verb is not that of the whole name: "rash that was new", "pain when she was walking".
_OPENS_WITHIN = re.compile(r"\b(?:that|which|who|whose|when|while|if|because|after|before|until|as)\b")
# What was not: an adjective or a participle behind its thing.
_NOT_SO = re.compile(
    r"(?P<thing>(?!not\b)\S.*?) not (?P<how>(?P<verb>(?:possible|feasible|available|necessary|advisable|known|given"
    r"|done|taken|seen|found|clear|normal|active|[a-z]{3,}(?<!e)ed))\b.*)"
)
# A name that begins so is not that of a thing.
_NO_THING = re.compile(r"(?:not|never|without|before|after|during|until|despite|since|prior to|pending|instead of)\b")
# What was offered, put off or declined was not done.
_PUT_OFF = (
    "declined|refused|denied|rejected|cancell?ed|postponed|deferred|suspended|omitted|missed|withheld|avoided|considered"
    "|discussed|offered|planned|scheduled|booked|intended|proposed|suggested|requested|awaited|advised|recommended"
    "|indicated|needed|required|ordered|arranged|agreed|contraindicated|attempted|failed|aborted|abandoned|excluded"
)
# Words that the name of a procedure has only if it was not done.
NOT_DONE = re.compile(
    rf"(?<![\w-])(?:no|not|never|without|before|until|despite|prior|previous|past|post|pre|pending|requiring|needing"
    rf"|awaiting|refusing|declining|considering|avoiding|following|preceding|future|upcoming|possible|potential"
    rf"|candidate|unable|unfit|{_FINITE}|{_PRESENT}|{_PERSONS}|{_PUT_OFF})(?![\w-])"
)


def is_clause(name: str) -> bool:
    """Whether a name is a clause: who or what it is of, and behind that a verb.

    Examples
    --------
    >>> [is_clause(name) for name in ("vision did not recover", "parents reported normal play")]
    [True, True]
    >>> [is_clause(name) for name in ("rash that was new", "patient reported outcome", "side effects reported")]
    [False, False, False]
    """
    named = _CLAUSE.match(name)
    return bool(named) and not _OPENS_WITHIN.search(named["subject"] or "")


def stated(name: str) -> str:
    """What was reported, where a name is not that of a thing; else blank. `{who}` is the patient.

    Examples
    --------
    >>> stated("vision did not recover"), stated("patient felt well")
    ('it was reported that vision did not recover', 'it was reported that {who} felt well')
    >>> stated("patient requires oxygen"), stated("ulcers have healed")
    ('it was reported that {who} required oxygen', 'it was reported that ulcers had healed')
    >>> stated("biopsy not possible"), stated("before surgery"), stated("poor adherence")
    ('the biopsy was not possible', 'it was reported: before surgery', '')
    """
    if is_clause(name):
        named = _CLAUSE.match(name)
        subject = named["subject"] or named["person"]
        return f"it was reported that {_in_clause(subject)}{_in_past(name[len(subject) :])}"
    if not_so := _NOT_SO.fullmatch(name):
        thing, verb = not_so["thing"], not_so["verb"]
        are = "had" if verb in OF_ITSELF else "were" if is_plural(thing) else "was"
        return f"{as_known(thing)} {are} not {not_so['how']}"
    return f"it was reported: {name}" if _NO_THING.match(name) else ""


def _in_past(words: str) -> str:
    """What a clause says of its subject, with a verb of the present in the past.

    Examples
    --------
    >>> _in_past(" wishes to stop"), _in_past(" refused to stop")
    (' wished to stop', ' refused to stop')
    """
    verb = _IN_PRESENT.match(words)
    return (
        f" {_PAST.get(verb[1]) or re.sub('e?s?$', '', verb[1], count=1) + 'ed'}{words[verb.end() :]}" if verb else words
    )


def _in_clause(subject: str) -> str:
    """The subject of a clause, with the article that a name leaves out."""
    if subject in ("patient", "the patient"):
        return "{who}"
    if re.match(r"(?:no|the|an?|both|all|his|her|their)\b", subject):
        return subject
    return f"the {subject}" if re.fullmatch(_PERSONS, subject) else as_known(subject)
