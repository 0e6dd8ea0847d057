"""Orders to come of one school: client, subject, dates. An order is born here as on its page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from commandes.models import Client, Commande
from commandes.naissance import naitre
from ecoles.imports.libelles import resoudre_les_filieres
from reseau.nombres import aujourdhui
from reseau.socle.controles import (
    ERREUR,
    REJET,
    controler_date,
    controler_longueur,
    date_lue,
    lit,
    message,
    messages,
    phrase,
    plie,
    table,
)
from reseau.socle.etats import Contexte
from reseau.socle.verdicts import conclure

if TYPE_CHECKING:
    from reseau.models import LotImport

_LUES = """
SELECT t.*, {client} AS client_plie, {objet} AS objet_plie, {recue} AS recue_lue, {livrer} AS livrer_lue,
    regexp_replace(t.siret, '[^0-9]', '', 'g') AS siret_lu,
    f.codes AS filieres_lues, coalesce(f.messages, '{{}}') AS messages_filieres
FROM saisie AS t LEFT JOIN choix_filieres AS f ON f.texte = t.filieres
"""
# The same client, the same subject, the same day of delivery: the same order, whatever its state.
_CONNUES = """
SELECT DISTINCT ON (1, 2, 3) {client} AS client_plie, {objet} AS objet_plie, c.a_livrer_le, c.id
FROM commandes_commande AS c JOIN commandes_client AS k ON k.id = c.client_id
WHERE c.ecole_id = {ecole} ORDER BY 1, 2, 3, c.recue_le DESC
"""
_CLIENTS = """
SELECT {client} AS client_plie, min(k.id::text)::uuid AS id, count(*) AS nombre
FROM commandes_client AS k WHERE k.ecole_id = {ecole} GROUP BY 1
"""
_APPARIEES = """
SELECT l.*, c.id AS cible, c.id IS NOT NULL AS connue, x.premiere AS copie, k.id AS client_connu,
    s.id AS client_par_siret, coalesce(k.nombre, 0) AS nb_clients, {filiere} AS filiere_lue
FROM lue_commande AS l
LEFT JOIN commande_connue AS c ON c.client_plie = l.client_plie AND c.objet_plie = l.objet_plie
    AND c.a_livrer_le IS NOT DISTINCT FROM l.livrer_lue
LEFT JOIN client_connu AS k ON k.client_plie = l.client_plie
LEFT JOIN commandes_client AS s ON s.ecole_id = {ecole} AND l.siret_lu <> '' AND s.siret = l.siret_lu
LEFT JOIN (SELECT client_plie, objet_plie, livrer_lue, min(numero) AS premiere FROM lue_commande
    GROUP BY 1, 2, 3 HAVING count(*) > 1) AS x
    ON x.client_plie = l.client_plie AND x.objet_plie = l.objet_plie
    AND x.livrer_lue IS NOT DISTINCT FROM l.livrer_lue AND x.premiere < l.numero
"""
_LU = """
jsonb_strip_nulls(jsonb_build_object('nom', l.objet, 'client', l.client, 'siret', l.siret_lu,
    'client_connu', coalesce(l.client_par_siret, l.client_connu), 'filiere', l.filiere_lue,
    'recue_le', l.recue_lue, 'a_livrer_le', l.livrer_lue))
"""


def _messages() -> str:
    jour = lit(aujourdhui().isoformat())
    return messages(
        message("coalesce(client_plie, '') = ''", "client", REJET, phrase("Le client est obligatoire.")),
        message("coalesce(objet_plie, '') = ''", "objet", ERREUR, phrase("L'objet est obligatoire.")),
        *controler_longueur("client", 150, "Ce nom"),
        *controler_longueur("objet", 150, "Cet objet"),
        message("filiere_lue IS NULL", "filieres", ERREUR, phrase("Indiquez un métier, et un seul.")),
        message(
            "nb_clients > 1 AND client_par_siret IS NULL", "client", ERREUR,
            phrase("Plusieurs clients s'appellent « %s » : ajoutez son SIRET.", "client"),
        ),
        message(
            "siret_lu <> '' AND length(siret_lu) <> 14", "siret", ERREUR,
            phrase("« %s » n'est pas un SIRET : il a 14 chiffres.", "siret"),
        ),
        *controler_date("recue", "recue_lue"),
        *controler_date("livrer", "livrer_lue"),
        message(f"recue_lue > {jour}", "recue", ERREUR, phrase("Cette date est dans le futur.")),
        message(
            f"livrer_lue < coalesce(recue_lue, {jour}::date)", "livrer", ERREUR,
            phrase("La livraison ne peut pas précéder la réception."),
        ),
    )  # fmt: skip


def controler(lot: LotImport) -> str:
    """Return the SQL of the verdicts, from ``saisie``; only the orders and clients of the school are seen."""
    ecole = f"{lit(str(lot.organisme))}::uuid"
    resoudre_les_filieres()
    valeurs = {
        "client": plie("t.client"), "objet": plie("t.objet"), "recue": date_lue("t.recue"),
        "livrer": date_lue("t.livrer"),
    }  # fmt: skip
    table("lue_commande", _LUES.format(**valeurs))
    table("commande_connue", _CONNUES.format(client=plie("k.nom"), objet=plie("c.intitule"), ecole=ecole))
    table("client_connu", _CLIENTS.format(client=plie("k.nom"), ecole=ecole))
    filiere = "CASE WHEN cardinality(l.filieres_lues) = 1 THEN l.filieres_lues[1] END"
    source = f"({_APPARIEES.format(ecole=ecole, filiere=filiere)}) AS a OFFSET 0"
    lignes = f"SELECT a.*, {_messages()} || messages_filieres AS messages FROM {source}"
    return conclure(lignes, {}, _LU, "")


def ecrire(lot: LotImport) -> None:
    """Create the clients that are missing, then the orders, each with its number and its journal."""
    if lot.accepte_par is None:
        raise ValueError("Une commande est enregistrée par quelqu'un.")
    contexte = Contexte(utilisateur=lot.accepte_par)
    clients: dict[str, Client] = {}
    for ligne in lot.lignes.filter(verdict="creer").order_by("numero"):
        lu = ligne.lu
        commande = Commande(
            ecole_id=lot.le_sien(),
            client=_client(lot, lu, clients),
            intitule=lu["nom"],
            filiere_id=lu["filiere"],
            bloc_a_preciser=True,
            recue_le=_jour(lu.get("recue_le")) or aujourdhui(),
            a_livrer_le=_jour(lu.get("a_livrer_le")),
        )
        ligne.cible = naitre(commande, contexte).pk
        ligne.save(update_fields=["cible"])


def _client(lot: LotImport, lu: dict[str, str], nouveaux: dict[str, Client]) -> Client:
    """The client of the school, or a new one: never that of another school."""
    if cle := lu.get("client_connu"):
        return Client.objects.get(pk=cle, ecole_id=lot.le_sien())
    nom = lu["client"]
    if nom.casefold() not in nouveaux:
        nouveau = Client(ecole_id=lot.le_sien(), nom=nom, siret=lu.get("siret", ""))
        nouveau.full_clean(exclude=["recherche"])
        nouveau.save(force_insert=True)
        nouveaux[nom.casefold()] = nouveau
    return nouveaux[nom.casefold()]


def _jour(texte: str | None) -> date | None:
    return date.fromisoformat(texte) if texte else None
