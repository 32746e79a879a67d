"""What happened by the verb that its name ends with, and things of which there is one with their article."""

import re

from ...vocabulary import ENDED
from .words import is_plural, with_a

# The last word of a label that is a participle or an adjective, and its verb.
_VERBS = dict.fromkeys((*ENDED, "tapered", "planned", "advised", "normal", "abnormal"), "was {}")
_VERBS |= dict.fromkeys(("begun", "given", "held", "withheld", "done", "taken"), "was {}")
_VERBS |= dict.fromkeys(("negative", "positive", "unremarkable", "high", "low"), "was {}")
# What happens by itself; a treatment does not, and of these verbs some can be of either.
_BY_ITSELF = (
    "improved worsened resolved persisted recurred softened healed subsided appeared disappeared reappeared recovered "
    "relapsed progressed regressed returned declined deteriorated normalised normalized stabilised stabilized failed "
    "continued began rose fell died"
)
OF_ITSELF = tuple(_BY_ITSELF.split())
_OF_EITHER = ("started", "resumed", "increased", "decreased", "ended")
_VERBS |= dict.fromkeys((*OF_ITSELF, *_OF_EITHER), "{}")
# The last word of a label that is the participle of another verb; no noun that ends so.
_PARTICIPLE = re.compile(r"[a-z-]{3,}(?<!e)ed")
# What the authors judge of a treatment stays their word.
_JUDGED = ("effective", "ineffective")
# Things of which there is one, so that they have an article; by their last word.
_COUNTED = (
    "relapse",
    "flare",
    "recrudescence",
    "deterioration",
    "recurrence",
    "exacerbation",
    "response",
    "effect",
    "reaction",
    "rash",
    "taper",
    "attempt",
    "seizure",
    "stroke",
    "infarction",
    "fracture",
    "diagnosis",
    "course",
    "reduction",
    "statin",
    "biopsy",
    "window",
    "drain",
    "pattern",
    "pregnancy",
    "infection",
    "overdose",
    "birth",
    "fall",
    "count",
    "test",
    "aspirate",
    "smear",
    "scan",
    "radiograph",
)
# Things that are known when something is done with them.
_KNOWN = ("patient", "dose", "catheter", "stent", "tube", "graft", "fistula", "wound", "mass")
# Verbs of what was not there before.
_NEW = ("appeared", "created", "inserted", "placed", "implanted", "detected", "formed", "performed", "done", "taken")


def as_judged(label: str, quote: str) -> str:
    """The words of a judgement that its quote prints: its first two or more, or the word before an effect.

    Examples
    --------
    >>> as_judged("limited efficacy of therapy", "showed limited efficacy."), as_judged("good effect", "It was good.")
    ('limited efficacy', 'good')
    >>> as_judged("clinical improvement", "clinically better")
    ''
    """
    words = label.split(" ")
    least = 1 if words[1:] == ["effect"] else 2
    firsts = (" ".join(words[:count]) for count in range(len(words), least - 1, -1))
    return next((first for first in firsts if first.lower() in quote.lower()), "")


def as_one(name: str) -> str:
    """The name of a thing of which there is one, with its article.

    Examples
    --------
    >>> as_one("good initial response"), as_one("excellent response"), as_one("minor flares")
    ('a good initial response', 'an excellent response', 'minor flares')
    >>> as_one("bone marrow aspirate"), as_one("birth of a healthy girl")
    ('a bone marrow aspirate', 'the birth of a healthy girl')
    """
    if name.startswith("birth of "):
        return f"the {name}"
    counted = name.split(" of ")[0].rpartition(" ")[2] in _COUNTED
    return with_a(name) if counted else name


def as_known(thing: str) -> str:
    """A thing of which there is one, or that is known when something is said of it, with its definite article.

    Examples
    --------
    >>> as_known("skin biopsy"), as_known("patient"), as_known("vision")
    ('the skin biopsy', 'the patient', 'vision')
    """
    return f"the {thing}" if thing.rpartition(" ")[2] in (*_COUNTED, *_KNOWN) else thing


# Names of what is performed.
# What is said of a procedure ("no complications of endoscopy") is none, nor is an aspiration or exchange of itself.
_PERFORMED = re.compile(
    r"no (?!.*\b(?:of|on|to|after|before|for|from|in|with|without|during) )"
    r"(?!(?:gas )?(?:exchange|aspiration|window)s?$).*"
    r"(?:(?:biops|autops|surger)(?:y|ies)|(?:centes[ei]s|(?:ec|o|os)tom(?:y|ies)|scop(?:y|ies)|graph(?:y|ies))"
    r"|(?:drainage|aspiration|fenestration|window|transplantation|dialysis|exchange|intubation|resection|amputation"
    r"|catheteri[sz]ation|puncture|lavage|imaging|scan|ultrasound|radiograph|X-ray|CT|MRI)s?)"
)


def denied(label: str, printed: str, quote: str = "", is_treatment: bool = False) -> str:
    """That there was none of a thing, or in the words of the source; by its own verb, or that it was not done.

    Examples
    --------
    >>> denied("no recurrences", ""), denied("no significant adverse events reported", "")
    ('there were no recurrences', 'no significant adverse events were reported')
    >>> denied("no recurrences", "", "At follow-up, there have been no recurrences.")
    'the authors stated ‘no recurrences’'
    >>> denied("no side effects", "no side effects including infections", "There were no side effects.")
    'the authors stated ‘no side effects including infections’'
    >>> denied("no renal biopsy", ""), denied("no drug", "", is_treatment=True), denied("no drainage required", "")
    ('no renal biopsy was performed', 'no drug was given', 'no drainage was required')
    >>> denied("no complications of endoscopy", "")
    'there were no complications of endoscopy'
    """
    if not label.endswith(" reported") and printed.startswith("no ") and len(printed) > len(label):
        # A statement of the source is more than its silence.
        return f"the authors stated ‘{printed}’"
    if re.search(rf"\bthere (?:is|are|was|were|(?:has|have|had) been) {re.escape(label)}\b", quote, re.IGNORECASE):
        return f"the authors stated ‘{label}’"
    thing, _, verb = label.rpartition(" ")
    if thing != "no" and (predicate := _predicate(verb, is_treatment)):
        are = re.sub("^was", "were", predicate) if is_plural(thing) else predicate
        return f"{thing} {are.format(verb)}"
    are = "were" if is_plural(label) else "was"
    none = printed if printed.startswith("no ") else label
    # What the name says was not there or not done does not read as the silence of a source.
    if done := "performed" if _PERFORMED.fullmatch(label) else "given" if is_treatment else "":
        return f"{none} {are} {done}"
    return f"there {are} {none}"


def _predicate(verb: str, is_treatment: bool) -> str:
    """How the last word of a label is the verb of what stands before it; blank where it is none.

    Examples
    --------
    >>> [_predicate(verb, False) for verb in ("performed", "healed", "started", "bleed", "flares")]
    ['was {}', '{}', '{}', '', '']
    >>> _predicate("started", True), _predicate("continued", True)
    ('was {}', 'was {}')
    """
    if verb in _VERBS:
        return "was {}" if is_treatment and verb in (*_OF_EITHER, "continued", "declined") else _VERBS[verb]
    return "was {}" if _PARTICIPLE.fullmatch(verb) else ""


def told_by_verb(label: str, printed: str = "", quote: str = "", judged: str = "", is_treatment: bool = False) -> str:
    """What happened by the verb that its name ends with; blank where it ends with none.

    A treatment is started, and what is none starts.

    Examples
    --------
    >>> told_by_verb("statin stopped"), told_by_verb("steroids tapered", "by 5 mg every 5 days", "")
    ('the statin was stopped', 'steroids were tapered by 5 mg every 5 days')
    >>> told_by_verb("drug stopped", "tapered and stopped 18 months later")
    'drug was ‘tapered and stopped 18 months later’'
    >>> told_by_verb("first therapy ineffective"), told_by_verb("minor flares")
    ('the first therapy was ineffective, according to the authors', '')
    >>> told_by_verb("haemodialysis started", is_treatment=True), told_by_verb("fever started")
    ('haemodialysis was started', 'fever started')
    >>> told_by_verb("patient satisfied", "the patient was satisfied with it")
    'the authors stated ‘the patient was satisfied with it’'
    >>> told_by_verb("dose reduced"), told_by_verb("antibiotics given"), told_by_verb("stent inserted")
    ('the dose was reduced', 'antibiotics were given', 'a stent was inserted')
    """
    thing, _, verb = label.rpartition(" ")
    if verb == "de-escalation":
        return f"{label} was {'attempted' if 'attempt' in quote.lower() else 'begun'}"
    if thing and verb == "diagnosis":
        return f"{thing} was diagnosed"
    if thing and verb in _JUDGED:
        name, how = re.fullmatch(r"(.*?)( \w+ly)?", thing).groups()
        return f"{judged or f'the {name} was'}{how or ''} {verb}, according to the authors"
    predicate = _predicate(verb, is_treatment)
    if not thing or not predicate:
        return ""
    if re.match(rf"(?:the )?{re.escape(thing)} (?:was|were|is|are|has|had|have)\b", printed, re.IGNORECASE):
        # A whole clause of the source has its own verb.
        return f"the authors stated ‘{printed}’"
    goes_on = re.match(r"(by|to|from|for|with) ", printed)
    has_verb = printed.startswith(verb) or printed.endswith(f" {verb}")
    # More than the verb, around it, stays the words of the source.
    printed, has_verb = (f"‘{printed}’", True) if f" {verb} " in printed else (printed, has_verb)
    predicate = predicate.format(printed if has_verb else f"{verb} {printed}" if goes_on else verb)
    predicate = re.sub("^was", "were", predicate) if is_plural(thing) else predicate
    known = as_known(thing)
    return f"{with_a(thing) if verb in _NEW and known != thing else known} {predicate}"
