"""A passage carries a sentence that says the same in other words, never one that says the contrary or something else."""

from dataclasses import dataclass

import pytest

from orchestrator.conversation import Language
from orchestrator.governance.support import supports
from orchestrator.retrieval.words import words_of


@dataclass(frozen=True, kw_only=True)
class Page:
    id: str
    name: str
    plain: str


PAGES: dict[Language, tuple[Page, ...]] = {
    "en": (
        Page(
            id="returns",
            name="Returns",
            plain="Unused items can be returned within 30 days after delivery. "
            "The label is free when an item arrived damaged. "
            "Opened hygiene goods cannot be returned.",
        ),
        Page(
            id="refunds",
            name="Refunds",
            plain="The refund goes back to the way of payment within 5 working days after the parcel reached our warehouse.",
        ),
        Page(
            id="warranty",
            name="Warranty",
            plain="The warranty covers faults for 2 years. It does not cover normal wear.",
        ),
    ),
    "fr": (
        Page(
            id="returns",
            name="Retours",
            plain="Les articles non utilisés peuvent être renvoyés dans les 30 jours après la livraison. "
            "L’étiquette est gratuite si l’article est arrivé abîmé. "
            "Les articles d’hygiène ouverts ne peuvent pas être renvoyés.",
        ),
        Page(
            id="refunds",
            name="Remboursements",
            plain="Le remboursement revient sur le moyen de paiement sous 5 jours ouvrables après l’arrivée du colis à notre entrepôt.",
        ),
    ),
    "de": (
        Page(
            id="returns",
            name="Retouren",
            plain="Unbenutzte Artikel können innerhalb von 30 Tagen nach der Lieferung zurückgegeben werden. "
            "Das Etikett ist kostenlos, wenn der Artikel beschädigt ankam. "
            "Geöffnete Hygieneartikel sind vom Umtausch ausgeschlossen.",
        ),
        Page(
            id="refunds",
            name="Rückerstattungen",
            plain="Die Rückerstattung geht innerhalb von 5 Werktagen nach Ankunft des Pakets im Lager auf das Zahlungsmittel zurück.",
        ),
    ),
    "it": (
        Page(
            id="returns",
            name="Resi",
            plain="Gli articoli non usati si possono rendere entro 30 giorni dalla consegna. "
            "L’etichetta è gratuita se l’articolo è arrivato danneggiato. "
            "Gli articoli igienici aperti non si possono rendere.",
        ),
    ),
    "pt": (
        Page(
            id="returns",
            name="Devoluções",
            plain="Itens sem uso podem ser devolvidos em até 30 dias depois da entrega. "
            "A etiqueta é grátis se o item chegou danificado. "
            "Itens de higiene abertos não podem ser devolvidos.",
        ),
    ),
    "es": (
        Page(
            id="returns",
            name="Devoluciones",
            plain="Los artículos sin usar se pueden devolver en los 30 días siguientes a la entrega. "
            "La etiqueta es gratuita si el artículo llegó dañado. "
            "Los artículos de higiene abiertos no se pueden devolver.",
        ),
    ),
}


@pytest.mark.parametrize(
    ("language", "sentence", "page"),
    [
        ("en", "You can send unused items back within 30 days after delivery.", "returns"),
        ("en", "As it arrived damaged, the label is free of charge.", "returns"),
        ("en", "Your refund will be back within 5 working days after the parcel reaches the warehouse.", "refunds"),
        ("en", "The warranty covers this fault for 2 years.", "warranty"),
        ("en", "Normal wear is not covered by the warranty.", "warranty"),
        ("fr", "Vous pouvez renvoyer les articles dans les 30 jours après la livraison.", "returns"),
        ("fr", "L’étiquette est sans frais, car l’article est arrivé abîmé.", "returns"),
        ("fr", "Vous serez remboursé sous 5 jours ouvrables après l’arrivée du colis à l’entrepôt.", "refunds"),
        ("de", "Sie können unbenutzte Artikel innerhalb von 30 Tagen nach der Lieferung zurücksenden.", "returns"),
        ("de", "Das Etikett ist gratis, weil der Artikel beschädigt ankam.", "returns"),
        ("de", "Sie erhalten die Rückerstattung innerhalb von 5 Werktagen nach Ankunft des Pakets.", "refunds"),
        ("it", "Può rendere gli articoli entro 30 giorni dalla consegna.", "returns"),
        ("it", "L’etichetta è senza spese se l’articolo è arrivato danneggiato.", "returns"),
        ("pt", "A etiqueta é de graça se o item chegou danificado.", "returns"),
        ("es", "La etiqueta no cuesta nada si el artículo llegó dañado.", "returns"),
    ],
)
def test_the_same_in_other_words_is_carried(language: Language, sentence: str, page: str) -> None:
    support = supports(sentence, PAGES[language], words_of(language), language)
    assert (support.passage if support else "") == page


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Opened hygiene goods can be returned."), ("en", "The warranty covers normal wear."),
        ("en", "We guarantee the lowest price."),
        ("en", "You will get a voucher for the trouble."), ("en", "You can keep the item and get your money."),
        ("en", "You are entitled to compensation."),
        ("en", "We promise."), ("en", "A colleague will call you back today."), ("en", "Unused items cannot be returned after delivery."),
        ("fr", "Vous pouvez renvoyer les articles d’hygiène ouverts."), ("fr", "Nous vous offrons un bon."),
        ("fr", "Un collègue vous rappellera demain."),
        ("de", "Geöffnete Hygieneartikel können zurückgegeben werden, das Umtauschen ist möglich."),
        ("de", "Sie erhalten einen Gutschein für die Umstände."),
        ("de", "Eine Kollegin ruft Sie morgen zurück."), ("it", "Gli articoli igienici aperti si possono rendere."),
        ("it", "Le regaliamo un buono."),
        ("pt", "Itens de higiene abertos podem ser devolvidos."), ("pt", "Vamos dar um vale."),
        ("es", "Los artículos de higiene abiertos se pueden devolver."),
        ("es", "Le llamaremos mañana."), ("en", "You can return unused items within 60 days after delivery."),
        ("de", "Sie können unbenutzte Artikel innerhalb von zwei Monaten nach der Lieferung zurückgeben."),
    ],
)  # fmt: skip
def test_the_contrary_or_something_else_is_not(language: Language, sentence: str) -> None:
    assert supports(sentence, PAGES[language], words_of(language), language) is None


def test_without_passages_nothing_is_carried() -> None:
    assert supports("You can return unused items within 30 days.", (), words_of("en"), "en") is None
