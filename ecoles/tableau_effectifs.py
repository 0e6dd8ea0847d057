"""The table of figures as one person may read it: its schools, its titles, and the same rows to take out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoles.diplomes import INSECABLE
from ecoles.effectifs import RANG_MAXIMAL, candidatures, entrees, inscrits, sorties
from ecoles.models import Ecole, Inscription, Titre
from ecoles.requetes import ecoles_pour
from reseau.nombres import montrer_date_courte
from reseau.socle.exports import ColonneExport, Export

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from ecoles.anonymat import Chemin
    from ecoles.effectifs import Exercice, Mesure
    from reseau.models import Utilisateur

CACHE = "caché"
RANGS = ("1re année", "2e année", "3e année et plus")
MOTIFS = {code: mot for code, mot in Inscription.Sortie.choices if code != Inscription.Sortie.SUITE}

EXPORT_EFFECTIFS = Export(
    nature="effectifs",
    libelle="effectifs",
    permission="ecole.compter",
    colonnes=(
        ColonneExport("Rentrée", "", "entier"),
        ColonneExport("Région", ""),
        ColonneExport("École", ""),
        ColonneExport("Code du diplôme", ""),
        ColonneExport("Diplôme", ""),
        ColonneExport("Mesure", ""),
        ColonneExport("Détail", ""),
        ColonneExport("Nombre", "", "entier"),
        ColonneExport("Caché", ""),
    ),
)


@dataclass(frozen=True, slots=True)
class Rangee:
    """A line: the school or one of its titles, a text for each year, totals, reasons in words."""

    nom: str
    ecole: bool
    annees: tuple[str, ...]
    inscrits: str
    entrees: str
    sorties: str
    raisons: str
    candidatures: str = ""


class Tableau:
    """Figures of a school year for one person. Its cost is the same for one school and for all."""

    def __init__(
        self, ex: Exercice, utilisateur: Utilisateur, region: str = "", ecole: str = "", titre: str = ""
    ) -> None:
        self.ex = ex
        self.inscrits, self.entrees, self.sorties = inscrits(ex), entrees(ex), sorties(ex)
        self.candidatures = candidatures(ex)
        self.codes: dict[Chemin, set[str]] = {}  # school -> titles that it has figures about
        for mesure, _ in self._mesures():
            for noeud in mesure.totaux:
                if len(noeud) > 1:
                    self.codes.setdefault(noeud[:2], set()).update(str(code) for code in noeud[2:3])
        visibles = Ecole.objects.visibles_par(utilisateur, "compter")
        lues = visibles.select_related("commune__departement__region").order_by("nom", "id")
        self.toutes = [e for e in lues if (self._region(e), e.pk) in self.codes]
        self.siennes: set[UUID] = set(ecoles_pour(utilisateur, "apprenant.voir"))
        if utilisateur.is_superuser:
            self.siennes = {e.pk for e in self.toutes}
        self.titres = {t.pk: t for t in Titre.objects.order_by("niveau", "intitule", "code_cfd")}
        self.seulement = titre if titre in self.titres else ""
        self.ecoles = [e for e in self.toutes if region in {"", self._region(e)} and ecole in {"", str(e.pk)}]
        if self.seulement:
            self.ecoles = [e for e in self.ecoles if self._titres_de(e)]

    def regions(self) -> list[tuple[str, str, str]]:
        """Code, name and number enrolled of each region of these schools; to a school, no total."""
        noms = {self._region(e): e.commune.departement.region.nom for e in self.toutes}
        dehors = {self._region(e) for e in self.toutes if e.pk not in self.siennes}
        return [
            (code, nom, self._dire(self.inscrits, (code,), propre=False) if code in dehors else "")
            for code, nom in sorted(noms.items(), key=lambda paire: paire[1])
        ]

    def titres_presents(self) -> list[Titre]:
        """Titles that a school of this person has figures about, in their order."""
        presents = {code for e in self.toutes for code in self.codes[self._region(e), e.pk]}
        return [t for code, t in self.titres.items() if code in presents]

    def rangees(self, ecoles: Sequence[Ecole]) -> Iterator[Rangee]:
        """Yield the lines of these schools: the school, then each of its titles."""
        for ecole in ecoles:
            chemin, propre = (self._region(ecole), ecole.pk), ecole.pk in self.siennes
            if not self.seulement:
                yield self._rangee(ecole.nom, chemin, propre=propre)
            for code in self._titres_de(ecole):
                nom = f"{ecole.nom} : {self.titres[code]}" if self.seulement else str(self.titres[code])
                yield self._rangee(nom, (*chemin, code), propre=propre)

    def _rangee(self, nom: str, chemin: Chemin, *, propre: bool) -> Rangee:
        du_titre = len(chemin) == 3
        rangs = range(1, RANG_MAXIMAL + 1) if du_titre else ()
        return Rangee(
            nom=nom,
            ecole=not du_titre,
            annees=tuple(self._dire(self.inscrits, (*chemin, r), propre=propre) for r in rangs) or ("",) * 3,
            inscrits=self._dire(self.inscrits, chemin, propre=propre),
            entrees=self._dire(self.entrees, chemin, propre=propre),
            sorties=self._dire(self.sorties, chemin, propre=propre),
            raisons=self._raisons(chemin, propre=propre) if du_titre else "",
            candidatures="" if du_titre else self._dire(self.candidatures, chemin, propre=propre),
        )

    def _raisons(self, chemin: Chemin, *, propre: bool) -> str:
        presentes = [
            f"{mot}{INSECABLE}: {self._dire(self.sorties, (*chemin, code), propre=propre)}"
            for code, mot in MOTIFS.items()
            if (*chemin, code) in self.sorties.totaux and (propre or chemin in self.sorties.montres)
        ]
        return ", ".join(presentes)

    def lignes(self) -> Iterator[tuple[Any, ...]]:
        """Yield the same figures for a spreadsheet, one a line; a hidden one has no number."""
        for ecole in self.ecoles:
            chemin, propre = (self._region(ecole), ecole.pk), ecole.pk in self.siennes
            debut = (self.ex.annee, ecole.commune.departement.region.nom, ecole.nom)
            if not self.seulement:
                for mesure, quoi in self._mesures():
                    yield (*debut, "", "", quoi, "total", *self._cellules(mesure, chemin, propre=propre))
            for code in self._titres_de(ecole):
                for quoi, detail, cellules in self._du_titre((*chemin, code), propre=propre):
                    yield (*debut, code, str(self.titres[code]), quoi, detail, *cellules)

    def _du_titre(self, chemin: Chemin, *, propre: bool) -> Iterator[tuple[str, str, tuple[Any, str]]]:
        for mesure, quoi in self._mesures()[:3]:
            yield quoi, "total", self._cellules(mesure, chemin, propre=propre)
        for rang, mot in enumerate(RANGS, 1):
            yield self._mesures()[0][1], mot, self._cellules(self.inscrits, (*chemin, rang), propre=propre)
        for code, mot in MOTIFS.items():
            yield self._mesures()[2][1], mot, self._cellules(self.sorties, (*chemin, code), propre=propre)

    def _mesures(self) -> tuple[tuple[Mesure, str], ...]:
        arret = montrer_date_courte(self.ex.arrete_le)
        return (
            (self.inscrits, f"inscrits le {montrer_date_courte(self.ex.constat)}"),
            (self.entrees, f"entrées jusqu'au {arret}"),
            (self.sorties, f"sorties jusqu'au {arret}"),
            (self.candidatures, f"candidatures jusqu'au {arret}"),
        )

    @staticmethod
    def _cellules(mesure: Mesure, chemin: Chemin, *, propre: bool) -> tuple[int | None, str]:
        nombre = mesure.entier(chemin) if propre else mesure.montre(chemin)
        return nombre, "oui" if nombre is None else ""

    def _dire(self, mesure: Mesure, chemin: Chemin, *, propre: bool) -> str:
        nombre, _ = self._cellules(mesure, chemin, propre=propre)
        return CACHE if nombre is None else str(nombre)

    @staticmethod
    def _region(ecole: Ecole) -> str:
        return str(ecole.commune.departement.region_id)

    def _titres_de(self, ecole: Ecole) -> list[str]:
        siens = self.codes[self._region(ecole), ecole.pk]
        return [code for code in self.titres if code in siens and self.seulement in {"", code}]
