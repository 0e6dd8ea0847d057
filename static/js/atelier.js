// The workshop page works without this file. With it, an entry is first kept in the browser, under its own key,
// and leaves as soon as the network is there: received twice, it is recorded once.
"use strict";

const boite = document.getElementById("file-attente");
const formulaire = document.getElementById("saisie");
const bouton = formulaire?.querySelector(".valider button");
const personne = boite.dataset.personne;
const RYTHME = 15000;
const PATIENCE = 20000;
let deconnecte = false;
let arrivee = "";
let passage = Promise.resolve(null);

const pluriel = (n, mot) => `${n} ${mot}${n > 1 ? "s" : ""}`;
const duree = (m) => `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, "0")}`;
const jeton = () => boite.elements.csrfmiddlewaretoken.value;

// --- What waits, in IndexedDB.
const base = new Promise((oui, non) => {
  const demande = indexedDB.open("edp-atelier", 1);
  demande.onupgradeneeded = () => demande.result.createObjectStore("saisies", { keyPath: "lot" });
  demande.onsuccess = () => oui(demande.result);
  demande.onerror = () => non(demande.error);
});
base.catch(() => {});

async function magasin(mode, geste) {
  const transaction = (await base).transaction("saisies", mode);
  const demande = geste(transaction.objectStore("saisies"));
  return new Promise((oui, non) => {
    transaction.oncomplete = () => oui(demande.result);
    transaction.onabort = transaction.onerror = () => non(transaction.error);
  });
}
const garder = (saisie) => magasin("readwrite", (m) => m.put(saisie));
const oublier = (lot) => magasin("readwrite", (m) => m.delete(lot));
const lire = (lot) => magasin("readonly", (m) => m.get(lot));
const toutes = async () => (await magasin("readonly", (m) => m.getAll())).sort((a, b) => a.le - b.le);

// --- Sending. Returns {vers}, {erreurs} or {connexion}; throws when nothing certain came back.
const demander = (options) => fetch(boite.action, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...options });

async function envoyer(saisie, encore = true) {
  const corps = new URLSearchParams(saisie.champs);
  corps.set("csrfmiddlewaretoken", jeton());
  if (saisie.essais > 1) corps.set("reprise", "1");
  const reponse = await demander({ method: "POST", body: corps, headers: { Accept: "application/json" } });
  const lisible = (reponse.headers.get("Content-Type") || "").includes("json");
  if (lisible && (reponse.ok || reponse.status === 422)) return reponse.json();
  if (reponse.type === "opaqueredirect") return { connexion: true };
  if (reponse.status === 404) return { erreurs: ["Cette école n’est plus la vôtre."] };
  if (reponse.status !== 403) throw new Error(String(reponse.status));
  if (!encore) return { erreurs: ["Vos fonctions ne permettent plus cette saisie."] };
  return (await rafraichir()) ? envoyer(saisie, false) : { connexion: true };
}

// A login changes the token: take the new one from the page, unless there is nobody, or somebody else.
async function rafraichir() {
  const reponse = await demander({});
  if (!reponse.ok) return false;
  const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  const neuve = page.getElementById("file-attente");
  if (neuve?.dataset.personne !== personne) return false;
  const valeur = neuve.elements.csrfmiddlewaretoken.value;
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((champ) => { champ.value = valeur; });
  return true;
}

async function passer() {
  let vers = null;
  try {
    for (const saisie of await toutes()) {
      if (saisie.personne !== personne || saisie.erreurs) continue;
      const partie = { ...saisie, essais: saisie.essais + 1 };
      await garder(partie);
      const bilan = await envoyer(partie);
      deconnecte = Boolean(bilan.connexion);
      if (deconnecte) break;
      if (bilan.vers) arrivee = bilan.vers;
      if (bilan.vers) await oublier(saisie.lot);
      else await garder({ ...partie, erreurs: bilan.erreurs });
      vers = bilan.vers || vers;
    }
  } catch {
    // No network, or a server that is away: they stay, and leave again later.
  }
  await montrer();
  return vers;
}
const vider = () => (passage = passage.then(passer, passer));

async function reprendre() {
  const vers = await vider();
  if (vers && !formulaire?.querySelector("[name=duree]:checked") && !formulaire?.elements.minutes.value) location.assign(vers);
}

// --- What is said on the screen.
function noeud(balise, texte, suite = {}) {
  return Object.assign(document.createElement(balise), { textContent: texte }, suite);
}

async function montrer() {
  const liste = await toutes();
  const miennes = liste.filter((s) => s.personne === personne);
  const attente = miennes.filter((s) => !s.erreurs);
  const zone = boite.querySelector("[role=status]");
  const lignes = [];
  if (attente.length) {
    lignes.push(noeud("p", `${pluriel(attente.length, "saisie")} en attente.`, { className: "titre" }));
    lignes.push(noeud("p", "Rien n’est perdu : elles partent seules dès que le réseau revient. Vous pouvez continuer."));
    lignes.push(...attente.map((s) => noeud("p", s.texte)));
  }
  if (deconnecte) {
    const lien = noeud("a", "Se connecter", { href: boite.dataset.connexion });
    const phrase = noeud("p", "Votre session est terminée. Vos saisies sont gardées sur ce téléphone. ");
    phrase.append(lien);
    lignes.push(phrase);
  }
  for (const s of miennes.filter((autre) => autre.erreurs)) {
    lignes.push(noeud("p", `À corriger : ${s.texte}. ${s.erreurs.join(" ")}`));
    lignes.push(noeud("button", "Corriger", { type: "button", onclick: () => corriger(s) }));
    lignes.push(noeud("button", "Abandonner", { type: "button", className: "second", onclick: () => abandonner(s) }));
  }
  const autres = liste.length - miennes.length;
  if (autres) lignes.push(noeud("p", `${pluriel(autres, "saisie")} d’une autre personne sur ce téléphone : à envoyer quand elle se connectera.`));
  zone.replaceChildren(...lignes);
  boite.hidden = !lignes.length;
}

// The server's own page shows the entry as it was tapped, with its sentences.
function corriger(saisie) {
  const envoi = Object.assign(document.createElement("form"), { method: "post", action: boite.action, hidden: true });
  for (const [name, value] of [...saisie.champs, ["csrfmiddlewaretoken", jeton()]]) {
    envoi.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(envoi);
  envoi.submit();
}

async function abandonner(saisie) {
  if (!confirm(`Abandonner cette saisie ? ${saisie.texte}`)) return;
  await oublier(saisie.lot);
  await montrer();
}

// --- The form: what is chosen is said, an entry is kept before it leaves.
const coches = () => formulaire.querySelectorAll("[name=apprenants]:checked").length;
const minutes = () => Number(formulaire.elements.minutes.value || formulaire.querySelector("[name=duree]:checked")?.value || 0);

function dire() {
  const jeunes = pluriel(coches(), "jeune");
  document.getElementById("compte").textContent = jeunes;
  bouton.textContent = minutes() ? `Valider : ${jeunes}, ${duree(minutes())}` : "Valider";
}

function saisir() {
  const commande = formulaire.querySelector("[name=commande]:checked");
  const jour = formulaire.elements.jour.value.split("-").reverse().join("/");
  const utiles = ([nom]) => nom !== "csrfmiddlewaretoken" && (!/^(ligne|bloc)-/.test(nom) || nom.split("-").slice(1, 6).join("-") === commande.value);
  const champs = [...new FormData(formulaire)].filter(utiles);
  const quoi = commande.closest("label").querySelector("strong").textContent;
  const texte = `${quoi}, ${pluriel(coches(), "jeune")}, ${duree(minutes())}, le ${jour}`;
  return { lot: formulaire.elements.lot.value, personne, champs, texte, le: Date.now(), essais: 0 };
}

function recommencer() {
  formulaire.elements.lot.value = crypto.randomUUID?.() || nouveauNom();
  formulaire.elements.minutes.value = "";
  formulaire.querySelectorAll("[name=commande]:checked, [name=duree]:checked").forEach((champ) => { champ.checked = false; });
  bouton.removeAttribute("aria-disabled");
  dire();
  boite.scrollIntoView();
}

// Outside HTTPS, a browser gives no randomUUID.
function nouveauNom() {
  const hexa = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  return `${hexa.slice(0, 8)}-${hexa.slice(8, 12)}-4${hexa.slice(13, 16)}-8${hexa.slice(17, 20)}-${hexa.slice(20)}`;
}

async function valider(evenement) {
  evenement.preventDefault();
  if (bouton.getAttribute("aria-disabled") === "true") return;
  bouton.setAttribute("aria-disabled", "true");
  const saisie = saisir();
  try {
    await garder(saisie);
  } catch {
    formulaire.submit(); // this browser keeps nothing: as without this file
    return;
  }
  const vers = await vider();
  const gardee = await lire(saisie.lot);
  if (!gardee) {
    // A passage that was already waiting may have sent it before ours: what it was told is kept.
    location.assign(vers || arrivee || boite.action);
  } else if (gardee.erreurs) {
    await oublier(saisie.lot);
    formulaire.submit();
  } else {
    recommencer();
  }
}

function cocher(evenement) {
  const lien = evenement.target.closest("[data-groupe]");
  if (!lien) return;
  evenement.preventDefault();
  const qui = lien.dataset.groupe;
  formulaire.querySelectorAll("[name=apprenants]").forEach((champ) => {
    const groupe = champ.closest("[data-cle]");
    champ.checked = qui === "tous" || groupe.dataset.cle === qui;
    groupe.open = champ.checked;
  });
  dire();
}

function ajuster(evenement) {
  const ajout = evenement.target.closest("[data-ajout]")?.dataset.ajout;
  if (!ajout) return;
  formulaire.elements.minutes.value = Math.min(480, Math.max(5, minutes() + Number(ajout)));
  formulaire.querySelectorAll("[name=duree]").forEach((champ) => { champ.checked = false; });
  dire();
}

if (formulaire) {
  formulaire.querySelectorAll("[data-ajout]").forEach((b) => { b.hidden = false; });
  formulaire.addEventListener("click", cocher);
  formulaire.addEventListener("click", ajuster);
  formulaire.addEventListener("submit", valider);
  formulaire.addEventListener("input", ({ target }) => {
    if (target.name === "duree") formulaire.elements.minutes.value = "";
    if (target.name === "minutes") formulaire.querySelectorAll("[name=duree]").forEach((champ) => { champ.checked = false; });
    dire();
  });
  dire();
}

// Coming back to the page, or to the network: what was refused is asked again too, once a page.
(async () => {
  for (const saisie of await toutes()) if (saisie.erreurs) await garder({ ...saisie, erreurs: undefined });
  await montrer();
  addEventListener("online", reprendre);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) reprendre(); });
  setInterval(async () => { if ((await toutes()).some((s) => !s.erreurs)) reprendre(); }, RYTHME);
  await reprendre();
})().catch(() => {});
