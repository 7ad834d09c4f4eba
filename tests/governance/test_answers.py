"""Whole answers as a model would write them, in six languages: with their evidence nothing is withheld, without it what matters is."""

import json
from datetime import date

import pytest

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.governance.evidence import Evidence, Ground
from orchestrator.governance.review import Checked, House, Reviewer, Turn
from orchestrator.retrieval.words import words_of
from orchestrator.understanding.language import detect

HOUSE = House(
    detect=detect,
    words=words_of,
    products={
        "alba-kettle": ["Alba kettle", "bouilloire Alba", "Wasserkocher Alba", "bollitore Alba", "chaleira Alba", "hervidor Alba"],
        "alba-pan": ["Alba pan", "poêle Alba", "Pfanne Alba", "padella Alba", "frigideira Alba", "sartén Alba"],
    },
)
CHECK: dict[str, object] = {
    "outcome": "eligible", "order_id": "A-20417", "item": "Alba kettle", "delivered_on": "2026-11-09", "until": "2026-12-09",
    "days_left": 16, "refund": {"amount": "59.90", "currency": "CHF"}, "label_fee": None, "warranty_until": "2028-11-09",
}  # fmt: skip
OPENED: dict[str, object] = {
    "outcome": "label_free", "return_id": "R-30112", "order_id": "A-20417", "item": "Alba kettle", "payment": "Visa",
    "refund": {"amount": "59.90", "currency": "CHF"}, "email": "lea.rochat@example.ch", "send_by": "2026-12-07", "refund_days": 5,
}  # fmt: skip
CHECKED: dict[Language, str] = {
    "en": "That's your Alba kettle from 9 November (order A-20417): yes, you can return it until 9 December, "
    "and as it leaks the label is free. Would you like a refund of CHF 59.90, or a new one? "
    "You have 16 days left. If it breaks later, the warranty runs until November 2028.",
    "fr": "C’est votre bouilloire Alba du 9 novembre (commande A-20417) : oui, vous pouvez la renvoyer jusqu’au mercredi 9 décembre. "
    "L’étiquette est gratuite. Préférez-vous un remboursement de CHF 59.90 ou un échange ? Il vous reste seize jours.",
    "de": "Das ist Ihr Wasserkocher Alba vom 9. November (Bestellung A-20417): Sie können ihn bis am 9. Dezember zurückgeben. "
    "Das Etikett ist kostenlos. Möchten Sie CHF 59.90 zurück oder einen Umtausch? Es bleiben Ihnen noch 16 Tage.",
    "it": "È il Suo bollitore Alba del 9 novembre: può renderlo fino al 9 dicembre. "
    "L’etichetta è gratuita. Preferisce il rimborso di 59.90 franchi?",
    "pt": "É a sua chaleira Alba de 9 de novembro: você pode devolver até 9 de dezembro. A etiqueta é gratuita. Restam 16 dias.",
    "es": "Es su hervidor Alba del 9 de noviembre: puede devolverlo hasta el 9 de diciembre. La etiqueta es gratuita. Le quedan 16 días.",
}
DONE: dict[Language, str] = {
    "en": "I've opened return R-30112 for your Alba kettle. The label has been sent to lea.rochat@example.ch. "
    "Please send it by Monday 7 December. CHF 59.90 goes back to your Visa within 5 working days after it arrives. "
    "You will receive the refund on your Visa card.",
    "fr": "Le retour R-30112 de votre bouilloire Alba est ouvert. L’étiquette a été envoyée à lea.rochat@example.ch. "
    "Envoyez le colis avant le lundi 7 décembre. Vous serez remboursée de CHF 59.90 sous cinq jours ouvrables.",
    "de": "Ich habe die Retoure R-30112 für Ihren Wasserkocher Alba eröffnet. Das Etikett wurde an lea.rochat@example.ch geschickt. "
    "Bitte senden Sie ihn bis Montag, 7. Dezember. Sie erhalten CHF 59.90 innerhalb von fünf Werktagen zurück.",
    "it": "Ho aperto il reso R-30112. L’etichetta è stata inviata a lea.rochat@example.ch. Lo spedisca entro lunedì 7 dicembre. "
    "Riceverà il rimborso di 59.90 CHF in 5 giorni lavorativi.",
    "pt": "Abri a devolução R-30112. A etiqueta foi enviada para lea.rochat@example.ch. Envie até segunda-feira, 7 de dezembro. "
    "Você receberá o reembolso de CHF 59,90 em 5 dias úteis.",
    "es": "He abierto la devolución R-30112. La etiqueta se ha enviado a lea.rochat@example.ch. Envíelo antes del lunes 7 de diciembre. "
    "Recibirá el reembolso de 59.90 CHF en 5 días hábiles.",
}


def check(text: str, language: Language, results: list[dict[str, object]], *, done: set[str], known: set[str]) -> list[Checked]:
    evidence = [Evidence(text=json.dumps(result), kind="tool") for result in results]
    ground = Ground(evidence, products=HOUSE.products, today=date(2026, 11, 23))
    reviewer = Reviewer(HOUSE, Turn(language=language, ground=ground, done=done, known=known))
    return [*reviewer.feed(text), *reviewer.close()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_from_a_look_up_goes_out_whole(language: Language) -> None:
    found = check(CHECKED[language], language, [CHECK], done=set(), known={"may:return", "may:refund", "may:message", "may:claim"})
    assert [checked for checked in found if not checked.passes] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_after_an_effect_goes_out_whole(language: Language) -> None:
    found = check(DONE[language], language, [CHECK, OPENED], done={"return", "message", "later:refund"}, known=set())
    assert [checked for checked in found if not checked.passes] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_answer_without_the_effect_is_withheld_sentence_by_sentence(language: Language) -> None:
    found = check(DONE[language], language, [CHECK], done=set(), known=set())
    assert [checked.text for checked in found if checked.passes] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_answer_of_another_product_is_withheld(language: Language) -> None:
    found = check(CHECKED[language], language, [{**CHECK, "item": "Alba pan"}], done=set(), known={"may:return"})
    assert "product" in found[0].reasons
