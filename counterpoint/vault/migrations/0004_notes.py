from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_counts")]
    operations: list[migrations.operations.base.Operation] = []
