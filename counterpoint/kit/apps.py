from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KitConfig(AppConfig):
    name = "counterpoint.kit"
    label = "kit"

    def ready(self) -> None:
        from counterpoint.kit.privileges import grant

        post_migrate.connect(grant, sender=self)
