from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vault", "0004_notes")]
    operations: list[migrations.operations.base.Operation] = []
