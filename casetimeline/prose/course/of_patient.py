"""What happened to a patient, as the predicate of a sentence: by the code of the event, or by the words of its name."""

import re

from ..wording.clausal import JOINTS, NOT_DONE
from ..wording.verbs import as_one

# By its code, what happened to the patient; {who} is the patient, by a pronoun once they were named.
OF_PATIENT = {
    "presentation": "{who} presented",
    "first_visit": "{who} was first seen",
    **dict.fromkeys(("last_visit", "last_follow_up", "last_follow-up"), "{who} was last seen"),
    **dict.fromkeys(("visit", "follow_up", "follow-up"), "{who} was seen"),
    "admission": "{who} was admitted",
    "readmission": "{who} was readmitted",
    "intensive_care_admission": "{who} was admitted to intensive care",
    "discharge": "{who} was discharged",
    "death": "{who} died",
    "delivery": "{who} gave birth",
    "diagnosis": "the diagnosis was made",
    "symptom_onset": "symptoms began",
    "onset_of_weakness": "weakness began",
    "onset_of_fatigue": "fatigue began",
    "relapse": "the disease relapsed",
    "flare": "the disease flared",
    "remission": "remission was reported",
    "deterioration": "{who} deteriorated",
    "recovery": "{who} recovered",
    "skin_softening": "the skin softened",
    "responded_well": "{who} was reported to have responded well",
    "well_controlled": "the disease was well controlled",
    "asymptomatic": "{who} had no symptoms",
    **dict.fromkeys(
        ("loss_to_follow_up", "lost_to_follow_up", "loss_to_follow-up", "lost_to_follow-up"),
        "{who} was lost to follow-up",
    ),
    "mostly_free_of_symptoms": "{who} was mostly free of symptoms",
    "dialysis_independent": "{who} became independent of dialysis",
    "walks_without_support": "{who} walked without support",
}
TO_A_PLACE = ("admission", "readmission", "intensive_care_admission")
# Where a source says with what a patient came.
ARRIVALS = (*TO_A_PLACE, "presentation")

# Adjectives of a patient, and of nothing else where they stand alone.
_ADJECTIVES = (
    "pregnant|a?febrile|unresponsive|unconscious|comatose|drowsy|bedridden|wheelchair[- ]bound|incontinent"
    "|anuric|oliguric|hyp(?:o|er)tensive"
)
# Names that are the predicate already, and what stands before it: "became pregnant", "vaccinated", "patient in pain".
_AS_NAMED = (
    (
        r"(?:became|began|conceived|delivered|developed|died|experienced|fell|gave|had|moved|received|refused|returned"
        r"|retired|started|stopped|suffered|took|travelled|underwent|went|lost(?! to))\b",
        "",
    ),
    (rf"declined (?!(?:{JOINTS})\b)", ""),
    (
        r"(?:collapsed|deteriorated|fainted|improved|miscarried|recovered|relapsed|vomited|worsened)"
        rf"(?:$| (?:{JOINTS}|\w+ly)\b)",
        "",
    ),
    (rf"(?:re-?)?[a-z]{{3,}}(?<!e)ed(?:$| (?:{JOINTS})\b)|lost to\b|offered\b", "was "),
    (rf"(?:{_ADJECTIVES})(?:$| (?:{JOINTS})\b)", "was "),
    (r"(?:not )?(?:(?:un)?able to|(?:in)?eligible (?:for|to)|(?:un)?fit for|unsuitable for|awaiting)\b", "was "),
    (r"not an? candidate\b", "was "),
    (r"candidate for\b", "was a "),
    (r"(?:non-|former |current |heavy |never[- ])?smoker$", "was a "),
    (r"(?:ex-|active )smoker$", "was an "),
    (r"patient (?=(?:in|on|at|off|free|well|alive|stable|able|unable|without)\b)", "was "),
)
# Names of what is done to a patient, and the verb of each: alone or with what it was for.
_AS_NOUN = {
    "hospitali[sz]ation": "was hospitalised",
    "rehospitali[sz]ation": "was hospitalised again",
    "(?:vaccin|immuni[sz])ation": "was vaccinated",
    "(?:ICU|intensive care(?: unit)?) admission": "was admitted to intensive care",
    "admission": "was admitted",
    "readmission": "was readmitted",
    "transfer": "was transferred",
    "referral": "was referred",
}
# Where a patient comes to or from, and what from, with the article that a name leaves out.
_WITHOUT_ARTICLE = re.compile(
    r"\b(to|into|from|off|in|on|at) (?=(?:ICU|HDU|(?:intensive|coronary) care unit|ward|ventilator)\b)"
)
_RECEIVED = re.compile(r"(?:vaccination|immuni[sz]ation|vaccine|transfusion)s?$")
_UNDERGONE = re.compile(
    r"(?:surger(?:y|ies)|operations?|(?:caesarean|cesarean)(?: sections?)?|biops(?:y|ies)|plast(?:y|ies)|centes[ei]s"
    r"|(?:ect|ost|ot)om(?:y|ies)|scop(?:y|ies)|resections?|transplantations?|intubation|catheteri[sz]ation"
    r"|^(?!auto|traumatic).*amputations?)$"
)
_DONE = re.compile(rf"{_UNDERGONE.pattern}|{_RECEIVED.pattern}|graph(?:y|ies)$")
_JOINT = re.compile(rf" (?:of|{JOINTS})(?![\w-])")
# What was not then, or may not have been, has no verb of its own.
_NOT_THEN = re.compile(
    r"(?:no|suspected|possible|presumptive|previous|prior|past|(?:planned|scheduled|proposed)(?! for))\b"
)
# What occurs, by the end of its name; anything may be reported.
_OCCURS = re.compile(
    r"(?:relapse|flare|recrudescence|deterioration|recurrence|exacerbation|reaction|response|seizure|stroke|infarction"
    r"|fracture|ha?emorrhage|bleeding|bleed|thrombosis|embolism|arrest|attack|collapse|crisis|syncope|anaphylaxis"
    r"|hypotension|cardia|fibrillation|arrhythmia|plegia|paresis|perforation|rupture|miscarriage|amputation|episode"
    r"|complication|toxicity|event)s?$"
)
# What nobody develops, although it may be an adverse event.
_NOT_DEVELOPED = re.compile(r"\b(?:pregnancy|birth|death|overdose|accident|fall|error|leave|exposure|use)\b")


def of_patient(label: str) -> str:
    """What an event says of the patient, as a predicate; blank where its name is that of a thing.

    Examples
    --------
    >>> [of_patient(label) for label in ("became pregnant", "hospitalised", "hospitalisation for pneumonia", "died")]
    ['became pregnant', 'was hospitalised', 'was hospitalised for pneumonia', 'died']
    >>> [of_patient(label) for label in ("cataract surgery", "renal biopsy", "influenza vaccination")]
    ['underwent cataract surgery', 'underwent a renal biopsy', 'received influenza vaccination']
    >>> [of_patient(label) for label in ("pregnant", "weaned off ventilator", "transfer to ICU")]
    ['was pregnant', 'was weaned off the ventilator', 'was transferred to the ICU']
    >>> [of_patient(label) for label in ("patient declined biopsy", "need for surgery", "unfit for surgery")]
    ['', '', 'was unfit for surgery']
    >>> [of_patient(label) for label in ("patient in remission", "no surgery", "stroke", "surgery planned", "red skin")]
    ['was in remission', '', '', '', '']
    """
    if _NOT_THEN.match(label):
        return ""
    label = _WITHOUT_ARTICLE.sub(r"\1 the ", label)
    for name, before in _AS_NAMED:
        if named := re.match(name, label):
            return f"{before}{label.removeprefix('patient ') if named[0] == 'patient ' else label}"
    for name, predicate in _AS_NOUN.items():
        if named := re.fullmatch(rf"{name}( (?:{JOINTS})\b.*)?", label):
            return f"{predicate}{named[1] or ''}"
    return undergone(label)


def undergone(name: str) -> str:
    """That a patient underwent or received what has this name; blank where it is that of no procedure that was done.

    Examples
    --------
    >>> undergone("laparotomy for bowel resection"), undergone("need for bowel resection"), undergone("offered surgery")
    ('underwent laparotomy for bowel resection', '', '')
    """
    # What is done, before what it is of or for: a need for surgery is none.
    thing = _JOINT.split(name, maxsplit=1)[0]
    for names, verb in ((_RECEIVED, "received"), (_UNDERGONE, "underwent")):
        if names.search(name) and _DONE.search(thing) and not NOT_DONE.search(name):
            return f"{verb} {as_one(name)}"
    return ""


def there_was(label: str) -> str:
    """That there was a history of something; blank of anything else.

    Examples
    --------
    >>> there_was("family history of psoriasis"), there_was("natural history study")
    ('there was a family history of psoriasis', '')
    """
    return f"there was a {label}" if re.match(r"(?:(?:family|medical|past|travel|smoking) )*history of ", label) else ""


def verb_of_thing(kind: str, label: str) -> str:
    """The verb of what happened as a thing, by its kind: a patient developed it, it occurred, or it was reported.

    Examples
    --------
    >>> [verb_of_thing("event", label) for label in ("renal flare", "strokes", "pregnancy", "nephrotic syndrome")]
    ['occurred', 'occurred', 'reported', 'reported']
    >>> [verb_of_thing("adverse_event", label) for label in ("infusion reaction", "pregnancy")]
    ['developed', 'reported']
    """
    head = label.split(" of ")[0]
    if kind == "adverse_event":
        return "reported" if _NOT_DEVELOPED.search(head) else "developed"
    return "occurred" if kind == "event" and _OCCURS.search(head) else "reported"
