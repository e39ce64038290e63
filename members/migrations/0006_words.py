from django.db import migrations

from members.models.words import WordQuerySet, renew


def note_words(apps, schema_editor):
    models = [apps.get_model("members", name) for name in ("Organization", "FormerName", "Word")]
    renew(*(WordQuerySet(model) for model in models))


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_search_and_order"),
    ]

    operations = [
        migrations.RunPython(note_words, migrations.RunPython.noop),
    ]
