"""Many triggers on tables that exist, in one operation: one each rebuilds every model around, for seconds."""

from django.db.migrations.operations.base import Operation


class PoserDesDeclencheurs(Operation):
    """``declencheurs``: compiled triggers by model name. Triggers change no column: no model is rebuilt."""

    reversible = True

    def __init__(self, declencheurs):
        self.declencheurs = declencheurs

    def state_forwards(self, app_label, state):
        for modele, siens in self.declencheurs.items():
            options = state.models[app_label, modele].options
            options["triggers"] = [*options.get("triggers", []), *siens]

    def _tous(self):
        return (declencheur for siens in self.declencheurs.values() for declencheur in siens)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(";".join(str(d.install_sql) for d in self._tous()), params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for declencheur in self._tous():
            schema_editor.execute(str(declencheur.uninstall_sql), params=None)

    def describe(self):
        return f"Pose les déclencheurs de {', '.join(self.declencheurs)}"
