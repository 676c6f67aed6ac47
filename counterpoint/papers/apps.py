from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "counterpoint.papers"
    label = "papers"

    def ready(self) -> None:
        from counterpoint.kit.sealer import register_check
        from counterpoint.papers import frame, services  # noqa: F401  (enters its verbs into the catalogue)
        from counterpoint.papers.verify import check

        frame.appear()
        register_check("papers.content", check)
