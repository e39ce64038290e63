from django.db import migrations, models


def version(model):
    field = models.PositiveIntegerField(default=0, editable=False, verbose_name="version")
    return migrations.AddField(model, "version", field)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_words"),
    ]

    operations = [version(model) for model in ("milestone", "reportedtotal", "sisternetwork")]
