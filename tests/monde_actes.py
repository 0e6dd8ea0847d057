"""Signed scans and the confirmations of Chorus, for the two territories of :mod:`tests.monde`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.models import DepotScans, Rapprochement
from reseau.models import FichierDepose, LotImport
from reseau.roles import Role
from tests.usines_reprises import reprendre

if TYPE_CHECKING:
    from financements.models import Demande
    from tests.monde import Cote
    from tests.usines_financements import Territoire


def poser_les_scans(cote: Cote) -> None:
    """A deposit that nobody has read yet."""
    scans = FichierDepose.objects.create(
        fichier=f"depots/scans-{cote.region}.pdf",
        nom_origine=f"scans-{cote.nom}.pdf",
        type_mime="application/pdf",
        taille=1,
        empreinte="0" * 64,
        depose_par=cote.personnes[Role.GESTIONNAIRE],
    )
    depot = DepotScans(region_id=cote.region, fichier=scans, empreinte="0" * 64, depose_par=scans.depose_par)
    depot.save()
    cote.poser(depot)


def poser_le_rapprochement(cote: Cote, demande: Demande) -> None:
    """The only payment of a file, confirmed by an extract."""
    paiement = demande.allocation.paiements.get()
    extrait = LotImport.objects.create(
        nature="chorus",
        nom_fichier="extrait.csv",
        fichier="imports/x",
        empreinte="0" * 64,
        regions=[cote.region],
        droit="rapprochement.importer",
        etat=LotImport.Etat.ACCEPTE,
    )
    fait = Rapprochement(
        paiement=paiement,
        numero_ej=paiement.numero_ej,
        numero_dp=f"DP{cote.region}",
        lot=extrait,
        paye_le=paiement.paye_le,
        montant=paiement.montant,
    )
    fait.save()
    cote.poser(fait)


def poser_la_reprise(cote: Cote, lieu: Territoire) -> None:
    """A fourth school, whose file ran before the tool."""
    petite = {"ej": f"21{cote.region}000009", "accorde": "2 000,00", "paye": "", "versements": ""}
    cote.poser(reprendre(lieu, **petite).reprise)
