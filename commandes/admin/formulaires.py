"""Forms of the orders in the admin: a client chosen or created, everything of one school, nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from commandes.models import Client
from ecoles.models import BlocCompetences, Titre
from reseau.admin.versions import FormulaireVersion
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from uuid import UUID

SIRET_DEJA_LA = "Un client de l'école a déjà ce SIRET."
_NOUVEAU = ("nom", "nature", "siret", "adresse", "code_postal", "ville", "telephone", "courriel")


def _siret_pris(ecole: UUID | None, siret: str, sauf: UUID | None = None) -> bool:
    """Whether another client of the school has this SIRET."""
    if not siret or ecole is None:
        return False
    return Client.objects.filter(ecole=ecole, siret=siret).exclude(pk=sauf).exists()  # type: ignore[misc]


class FormulaireClient(forms.ModelForm[Client]):
    """A client; a SIRET is said to be taken at its own field."""

    def clean(self) -> dict[str, Any]:
        """One client for a SIRET in a school."""
        donnees = super().clean() or {}
        ecole = donnees["ecole"].pk if donnees.get("ecole") else self.instance.ecole_id
        if _siret_pris(ecole, donnees.get("siret", ""), self.instance.pk):
            self.add_error("siret", SIRET_DEJA_LA)
        return donnees


class ChampBlocs(forms.ModelMultipleChoiceField[Any]):
    """Blocs, each with its title: two titles have a bloc BC02."""

    def label_from_instance(self, obj: Any) -> str:
        """Say the title."""
        return f"{obj.titre} : {obj}"


def _champ_client(nom: str, **options: Any) -> Any:
    return Client._meta.get_field(nom).formfield(required=False, **options)  # type: ignore[union-attr]


class FormulaireCommande(FormulaireVersion):
    """What a school types about an order. A new one may bring its client, in the same school."""

    nouveau_nom = _champ_client("nom", label="Nom du nouveau client")
    nouveau_nature = _champ_client("nature", label="Nature", initial=Client.Nature.ENTREPRISE)
    nouveau_siret = _champ_client("siret", help_text="14 chiffres, avec ou sans espaces.")
    nouveau_adresse = _champ_client("adresse")
    nouveau_code_postal = _champ_client("code_postal")
    nouveau_ville = _champ_client("ville")
    nouveau_telephone = _champ_client("telephone")
    nouveau_courriel = _champ_client("courriel")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nouveau_client: Client | None = None
        if "client" in self.fields:
            self.fields["client"].required = not self.instance._state.adding
            # A new client is typed in this very form, which works without a script.
            self.fields["client"].widget.can_add_related = False
        if "blocs" in self.fields:
            self._proposer_les_blocs(self.fields["blocs"])

    def _proposer_les_blocs(self, champ: Any) -> None:
        """Where the school's titles have no bloc, say that they are still to be told."""
        champ.choices = list(iter(champ.choices))
        if not champ.choices:
            champ.help_text = "Vos diplômes n'ont pas encore de blocs : laissez « bloc à préciser » coché."
            self.initial["bloc_a_preciser"] = self.instance.bloc_a_preciser or self.instance._state.adding

    def clean_recue_le(self) -> Any:
        """An order cannot arrive tomorrow."""
        jour = self.cleaned_data["recue_le"]
        if jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """Client and blocs are of this school; the trade leaves its blocs open or names some."""
        donnees = super().clean()
        ecole = donnees["ecole"].pk if donnees.get("ecole") else self.instance.ecole_id
        if self.instance._state.adding and ecole is not None:
            self._client_choisi_ou_cree(donnees, ecole)
        client, blocs = donnees.get("client"), donnees.get("blocs")
        if client is not None and ecole is not None and client.ecole_id != ecole:
            self.add_error("client", "Ce client est celui d'une autre école.")
        if blocs:
            self._verifier_les_blocs(blocs, ecole)
        if donnees.get("bloc_a_preciser") and blocs:
            self.add_error("bloc_a_preciser", "Des blocs sont déjà cochés : décochez « bloc à préciser ».")
        return donnees

    def _verifier_les_blocs(self, blocs: Any, ecole: UUID | None) -> None:
        cles = {bloc.pk for bloc in blocs}
        titres = Titre.objects.filter(pk__in={bloc.titre_id for bloc in blocs})
        proposes = titres.proposes_par(ecole) if ecole is not None else titres.none()
        if BlocCompetences.objects.filter(pk__in=cles, titre__in=proposes).count() < len(cles):
            self.add_error("blocs", "Un de ces blocs n'est pas d'un diplôme proposé par l'école.")

    def _client_choisi_ou_cree(self, donnees: dict[str, Any], ecole: UUID) -> None:
        nouveau = donnees.get("nouveau_nom", "")
        if donnees.get("client") and nouveau:
            self.add_error("nouveau_nom", "Choisissez un client ou créez-en un, pas les deux.")
        elif nouveau:
            self._creer_client(donnees, ecole)
        elif not donnees.get("client") and "client" not in self.errors:
            commence = any(self.data.get(f"nouveau_{nom}") for nom in _NOUVEAU if nom != "nature")
            champ = "nouveau_nom" if commence else "client"
            self.add_error(champ, "Choisissez un client, ou donnez le nom d'un nouveau client.")

    def _creer_client(self, donnees: dict[str, Any], ecole: UUID) -> None:
        """Check it as its own page does; each refusal is said at its field."""
        valeurs = {nom: donnees.get(f"nouveau_{nom}") or "" for nom in _NOUVEAU}
        valeurs["nature"] = valeurs["nature"] or Client.Nature.ENTREPRISE
        if _siret_pris(ecole, valeurs["siret"]):
            self.add_error("nouveau_siret", f"{SIRET_DEJA_LA} Choisissez-le dans la liste.")
        self.nouveau_client = Client(ecole_id=ecole, **valeurs)
        try:
            self.nouveau_client.clean_fields(exclude=["ecole"])
        except ValidationError as refus:
            for nom, phrases in refus.message_dict.items():
                if f"nouveau_{nom}" not in self.errors:
                    self.add_error(f"nouveau_{nom}", phrases)
