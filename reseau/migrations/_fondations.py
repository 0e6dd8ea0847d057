"""Extensions and SQL functions that the tables of every app rely on."""

from django.db import migrations

# unaccent() is only STABLE because its dictionary could change; ours does not, and the wrapper
# names schema and dictionary so that an index or a trigger always folds in the same way.
PLIER = r"""
CREATE FUNCTION edp_plier(texte text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT btrim(regexp_replace(
        lower(public.unaccent('public.unaccent', replace(replace(texte, '’', ''''), 'ß', 'ss'))),
        '[^0-9a-z]+', ' ', 'g'))
$$
"""

# jsonb::text is canonical (sorted keys, one spacing); the instant is written in UTC to the microsecond.
EMPREINTE = r"""
CREATE FUNCTION edp_empreinte_journal(
    precedente text, chaine text, rang bigint, le timestamptz, acteur uuid, pour uuid,
    evenement text, de text, vers text, donnees jsonb
) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        precedente, chaine, rang, to_char(le AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        acteur, pour, evenement, de, vers, donnees)::text, 'UTF8')), 'hex')
$$
"""


# The shared cache counts over every process; a table of Django's that no model describes.
LIMITES = """
CREATE TABLE reseau_limites (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX reseau_limites_expires ON reseau_limites (expires)
"""

OPERATIONS = [
    migrations.RunSQL(
        "CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public",
        migrations.RunSQL.noop,
    ),
    migrations.RunSQL(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public",
        migrations.RunSQL.noop,
    ),
    migrations.RunSQL(
        "CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public",
        migrations.RunSQL.noop,
    ),
    migrations.RunSQL(PLIER, "DROP FUNCTION edp_plier(text)"),
    migrations.RunSQL(
        EMPREINTE,
        "DROP FUNCTION edp_empreinte_journal"
        "(text, text, bigint, timestamptz, uuid, uuid, text, text, text, jsonb)",
    ),
    migrations.RunSQL(LIMITES, "DROP TABLE reseau_limites"),
]
