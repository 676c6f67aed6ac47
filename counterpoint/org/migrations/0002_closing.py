import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from counterpoint.kit.privileges import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DayRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('phase', models.TextField(choices=[('open', 'open'), ('close', 'close')])),
                ('attempts', models.IntegerField(default=1)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_by', models.TextField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('finished_by', models.TextField(null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'org_day_run',
            },
        ),
        migrations.CreateModel(
            name='DayPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('title_zh', models.TextField()),
                ('title_en', models.TextField()),
                ('content', models.BinaryField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='org.dayrun')),
            ],
            options={
                'db_table': 'org_day_paper',
            },
        ),
        migrations.CreateModel(
            name='DayStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField()),
                ('status', models.TextField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting')),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('error', models.TextField(default='')),
                ('result', models.JSONField(default=dict)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='org.dayrun')),
            ],
            options={
                'db_table': 'org_day_step',
            },
        ),
        migrations.AddConstraint(
            model_name='dayrun',
            constraint=models.UniqueConstraint(models.F('branch'), models.F('date'), models.F('phase'), name='org_day_run_once'),
        ),
        migrations.AddConstraint(
            model_name='dayrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('finished_by', None)), models.Q(('finished_at__isnull', False), ('finished_by__isnull', False)), _connector='OR'), name='org_day_run_finished_pair'),
        ),
        migrations.AddConstraint(
            model_name='daypaper',
            constraint=models.UniqueConstraint(models.F('run'), models.F('name'), name='org_day_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='daystep',
            constraint=models.UniqueConstraint(models.F('run'), models.F('key'), name='org_day_step_once'),
        ),
        append_only('org_day_paper'),
    ]
