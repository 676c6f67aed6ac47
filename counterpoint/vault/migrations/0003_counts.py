from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_boxes")]
    operations: list[migrations.operations.base.Operation] = []
