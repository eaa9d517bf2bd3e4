"""How Django knows this room."""

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_migrate

from accounts import roles
from portal import navigation


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import actions, schema, sign_in  # noqa: F401, PLC0415 - importable only once the apps are ready
        from portal import docs  # noqa: PLC0415 - reads the API's views

        navigation.register("People", "person_list", "accounts.manage_users", 80, section="/people/")
        navigation.register("Teams", "team_list", "accounts.manage_users", 80, section="/teams/")
        navigation.register("Machines", "machine_list", "accounts.manage_machines", 81, section="/machines/")
        docs.register("roles.md", roles.matrix)
        user_logged_in.connect(sign_in.opened, dispatch_uid="accounts.sign_in")
        user_logged_out.connect(sign_in.ended, dispatch_uid="accounts.sign_out")
        # After the last room's permissions exist, whichever room that is; Django tells of those that have models only.
        last = [room for room in apps.get_app_configs() if room.models_module is not None][-1]
        post_migrate.connect(actions.sync_roles, sender=last, dispatch_uid="accounts.roles")
