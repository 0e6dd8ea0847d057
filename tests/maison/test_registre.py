"""Every column of the database has its class, its purpose and its retention; the printed page is that one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from reseau.management.commands.imprimer_registre import texte
from reseau.management.registre import manques, registre
from reseau.socle.registre import SANTE, SCOLARITE, Classe, traitement

PAGE = Path(__file__).resolve().parents[2] / "docs" / "registre.md"
# Words that name a person wherever they are a column of ours.
_PERSONNE = ("prenom", "courriel", "telephone", "ne_le", "iban")


def test_chaque_colonne_est_declaree() -> None:
    assert manques() == []


def test_une_colonne_oubliee_se_voit(monkeypatch: pytest.MonkeyPatch) -> None:
    from ecoles import registre as celui_des_ecoles

    faux = traitement("Essai", SCOLARITE, mineur="prenom inventee", interne="id ecole")
    monkeypatch.setitem(celui_des_ecoles.REGISTRE, "ecoles.Apprenant", faux)
    assert "ecoles.Apprenant.ne_le n'est pas déclaré." in manques()
    assert "ecoles.Apprenant.inventee n'existe pas." in manques()
    assert "ecoles.HistoireApprenant.ne_le n'est pas déclaré." in manques()


def test_une_classe_inconnue_ou_un_doublon_sont_refuses() -> None:
    with pytest.raises(ValueError, match="secrete"):
        traitement("Essai", SCOLARITE, secrete="nom")
    with pytest.raises(ValueError, match="deux fois"):
        traitement("Essai", SCOLARITE, mineur="nom", interne="nom")


def test_ce_qui_nomme_une_personne_n_est_ni_public_ni_interne() -> None:
    """The telephone and the e-mail of a school are the school's."""
    ouverts = {
        f"{label}.{nom}"
        for label, un in registre().items()
        for nom, classe in un.classes.items()
        if nom in _PERSONNE and classe in {Classe.PUBLIC, Classe.INTERNE}
    }
    assert ouverts == {"ecoles.Ecole.courriel", "ecoles.Ecole.telephone"}


def test_la_sante_d_un_jeune_s_efface() -> None:
    assert registre()["ecoles.AvisAptitude"].conservation is SANTE


def test_la_page_du_registre_est_celle_du_code(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("imprimer_registre")
    assert capsys.readouterr().out == texte()
    assert PAGE.read_text(encoding="utf-8") == texte()
